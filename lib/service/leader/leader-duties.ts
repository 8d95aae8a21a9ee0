import type { FencedTransactions } from '../../runtime/database/fence';
import { purgeExpiredKeys } from '../../runtime/idempotency/postgres-idempotency';
import { purgeJobs } from '../../runtime/jobs/job-history';
import { LeaderElection } from '../../runtime/leader/leader-election';
import { LeaderTransactions } from '../../runtime/leader/leader-fence';
import { LeaderLease } from '../../runtime/leader/leader-lease';
import { type LeaderTask, type LeaderTurn, leaderTask } from '../../runtime/leader/leader-task';
import { postgresLeaderStore } from '../../runtime/leader/postgres-leader-store';
import type { Parts } from '../parts';
import { leaderMetrics, type MetricValues } from './leader-metrics';
import { runRebalance } from './leader-rebalance';
import { type SweepResult, sweepStalledOrders } from './leader-sweep';

/** What duties need of a process. */
export interface LeaderDutiesParts
  extends Pick<Parts, 'activation' | 'database' | 'fenced' | 'clock' | 'logger' | 'config' | 'shards'> {
  readonly environment: Pick<Parts['environment'], 'application' | 'region' | 'timeScale'>;
}

/** Duties of one process: it stands for election, and works them while it leads. */
export interface LeaderDuties {
  readonly election: LeaderElection;
  readonly purge: LeaderTask;
  readonly sweep: LeaderTask;
  /** Stands and works until the signal aborts, then hands the leadership over. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/** Unscaled seconds: the lease, and the slots of the two tasks. */
const LEASE = 30;
const PURGE = 300;
const SWEEP = 60;
/** Unscaled seconds between two looks for a new ring of shards. */
const REBALANCE_PAUSE = 5;
/** Unscaled seconds after which owed work that was sent counts as stalled: ten times a message's visibility. */
const STALLED = 300;
/** How long the history of jobs is kept, in days, and how many rows one transaction purges. */
const HISTORY_DAYS = 14;
export const PURGE_BATCH = 1000;

const LEADERSHIP = 'duties';

type Work = (turn: LeaderTurn) => Promise<'more' | undefined>;

/**
 * The duties that one process of the active Region does for all: purging what is expired, sweeping for orders that
 * stay unfulfilled, and moving records to where the ring of shards says. Clones stand as well as workers: a Region
 * without a living worker is just when somebody must tell.
 * Each transaction is under the lease and the fence of the epoch, and under the leader's own token.
 *
 * @param holder Name of this run of this process: a UUID
 */
export function leaderDuties(parts: LeaderDutiesParts, holder: string): LeaderDuties {
  const { activation, database, fenced, clock, logger, environment } = parts;
  const second = 1000 / environment.timeScale;
  const write = leaderMetrics({ clock, logger, ...environment });
  const lease = new LeaderLease({ holder, leaseMilliseconds: LEASE * second });
  const timeoutMilliseconds = lease.leaseMilliseconds / 6;
  const election = new LeaderElection({
    name: LEADERSHIP,
    store: postgresLeaderStore({ database, name: LEADERSHIP, timeoutMilliseconds }),
    epoch: () => {
      const state = activation.state();
      return state.active ? state.epoch : undefined;
    },
    ...{ lease, clock, logger },
  });
  election.onChange(tenure => write({ Leaders: [tenure === undefined ? 0 : 1, 'Count'] }));
  const transactions = transactionsOf(fenced, election);
  const shared = { election, transactions, clock, logger };
  const timed = (name: string, every: number, work: Work) =>
    leaderTask({ ...shared, name, every, poll: every / 10, work: measured(parts, write, work) });
  const purge = timed('purge', PURGE * second, purgeTurn);
  const sweep = timed('sweep', SWEEP * second, turn => sweepTurn(parts, write, turn));
  return {
    ...{ election, purge, sweep },
    run: async signal => {
      const rebalance = { ...parts, election, pauseMilliseconds: REBALANCE_PAUSE * second };
      await Promise.all([
        ...[election.run(signal), purge.run(signal), sweep.run(signal)],
        runRebalance(rebalance, signal),
      ]);
    },
  };
}

function transactionsOf(fenced: Pick<FencedTransactions, 'run'>, election: LeaderElection) {
  return new LeaderTransactions({
    resource: LEADERSHIP,
    transaction: (epoch, work) => fenced.run(epoch, work),
    current: () => election.current(),
  });
}

function measured(
  { clock }: Pick<LeaderDutiesParts, 'clock'>,
  write: (values: MetricValues) => void,
  work: Work,
): Work {
  return async turn => {
    const startedAt = clock.monotonic();
    let failed = 1;
    try {
      const outcome = await work(turn);
      failed = 0;
      return outcome;
    } finally {
      write({
        DutyDuration: [clock.monotonic() - startedAt, 'Milliseconds'],
        DutyFailures: [failed, 'Count'],
        DutySlotsMissed: [turn.missed, 'Count'],
      });
    }
  };
}

async function purgeTurn({ transaction }: LeaderTurn): Promise<'more' | undefined> {
  const keys = await purgeExpiredKeys(transaction, PURGE_BATCH);
  const jobs = await purgeJobs(transaction, HISTORY_DAYS, PURGE_BATCH);
  // A full batch means that there is more.
  return Math.max(keys, jobs) < PURGE_BATCH ? undefined : 'more';
}

async function sweepTurn(
  { environment, config, logger }: LeaderDutiesParts,
  write: (values: MetricValues) => void,
  { transaction, token }: LeaderTurn,
): Promise<undefined> {
  const found = await sweepStalledOrders(transaction, {
    epoch: token.epoch,
    stalledSeconds: STALLED / environment.timeScale,
    redrive: !config.value.fulfilmentPaused,
  });
  write(valuesOf(found));
  if (found.stalled + found.sagas > 0)
    logger.warn('orders.stalled', { ...found, redriven: found.redriven.length });
  return undefined;
}

const valuesOf = (found: SweepResult): MetricValues => ({
  StalledOrders: [found.stalled, 'Count'],
  StalledSagas: [found.sagas, 'Count'],
  ParkedOrders: [found.parked, 'Count'],
  AbandonedOrders: [found.abandoned, 'Count'],
  RedrivenOrders: [found.redriven.length, 'Count'],
  OldestStalledOrder: [found.oldestSeconds, 'Seconds'],
});
