import { HoldfastError } from '../../errors';
import type { RegisterState } from '../../ports';
import type { RegisterRecord } from '../../runtime/register/register';
import type { Run } from '../steps/action';
import { databasePlace } from '../steps/database';
import { isUnavailable, messageOf } from './failures';
import { raise, raisedBy, readRegister, registerConflict, sameRecord } from './registers';
import { pollMilliseconds } from './runner';

/** Unscaled seconds for which a rollback tries before it stops and says so. */
const ROLLBACK_LIMIT_SECONDS = 300;

/** How a rollback ended. */
export type RollbackResult =
  | { readonly ended: 'undone' }
  /** The database was moved meanwhile, and the journal says under which epoch the drill goes forward again. */
  | { readonly ended: 'turned' }
  /** `closed`: there is no way back, and nothing that was sent can still open one. */
  | { readonly ended: 'stopped'; readonly reason: string; readonly closed?: true };

/**
 * Re-activates the old Region at a new epoch, step by step from whatever the register says, and leaves alone what
 * another moved. Whether an own raise still is on its way does not matter: each raise is conditional, so either it
 * has won and is seen, or it loses against the next one. A database that was moved meanwhile, by whomever, ends the
 * way back: a Region that cannot write is not made active.
 * @throws HoldfastError `conflict` when the register or the lock is another's
 */
export async function rollBack(run: Run): Promise<RollbackResult> {
  try {
    return await persist(run, async () => {
      const next = await nextOf(run);
      if ('ended' in next) return next;
      await run.lock.ensure();
      if (sameRecord(next.from, run.records.promoting)) {
        run.journal.append({ type: 'rollback-act' });
        await run.mirror.settle();
        await run.lock.ensure();
      }
      await raise(run.context.cloud, endpoints(run), { ...next, drillId: run.plan.id });
      return undefined;
    });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return { ended: 'stopped', reason: messageOf(error) };
  }
}

/**
 * Tries again and again while the provider does not answer.
 * @throws HoldfastError `unavailable` with the last reason, when it took too long
 */
export async function persist<T>(run: Run, attempt: () => Promise<T | undefined>): Promise<T> {
  const { clock, timeScale } = run.context;
  const deadline = clock.monotonic() + (ROLLBACK_LIMIT_SECONDS * 1000) / timeScale;
  let reason = 'no time was left';
  while (clock.monotonic() < deadline) {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
      continue;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      reason = messageOf(error);
    }
    await clock.sleep(pollMilliseconds(timeScale));
  }
  throw new HoldfastError('unavailable', `the register or the database could not be reached: ${reason}`);
}

interface Move {
  readonly from: RegisterRecord;
  readonly to: RegisterRecord;
}

/** The next raise on the way back, or how it ends. */
async function nextOf(run: Run): Promise<Move | RollbackResult> {
  const { before, fencing, promoting, back } = run.records;
  const state = await readRegister(run.context.cloud, endpoints(run));
  const at = (record: RegisterRecord) => sameRecord(state.record, record);
  if (at(before)) {
    // A fence whose answer was lost may still land: make it land, so that its epoch can be passed.
    return run.journal.mayHaveActed('fence') && !run.journal.has('step-end', 'fence')
      ? { from: before, to: fencing }
      : { ended: 'undone' };
  }
  if (!isOurs(run, state)) throw registerConflict(state);
  if (at(back.active)) return { ended: 'undone' };
  const moves = [
    { from: fencing, to: back.active },
    { from: promoting, to: back.fencing },
    { from: back.fencing, to: back.promoting },
    { from: back.promoting, to: back.active },
  ];
  const move = moves.find(({ from }) => at(from));
  const { phase, region } = state.record;
  return move === undefined
    ? { ended: 'stopped', reason: `the register says ${phase} in ${region}` }
    : unlessMoved(run, move);
}

/** The move, as long as the database is where it was before the drill. */
async function unlessMoved(run: Run, move: Move): Promise<Move | RollbackResult> {
  const { fencing, promoting } = run.records;
  const place = await databasePlace(run).catch((error: unknown) => {
    // Before `promoting` nothing of this drill can have moved it, and the old Region must not wait for the answer.
    if (isUnavailable(error) && sameRecord(move.from, fencing)) return 'here' as const;
    throw error;
  });
  if (place === 'here') return move;
  const begun = run.journal.last('rollback-act') !== undefined;
  const leaving = sameRecord(move.from, fencing) || sameRecord(move.from, promoting);
  // Nothing was sent that could still take the register back: forward, as if there had been no rollback.
  if (leaving && !begun) {
    return { ended: 'stopped', reason: 'the move of the database may have begun', closed: true };
  }
  if (place === 'between') throw new HoldfastError('unavailable', 'the database is moving');
  run.journal.append({ type: 'turn', epoch: move.from.epoch + 1 });
  await run.mirror.settle();
  return { ended: 'turned' };
}

/** Where the register is asked. */
export const endpoints = (run: Run): readonly string[] => [run.plan.to, run.plan.from];

const isOurs = (run: Run, state: RegisterState): boolean => state.updatedBy === raisedBy(run.plan.id);
