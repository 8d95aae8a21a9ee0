import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ResolvedTopology, type ServiceLevelSpec, watchedLevels } from '../../../regions';
import { createLevelReader } from '../../aws';
import { HoldfastError } from '../../errors';
import {
  judgeLevels,
  type LevelStanding,
  readHistory,
  reportLevels,
  reportLevelsHtml,
  type ServiceLevelHistory,
  standingRow,
  verdictOf,
} from '../../operations';
import { reasonOf } from '../../runtime/errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { topologyOf } from '../drill-target';
import { table } from '../table';

const DAY = 86_400_000;

/** Options of `holdfast slo status`. */
export interface SloOptions extends CommonOptions {
  readonly target?: 'aws';
  readonly data?: string;
}

/** Options of `holdfast slo report`. */
export interface SloReportOptions extends SloOptions {
  readonly quarter?: string;
  readonly out: string;
  readonly save?: string;
}

const EXIT_OF = { kept: EXIT.good, burning: EXIT.good, spent: EXIT.found, unchecked: EXIT.failed } as const;

/**
 * How each level of an application stands now, by the alarms of its Regions; nothing where nothing is promised. What cannot
 * be read is told with its level.
 */
export async function standingsNow(
  context: CommandContext,
  topology: ResolvedTopology,
): Promise<readonly LevelStanding[]> {
  const levels = watchedLevels(topology);
  if (levels.length === 0) return [];
  const to = context.clock.now();
  const from = new Date(to.getTime() - Math.max(...levels.map(({ windowDays = 30 }) => windowDays)) * DAY);
  return judgeLevels(levels, await readAccount(context, topology, { from, to, stepSeconds: 3600 }));
}

/** Each level over its window, until now. */
export async function status(context: CommandContext, options: SloOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const levels = levelsOf(topology);
  const to = context.clock.now();
  const days = Math.max(...levels.map(({ windowDays = 30 }) => windowDays));
  const from = new Date(to.getTime() - days * DAY);
  const history = await historyOf(context, options, topology, { from, to, stepSeconds: 3600 });
  const standings = judgeLevels(levels, history);
  const verdict = verdictOf(standings);
  const document = { version: 1, application: topology.application, verdict, levels: standings };
  return { exitCode: EXIT_OF[verdict], document, text: statusText(standings) };
}

/** A period, day by day. Exit as of its end. */
export async function report(context: CommandContext, options: SloReportOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const levels = levelsOf(topology);
  const quarter = quarterOf(options.quarter, context.clock.now());
  // Windows that end in the quarter begin before it.
  const from = new Date(quarter.from.getTime() - 30 * DAY);
  const history = await historyOf(context, options, topology, { from, to: quarter.to, stepSeconds: 86_400 });
  const found = reportLevels(topology.application, levels, history);
  const file = path.resolve(context.projectRoot, options.out);
  write(file, '--out', reportLevelsHtml(found, levels, history));
  if (options.save !== undefined)
    write(path.resolve(context.projectRoot, options.save), '--save', `${JSON.stringify(history, null, 2)}\n`);
  const advice = found.advice.map(each => `${each.level}: ${each.advice}; ${each.why}`).join('\n');
  const text = `${statusText(found.standings)}\n\n${advice}\n\nwrote ${file}`;
  return { exitCode: EXIT_OF[found.verdict], document: { ...found, ...{ file } }, text };
}

function levelsOf(topology: ResolvedTopology): readonly ServiceLevelSpec[] {
  const levels = watchedLevels(topology);
  if (levels.length > 0) return levels;
  const fix = "serviceLevels: [{ name: 'place-order', kind: 'availability', target: 0.999 }]";
  const problem = { path: 'serviceLevels', message: 'promises nothing', fix };
  throw new HoldfastError('invalid-input', 'the topology has no service levels', [problem]);
}

async function historyOf(
  context: CommandContext,
  options: SloOptions,
  topology: ResolvedTopology,
  period: { readonly from: Date; readonly to: Date; readonly stepSeconds: number },
): Promise<ServiceLevelHistory> {
  if (options.data !== undefined) return readFile(path.resolve(context.projectRoot, options.data));
  if (options.target !== undefined) return readAccount(context, topology, period);
  const problem = {
    path: '--target',
    message: 'says not where to read',
    fix: 'give --target aws, or --data with a saved file',
  };
  throw new HoldfastError('invalid-input', 'nothing to read', [problem]);
}

function readFile(file: string): ServiceLevelHistory {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const problem = {
      path: '--data',
      received: file,
      message: reasonOf(error),
      fix: 'name a file that --save wrote',
    };
    throw new HoldfastError('invalid-input', 'the history cannot be read', [problem], { cause: error });
  }
  return readHistory(document, file);
}

/** Every level in every Region, side by side; what one does not say is unchecked and hides nothing else. */
async function readAccount(
  { clock }: CommandContext,
  topology: ResolvedTopology,
  period: { readonly from: Date; readonly to: Date; readonly stepSeconds: number },
): Promise<ServiceLevelHistory> {
  const reader = createLevelReader({ clock, application: topology.application });
  const pairs = topology.regions.flatMap(({ name: region }) =>
    levelsOf(topology).map(({ name: level }) => ({ region, level })),
  );
  try {
    const found = await Promise.all(
      pairs.map(async ({ region, level }) => {
        try {
          return { region, level, ...(await reader.counts(region, level, period)), reason: undefined };
        } catch (error) {
          return { region, level, counts: undefined, reason: reasonOf(error) };
        }
      }),
    );
    return {
      version: 1,
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      stepSeconds: period.stepSeconds,
      levels: found.flatMap(each => (each.counts === undefined ? [] : [each])),
      unchecked: found.flatMap(each => (each.reason === undefined ? [] : [each])),
    };
  } finally {
    reader.close();
  }
}

/** A quarter in UTC; without a name the last one that is over. */
export function quarterOf(name: string | undefined, now: Date): { readonly from: Date; readonly to: Date } {
  const match = /^(\d{4})-Q([1-4])$/.exec(name ?? '');
  if (name !== undefined && match === null) {
    const problem = {
      path: '--quarter',
      received: name,
      message: 'is no quarter',
      fix: 'give one such as 2026-Q3',
    };
    throw new HoldfastError('invalid-input', 'which quarter?', [problem]);
  }
  const current = Math.floor(now.getUTCMonth() / 3);
  const [year, index] =
    match === null ? [now.getUTCFullYear(), current - 1] : [Number(match[1]), Number(match[2]) - 1];
  return { from: new Date(Date.UTC(year, index * 3, 1)), to: new Date(Date.UTC(year, index * 3 + 3, 1)) };
}

function write(file: string, option: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const problem = {
      path: option,
      received: file,
      message: reasonOf(error),
      fix: 'name a file in a folder that exists',
    };
    throw new HoldfastError('invalid-input', 'the report cannot be written', [problem]);
  }
}

function statusText(standings: readonly LevelStanding[]): string {
  const rows = standings.map(standing => [
    ...standingRow(standing),
    standing.goneInDays === null ? '' : `gone in ${standing.goneInDays.toFixed(1)} days`,
  ]);
  const missing = standings.flatMap(({ level, unchecked }) =>
    unchecked.map(reason => `not known: ${level}, ${reason}`),
  );
  const head = ['level', 'promised', 'held', 'events', 'bad', 'spent', 'state', ''];
  return [table(head, rows), ...missing].join('\n');
}
