import { createLogSearch } from '../../aws';
import { HoldfastError } from '../../errors';
import { labLogs, linesOf } from '../../lab';
import { lineOf, TRACE_ID, type Trace, type TraceLine, traceOf } from '../../operations';
import { reasonOf } from '../../runtime/errors';
import { parseTime } from '../commands/jobs';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type DrillTarget, topologyOf } from '../drill-target';

/** Options of `holdfast trace`. */
export interface TraceOptions extends CommonOptions {
  readonly target: DrillTarget;
  readonly since: string;
}

const EXIT_OF = { found: EXIT.good, nothing: EXIT.found, unchecked: EXIT.failed } as const;

/** Searches every log. Exit 2 when everything was searched and held nothing, 1 when something could not be searched. */
export async function trace(
  context: CommandContext,
  id: string,
  options: TraceOptions,
): Promise<CommandResult> {
  if (!TRACE_ID.test(id)) {
    const fix = 'give letters, digits and the signs _ . : -, at most 128';
    throw new HoldfastError('invalid-input', 'what is to be searched is no id', [
      { path: 'id', received: id, message: 'has other signs', fix },
    ]);
  }
  const found =
    options.target === 'lab' ? await inLab(context, id, options) : await inAccount(context, id, options);
  return { exitCode: EXIT_OF[found.verdict], document: found, text: textOf(found) };
}

async function inLab(context: CommandContext, id: string, options: TraceOptions): Promise<Trace> {
  const { regions } = await topologyOf(context, options);
  const logs = labLogs(context.projectRoot);
  if (logs.length === 0)
    throw new HoldfastError('not-found', 'no lab ran in this project; run `holdfast up`');
  const lines: TraceLine[] = [];
  const unchecked: string[] = [];
  for (const log of logs) {
    const region = regions.find(({ name }) => log.source.includes(name))?.name ?? '';
    try {
      for await (const text of linesOf(log)) {
        const line = lineOf(text, id, { region, source: log.source });
        if (line !== undefined) lines.push(line);
      }
    } catch (error) {
      unchecked.push(`${log.source}: ${reasonOf(error)}`);
    }
  }
  return traceOf(id, lines, unchecked);
}

/** Every Region side by side; one that does not answer hides nothing of the others. */
async function inAccount(context: CommandContext, id: string, options: TraceOptions): Promise<Trace> {
  const { application, regions } = await topologyOf(context, options);
  const { clock } = context;
  const to = clock.now();
  const period = { from: parseTime(options.since, to), to };
  const search = createLogSearch({ clock, application });
  try {
    const found = await Promise.all(
      regions.map(async ({ name: region }) => {
        try {
          const { lines } = await search.find(region, id, period);
          return lines.flatMap(({ stream, text }) => lineOf(text, id, { region, source: stream }) ?? []);
        } catch (error) {
          return `${region}: ${reasonOf(error)}`;
        }
      }),
    );
    const lines = found.flatMap(each => (typeof each === 'string' ? [] : each));
    return traceOf(
      id,
      lines,
      found.filter(each => typeof each === 'string'),
    );
  } finally {
    search.close();
  }
}

function textOf({ id, verdict, lines, unchecked }: Trace): string {
  const width = Math.max(0, ...lines.map(({ source }) => source.length));
  const shown = lines.map(({ at, source, level, message, fields }) => {
    const rest = Object.entries(fields)
      .filter(([name]) => !['region', 'instance', 'part', 'trace', 'span'].includes(name))
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    return [at, source.padEnd(width), level.padEnd(5), message, ...rest].join('  ');
  });
  const sum = verdict === 'nothing' ? `no line holds ${id}` : `${lines.length} lines`;
  return [...shown, sum, ...unchecked.map(each => `not searched: ${each}`)].join('\n');
}
