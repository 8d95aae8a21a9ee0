import type { QueueDepth, QueueDepths } from '../../ports';
import { type Readiness, readyz } from '../load/probe';
import type { JobCounts } from '../run/context';
import { type Read, read } from '../run/surroundings';
import { othersOf, type Run, type StepAction, waiting } from './action';

/** What was found after a move of all that was under way before it. */
export interface Reconciliation {
  /** What lies in the queues of the Regions that were asked. */
  readonly queues: readonly ({ readonly region: string } & QueueDepths)[];
  /** What the new Region owes; null when its database was not asked. */
  readonly jobs: JobCounts | null;
  /** State of the new Region's warm-up, as its service words it; null when it tells none. */
  readonly cache: string | null;
  /** What was not looked at, or is left for a person, with what to do. */
  readonly open: readonly string[];
}

/**
 * Looks at what was under way when the application moved: the queue of the Region that was left is empty, and what was
 * stranded there is replayed; every open row of the outbox was sent under the new epoch; the cache is warm. The run time does
 * all but the replay by itself. What cannot be looked at is told, and never counts as done.
 */
export const reconcile: StepAction = {
  async examine(run) {
    const found = await look(run);
    if (JSON.stringify(found.result) !== JSON.stringify(run.journal.last('reconciled')?.found)) {
      run.journal.append({ type: 'reconciled', found: found.result });
    }
    if (found.underWay.length > 0) return waiting(run, found.underWay.join('; '), 'under-way');
    run.stranded = found.stranded;
    return found.stranded.length > 0 ? waiting(run, `messages lie in ${found.stranded.join(', ')}`) : 'done';
  },
  async perform(run) {
    for (const region of run.stranded ?? []) await run.context.jobs?.replayStranded(region);
  },
};

interface Found {
  readonly result: Reconciliation;
  /** What ends by itself. */
  readonly underWay: readonly string[];
  /** Regions in whose queues lies what can be replayed. */
  readonly stranded: readonly string[];
}

async function look(run: Run): Promise<Found> {
  const { cloud, jobs } = run.context;
  const { from, to, mode } = run.plan;
  const asked = [...(mode === 'failover' ? [] : [from]), to, ...othersOf(run)];
  const [depths, counts, ready] = await Promise.all([
    Promise.all(asked.map(async region => ({ region, depths: await read(() => cloud.queueDepths(region)) }))),
    jobs === undefined ? { unknown: 'its database is not signed in to' } : read(() => jobs.counts()),
    readyz(run.context, to),
  ]);
  const canReplay = 'value' in counts;
  const queues = depths.flatMap(({ region, depths: it }) => ('value' in it ? [{ region, ...it.value }] : []));
  const stranded = queues.filter(({ region, work }) => region !== to && depthOf(work) > 0);
  return {
    result: {
      queues,
      jobs: canReplay ? counts.value : null,
      cache: ready?.warmUp?.state ?? null,
      open: [
        ...(mode === 'failover' ? [lost(from)] : []),
        ...depths.flatMap(({ region, depths: it }) => unreadable(region, it)),
        ...queues.flatMap(({ region, dead }) => deadLetters(region, dead)),
        ...(canReplay ? parked(counts.value) : [unasked(to, counts.unknown)]),
        ...(canReplay
          ? []
          : stranded.map(({ region, work }) => `${depthOf(work)} messages lie in ${region}: ${REPLAY}`)),
        ...cold(to, ready),
      ],
    },
    underWay: [
      ...(canReplay && counts.value.unsent > 0
        ? [`${counts.value.unsent} of ${counts.value.owed} owed jobs were not sent under this epoch yet`]
        : []),
      ...(ready?.warmUp?.state === 'warming' ? [`the cache of ${to} is warming`] : []),
    ],
    stranded: canReplay ? stranded.map(({ region }) => region) : [],
  };
}

const REPLAY = '`holdfast jobs replay --state stranded` replays them';
const depthOf = ({ waiting: ready, inWork, delayed }: QueueDepth): number => ready + inWork + delayed;

const lost = (from: string): string =>
  `the queues of ${from} were not looked at, since it counts as lost: when it is back, ${REPLAY}`;
const unasked = (to: string, why: string): string =>
  `what ${to} owes was not looked at (${why}): see \`holdfast jobs list\``;
const unreadable = (region: string, it: Read<QueueDepths>): string[] =>
  'unknown' in it ? [`the queues of ${region} were not looked at: ${it.unknown}`] : [];
const deadLetters = (region: string, dead: QueueDepth): string[] =>
  depthOf(dead) > 0
    ? [`${depthOf(dead)} dead letters in ${region}: see \`holdfast jobs list --state stranded\``]
    : [];
const parked = (jobs: JobCounts): string[] =>
  jobs.parked > 0 ? [`${jobs.parked} messages are parked: see \`holdfast jobs list --state parked\``] : [];
const cold = (to: string, ready: Readiness | undefined): string[] =>
  ready?.warmUp?.state === 'failed' ? [`the cache of ${to} could not be warmed; it fills as it is read`] : [];
