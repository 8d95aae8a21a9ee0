import type { Job, JobState, JobTotals, QueueView, ReplayReport, ShownJob } from '../../jobs';
import { table } from '../table';

/** What a list found. */
interface Listed {
  readonly active: { readonly region: string; readonly epoch: number };
  readonly totals: JobTotals;
  readonly queues: readonly QueueView[];
  readonly jobs: readonly Job[];
}

const seconds = (age: number | null): string => (age === null ? '' : `, oldest ${Math.round(age)} s`);
const time = (at: Date | null): string => (at === null ? '-' : at.toISOString());
const figure = (value: number | undefined): string => (value === undefined ? 'unknown' : String(value));

/** A list for a person: what is wrong first, then the queues, then the jobs. */
export function formatJobs({ active, totals, queues, jobs }: Listed, limit: number): string {
  const { owed, unsent, oldestOwedSeconds, parked, oldestParkedSeconds, failed } = totals;
  const places = queues.map(({ region, kind, counts, problem }) => [
    region,
    kind,
    region === active.region ? 'active' : 'standby',
    figure(counts?.waiting),
    figure(counts?.inWork),
    figure(counts?.delayed),
    problem ?? '',
  ]);
  const rows = jobs.map(job => [
    time(job.at),
    job.state,
    job.kind,
    job.id,
    job.region,
    job.epoch === null ? '-' : String(job.epoch),
    job.state === 'parked' || job.messageId === job.id ? '' : (job.messageId ?? ''),
    job.correlationId,
    [job.code, job.reason].filter(Boolean).join(': '),
  ]);
  return [
    `active: ${active.region} at epoch ${active.epoch}`,
    `owed: ${owed}${seconds(oldestOwedSeconds)}; not sent under this epoch: ${unsent}`,
    `parked: ${parked}${seconds(oldestParkedSeconds)}; failing in the last day: ${failed}`,
    '',
    table(['Region', 'queue', 'role', 'waiting', 'in work', 'delayed', ''], places),
    '',
    rows.length === 0
      ? 'no such jobs'
      : table(['at', 'state', 'kind', 'id', 'Region', 'epoch', 'message', 'correlation', 'reason'], rows),
    ...(rows.length === limit ? [`the first ${limit}; there may be more: see --limit`] : []),
  ].join('\n');
}

/** One job for a person. */
export function formatShown({ id, attempts, owed, parked }: ShownJob): string {
  const rows = attempts.map(attempt => [
    time(attempt.startedAt),
    `${attempt.endedAt.getTime() - attempt.startedAt.getTime()} ms`,
    attempt.outcome,
    attempt.kind,
    attempt.region,
    String(attempt.epoch),
    attempt.worker,
    attempt.messageId ?? '',
    attempt.correlationId,
    [attempt.code, attempt.reason].filter(Boolean).join(': '),
  ]);
  const head = ['started', 'took', 'outcome', 'kind', 'Region', 'epoch', 'worker', 'message'];
  return [
    `job ${id}`,
    rows.length === 0 ? 'no attempt is recorded' : table([...head, 'correlation', 'reason'], rows),
    ...(owed === undefined ? [] : [formatOwed(owed)]),
    ...parked.flatMap(formatParked),
  ].join('\n');
}

function formatOwed(owed: NonNullable<ShownJob['owed']>): string {
  const sent = owed.epochSent === null ? 'never sent' : `sent under epoch ${owed.epochSent}`;
  const closed =
    owed.closedAt === null ? 'open' : `closed ${time(owed.closedAt)} under epoch ${owed.closedEpoch}`;
  return `outbox: due since ${time(owed.createdAt)}, ${sent}, ${closed}, correlation ${owed.correlationId}`;
}

function formatParked(message: ShownJob['parked'][number]): string[] {
  const { replayedAt, replayedBy, replayReason, replayedEpoch } = message;
  const why = replayReason === null ? '' : `: ${replayReason}`;
  const replayed =
    replayedAt === null
      ? 'not replayed'
      : `replayed ${time(replayedAt)} by ${replayedBy} under epoch ${replayedEpoch}${why}`;
  return [
    `parked message ${message.id}: ${time(message.parkedAt)}, from ${message.queue} in ${message.region}, ${replayed}`,
    `  ${message.code}: ${message.reason}; received ${message.receiveCount} times`,
    `  attributes ${JSON.stringify(message.attributes)}`,
    `  body ${message.body}`,
  ];
}

/** What a replay did, for a person. */
export function formatReplay({ jobs, bounded, interrupted }: ReplayReport): string {
  const counts = new Map<string, number>();
  for (const { result } of jobs) counts.set(result, (counts.get(result) ?? 0) + 1);
  const text = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  return [
    text || 'no such jobs',
    ...(interrupted ? ['interrupted between two jobs: the same command takes the rest'] : []),
    ...(bounded ? ['the maximum was reached, and there may be more: the same command takes the rest'] : []),
  ].join('\n');
}

/** What a replay would do, for a person. */
export function formatReplayPlan(
  plan: { readonly region: string; readonly epoch: number; readonly ids: readonly string[] },
  { target, state }: { readonly target: string; readonly state?: JobState },
): string {
  const go = target === 'aws' ? `add --execute --confirm ${plan.region}` : 'leave out --dry-run';
  return [
    `would run again in ${plan.region} under epoch ${plan.epoch}: ${plan.ids.length}${state ? ` ${state}` : ''}`,
    ...plan.ids.map(id => `  ${id}`),
    `nothing was changed; to go on, ${go}`,
  ].join('\n');
}

/** Ids by which jobs are named in a replay. */
export const idsOf = (jobs: readonly Job[]): readonly string[] =>
  jobs.map(({ id, state, messageId }) => (state === 'parked' ? (messageId ?? id) : id));
