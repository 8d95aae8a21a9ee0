import type { Clock } from '../clock';
import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import { loop } from '../loop';
import { onAbort } from '../on-abort';
import type { Logger } from '../telemetry/logger';
import type { LeaderElection } from './leader-election';
import type { LeaderTransactions } from './leader-fence';
import { compareTokens, type FencingToken } from './token';

/** One turn of a task. */
export interface LeaderTurn {
  /** For whatever is written outside the transaction: what takes it must refuse an older one. */
  readonly token: FencingToken;
  /** Number of the slot: whole intervals since 1970 on the database's clock. */
  readonly slot: number;
  /** Slots since the last that was worked, which nobody worked and nobody will; 0 at the first ever. */
  readonly missed: number;
  /** Commits with the record of the slot, or not at all. */
  readonly transaction: Queryable;
}

/** A task that a leader does at intervals. */
export interface LeaderTaskOptions {
  /** Name of the task, its row in `leader_slots`. */
  readonly name: string;
  /** Length of a slot in milliseconds. */
  readonly every: number;
  readonly election: Pick<LeaderElection, 'current' | 'onChange'>;
  readonly transactions: LeaderTransactions;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often a leader asks whether a slot is due, in milliseconds. @default a tenth of `every`, at most a second */
  readonly poll?: number;
  /**
   * The work of one slot; the signal aborts as soon as the tenure is known to be over. With `more` it says that this was
   * one batch: what was written commits, the slot stays open, and the next batch follows at once in a transaction of its
   * own, so that none is long.
   */
  readonly work: (turn: LeaderTurn, signal: AbortSignal) => Promise<'more' | undefined>;
}

/** What a turn came to: `idle` when there was nothing to do here, `more` when the slot stays open for another batch. */
export type LeaderTurnOutcome = 'idle' | 'done' | 'more';

/** A task at work. */
export interface LeaderTask {
  /** Works until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Works the present slot, or one batch of it, if this process leads and nobody has. */
  turn(signal: AbortSignal): Promise<LeaderTurnOutcome>;
}

/**
 * A scheduled task of the leader. What the work writes in its transaction happens at most once a slot, whoever leads
 * and in whichever Region: the slot's record commits with it, under the leader's fence. A slot whose work failed is
 * tried again while it lasts; one that nobody worked is told to the next as missed. Slots are counted on the
 * database's clock, so that a new leader, or a Region whose clock is behind, never works one again.
 */
export function leaderTask(options: LeaderTaskOptions): LeaderTask {
  const { name, every, election, transactions, clock, logger, poll = Math.min(every / 10, 1000) } = options;
  if (!(every >= 1)) {
    const problem = {
      path: 'every',
      received: every,
      message: 'is no length of a slot',
      fix: 'give 1 ms or more',
    };
    throw new RuntimeError('invalid-input', `the task ${name} cannot be scheduled`, [problem]);
  }
  const turn = async (signal: AbortSignal): Promise<LeaderTurnOutcome> => {
    const tenure = election.current();
    if (tenure === undefined) return 'idle';
    const { token } = tenure;
    return whileLeading(election, token, signal, working =>
      transactions.run(token, async transaction => {
        const claimed = await claimSlot(transaction, name, every);
        if (claimed === undefined) return 'idle';
        const { slot, missed, before } = claimed;
        const more = await options.work({ token, transaction, slot, missed }, working);
        if (more === undefined) return 'done';
        await transaction.query('UPDATE leader_slots SET slot = $2 WHERE task = $1', [name, before]);
        return more;
      }),
    );
  };
  const onError = (error: unknown) => logger.warn('leader-task.failed', { task: name, error });
  return {
    turn,
    run: signal =>
      loop({ clock, signal, pauseMilliseconds: poll, onError }, async () => {
        const outcome = await turn(signal);
        if (outcome === 'done') logger.info('leader-task.done', { task: name });
        return outcome === 'more' ? 0 : undefined;
      }),
  };
}

/** The present slot, taken in this transaction; undefined when it, or a later one, was taken before. */
async function claimSlot(transaction: Queryable, task: string, every: number) {
  await transaction.query('INSERT INTO leader_slots (task, slot) VALUES ($1, -1) ON CONFLICT DO NOTHING', [
    task,
  ]);
  const { rows } = await transaction.query<{ slot: number; before: number }>(CLAIM, [task, every]);
  const claimed = rows[0];
  if (claimed === undefined) return undefined;
  const { slot, before } = claimed;
  return { slot, before, missed: before < 0 ? 0 : slot - before - 1 };
}

const CLAIM = `WITH due AS (
    SELECT task, slot AS before, floor(extract(epoch FROM clock_timestamp()) * 1000 / $2::float8)::bigint AS slot
      FROM leader_slots WHERE task = $1 FOR UPDATE
  )
  UPDATE leader_slots SET slot = due.slot FROM due
    WHERE leader_slots.task = due.task AND due.before < due.slot
    RETURNING due.slot::float8 AS slot, due.before::float8 AS before`;

/** Runs `work` with a signal that aborts with `signal`, and when the tenure of `token` is over. */
async function whileLeading<T>(
  election: LeaderTaskOptions['election'],
  token: FencingToken,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const stopListening = election.onChange(tenure => {
    if (tenure === undefined || compareTokens(tenure.token, token) !== 0) abort();
  });
  const letGo = onAbort(signal, abort);
  if (signal.aborted) abort();
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
    letGo();
  }
}
