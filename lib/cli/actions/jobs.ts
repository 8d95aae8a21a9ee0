import { HoldfastError } from '../../errors';
import {
  type JobFilter,
  type JobState,
  type JobsContext,
  jobTotals,
  listJobs,
  type ReplayReport,
  replayJobs,
  showJob,
  viewQueues,
} from '../../jobs';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type DrillTarget, type HomeOption, homeTopologyOf } from '../drill-target';
import { withJobs } from './jobs-open';
import { formatJobs, formatReplay, formatReplayPlan, formatShown, idsOf } from './jobs-text';

/** Options of every jobs command. */
export interface JobsOptions extends CommonOptions, HomeOption {
  readonly target: DrillTarget;
}

/** Options that choose jobs. */
export interface FilterOptions extends JobsOptions, JobFilter {}

/** Options of `holdfast jobs list`. */
export interface ListOptions extends FilterOptions {
  readonly limit: number;
}

/** Options of `holdfast jobs replay`. */
export interface ReplayOptions extends FilterOptions {
  readonly max: number;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly execute?: boolean;
  readonly confirm?: string;
}

/** Lists jobs, what is owed and parked, and what is in every queue. Exit 1 when a queue did not answer. */
export async function list(context: CommandContext, options: ListOptions): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withJobs(context, topology, options.target, async jobs => {
    const [totals, queues, found] = [
      await jobTotals(jobs.database, jobs.active.epoch),
      await viewQueues(jobs),
      await listJobs(jobs, options, options.limit),
    ];
    const document = { version: 1, active: jobs.active, totals, queues, jobs: found };
    const exitCode = queues.every(({ counts }) => counts !== undefined) ? EXIT.good : EXIT.failed;
    return { exitCode, document, text: formatJobs(document, options.limit) };
  });
}

/** Shows all that is known of one job. @throws HoldfastError `not-found` */
export async function show(
  context: CommandContext,
  options: JobsOptions,
  id: string,
): Promise<CommandResult> {
  const topology = await homeTopologyOf(context, options);
  return withJobs(context, topology, options.target, async jobs => {
    const shown = await showJob(jobs, id);
    if (shown === undefined) {
      const text = `the database of ${jobs.active.region} knows no job ${id}`;
      throw new HoldfastError('not-found', `${text}; holdfast jobs list --state stranded looks into queues`);
    }
    return { exitCode: EXIT.good, document: { version: 1, ...shown }, text: formatShown(shown) };
  });
}

/** Has jobs run again: in the lab unless it is a dry run, on AWS only with the active Region typed once more. */
export async function replay(
  context: CommandContext,
  options: ReplayOptions,
  ids: readonly string[],
): Promise<CommandResult> {
  requireChoice(options.state, ids);
  const topology = await homeTopologyOf(context, options);
  return withJobs(context, topology, options.target, async jobs => {
    const dry = options.dryRun || (options.target === 'aws' && !options.execute);
    if (dry) return dryRun(jobs, options, ids);
    if (options.target === 'aws') requireConfirmation(jobs, options.confirm);
    const report = await replayJobs(jobs, {
      ...(ids.length === 0 ? {} : { ids }),
      filter: options,
      maximum: options.max,
      reason: options.reason,
    });
    return { exitCode: exitOf(report), document: { version: 1, ...report }, text: formatReplay(report) };
  });
}

function exitOf({ interrupted, jobs }: ReplayReport) {
  if (interrupted) return EXIT.interrupted;
  const failed = jobs.some(({ result }) => ['failed', 'unknown'].includes(result));
  return failed ? EXIT.found : EXIT.good;
}

async function dryRun(
  jobs: JobsContext,
  options: ReplayOptions,
  ids: readonly string[],
): Promise<CommandResult> {
  const chosen = ids.length > 0 ? ids : idsOf(await listJobs(jobs, options, options.max, 'oldest'));
  const { region, epoch } = jobs.active;
  const document = { version: 1, dryRun: true, region, epoch, ids: chosen.slice(0, options.max) };
  return { exitCode: EXIT.good, document, text: formatReplayPlan(document, options) };
}

/** States of which jobs can be had to run again; what is done is done. */
const REPLAYABLE: readonly JobState[] = ['parked', 'owed', 'failed', 'stranded'];

function requireChoice(state: JobState | undefined, ids: readonly string[]): void {
  if (ids.length > 0 && state === undefined) return;
  const message =
    ids.length > 0
      ? 'must not come with ids'
      : `must be one of ${REPLAYABLE.join(', ')} where no ids are given`;
  if (ids.length === 0 && state !== undefined && REPLAYABLE.includes(state)) return;
  const fix = 'give ids, or --state and filters';
  throw new HoldfastError('invalid-input', 'which jobs are to run again is not clear', [
    { path: '--state', received: state, message, fix },
  ]);
}

function requireConfirmation({ active }: JobsContext, confirm: string | undefined): void {
  if (confirm === active.region) return;
  throw new HoldfastError('refused', 'a replay on AWS wants the active Region typed once more', [
    {
      path: '--confirm',
      received: confirm,
      message: `must be ${active.region}`,
      fix: `add --confirm ${active.region}`,
    },
  ]);
}
