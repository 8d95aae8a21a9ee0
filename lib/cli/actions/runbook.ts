import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import { allRunbooks, runbook, runbookHtml, runbookMarkdown, stepOfAlarm } from '../../runbook';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { topologyOf } from '../drill-target';
import { table } from '../table';

/** Options of `holdfast runbook show`. */
export interface ShowOptions extends CommonOptions {
  readonly region?: string;
  readonly alarm?: string;
  readonly level?: string;
  readonly format: 'md' | 'html';
}

/** Options of `holdfast runbook write` and `check`. */
export interface WriteOptions extends CommonOptions {
  readonly out: string;
}

/** The runbooks there are. */
export async function list(context: CommandContext, options: CommonOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const first = topology.regions[0]?.name ?? '';
  const books = allRunbooks(topology).filter(({ region }) => region === first);
  const document = {
    version: 1,
    regions: topology.regions.map(({ name }) => name),
    runbooks: books.map(({ id, title, when, steps }) => ({
      id,
      title,
      when,
      steps: steps.map(step => step.id),
    })),
  };
  return {
    exitCode: EXIT.good,
    document,
    text: table(
      ['runbook', 'when'],
      books.map(({ id, when }) => [id, when]),
    ),
  };
}

/**
 * One runbook, by id or by the alarm that leads to it.
 * @throws HoldfastError `not-found` when there is no such runbook, Region or way from the alarm
 */
export async function show(
  context: CommandContext,
  id: string | undefined,
  options: ShowOptions,
): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const { region = topology.regions[0]?.name ?? '', format } = options;
  const alarm =
    options.alarm ?? (id === undefined && options.level !== undefined ? `-slo-${options.level}` : undefined);
  const step = alarm === undefined ? undefined : stepOfAlarm(alarm);
  if (alarm !== undefined && step === undefined)
    throw new HoldfastError(
      'not-found',
      `no runbook knows the alarm ${alarm}; holdfast runbook list shows all`,
    );
  const wanted = id ?? step?.runbook;
  if (wanted === undefined) {
    const problem = {
      path: 'id',
      message: 'names no runbook',
      fix: 'name one of holdfast runbook list, or an --alarm',
    };
    throw new HoldfastError('invalid-input', 'which runbook?', [problem]);
  }
  const book = runbook(topology, wanted, region);
  const text = format === 'html' ? runbookHtml(book) : runbookMarkdown(book);
  const document = { version: 1, ...book, ...(step === undefined ? {} : { begin: step.step }) };
  return { exitCode: EXIT.good, document, text: text.trimEnd() };
}

/** Writes every runbook, one folder a Region. */
export async function write(context: CommandContext, options: WriteOptions): Promise<CommandResult> {
  const wanted = await files(context, options);
  for (const [file, text] of wanted) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const written = [...wanted.keys()];
  const document = { version: 1, written };
  return { exitCode: EXIT.good, document, text: `wrote ${written.length} files` };
}

/** Compares what is written with what would be. Exit 2 when anything is missing, changed, or left over. */
export async function check(context: CommandContext, options: WriteOptions): Promise<CommandResult> {
  const wanted = await files(context, options);
  const stale = [...wanted].flatMap(([file, text]) => {
    if (!existsSync(file)) return [{ file, state: 'missing' }];
    return readFileSync(file, 'utf8') === text ? [] : [{ file, state: 'changed' }];
  });
  const left = [...new Set([...wanted.keys()].map(path.dirname))]
    .filter(existsSync)
    .flatMap(folder => readdirSync(folder).map(name => path.join(folder, name)))
    .filter(file => !wanted.has(file))
    .map(file => ({ file, state: 'left over' }));
  const findings = [...stale, ...left];
  const verdict = findings.length === 0 ? 'clean' : 'stale';
  const document = { version: 1, verdict, checked: wanted.size, findings };
  const text =
    findings.length === 0
      ? `${wanted.size} files are those of the topology`
      : `${table(
          ['file', 'state'],
          findings.map(({ file, state }) => [file, state]),
        )}\nholdfast runbook write --out ${options.out} writes them anew`;
  return { exitCode: findings.length === 0 ? EXIT.good : EXIT.found, document, text };
}

async function files(context: CommandContext, options: WriteOptions): Promise<ReadonlyMap<string, string>> {
  const folder = path.resolve(context.projectRoot, options.out);
  const books = allRunbooks(await topologyOf(context, options));
  return new Map(
    books.flatMap(book => {
      const file = path.join(folder, book.region, book.id);
      return [
        [`${file}.md`, runbookMarkdown(book)],
        [`${file}.html`, runbookHtml(book)],
      ] as const;
    }),
  );
}
