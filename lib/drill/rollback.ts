import type { RegisterState } from '../ports';
import type { RegisterRecord } from '../runtime/register/register';
import { isUnavailable, messageOf } from './failures';
import { raise, raisedBy, readRegister, registerConflict, sameRecord } from './registers';
import { pollMilliseconds } from './runner';
import type { Run } from './steps/action';
import { databaseUntouched } from './steps/database';

/** Unscaled seconds for which a rollback tries before it stops and says so. */
const ROLLBACK_LIMIT_SECONDS = 300;

/** How a rollback ended. */
export type RollbackResult =
  | { readonly undone: true }
  /** `closed`: there is no way back, and nothing that was sent can still open one. */
  | { readonly undone: false; readonly reason: string; readonly closed?: true };

/**
 * Re-activates the old Region at a new epoch, step by step from whatever the register says, and leaves alone what
 * another moved. Whether an own raise still is on its way does not matter: each raise is conditional, so either it
 * has won and is seen, or it loses against the next one.
 * @throws HoldfastError `conflict` when the register or the lock is another's
 */
export async function rollBack(run: Run): Promise<RollbackResult> {
  const { clock, timeScale } = run.context;
  const deadline = clock.monotonic() + (ROLLBACK_LIMIT_SECONDS * 1000) / timeScale;
  let reason = '';
  while (clock.monotonic() < deadline) {
    try {
      const move = await nextMove(run);
      if (typeof move === 'string') {
        const begun = run.journal.last('rollback-act') !== undefined;
        return { undone: false, reason: move, ...(begun ? {} : { closed: true }) };
      }
      if (move === undefined) return { undone: true };
      await run.lock.ensure();
      if (sameRecord(move.from, run.records.promoting)) run.journal.append({ type: 'rollback-act' });
      await raise(run.context.cloud, endpoints(run), { ...move, drillId: run.plan.id });
      continue;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      reason = messageOf(error);
    }
    await clock.sleep(pollMilliseconds(timeScale));
  }
  return { undone: false, reason: `the register could not be reached: ${reason}` };
}

interface Move {
  readonly from: RegisterRecord;
  readonly to: RegisterRecord;
}

/** The next raise on the way back; nothing when the old Region is active; text when there is no way back. */
async function nextMove(run: Run): Promise<Move | undefined | string> {
  const { before, fencing, promoting, back } = run.records;
  const state = await readRegister(run.context.cloud, endpoints(run));
  const at = (record: RegisterRecord) => sameRecord(state.record, record);
  if (at(before)) {
    // A fence whose answer was lost may still land: make it land, so that its epoch can be passed.
    return run.journal.mayHaveActed('fence') && !run.journal.has('step-end', 'fence')
      ? { from: before, to: fencing }
      : undefined;
  }
  if (!isOurs(run, state)) throw registerConflict(state);
  if (at(fencing)) return { from: fencing, to: back.active };
  if (at(back.fencing)) return { from: back.fencing, to: back.promoting };
  if (at(back.promoting)) return { from: back.promoting, to: back.active };
  if (at(back.active)) return undefined;
  if (!at(promoting)) return `the register says ${state.record.phase} in ${state.record.region}`;
  if (await databaseUntouched(run)) return { from: promoting, to: back.fencing };
  return 'the switchover of the database may have begun';
}

const endpoints = (run: Run): readonly string[] => [run.plan.to, run.plan.from];

const isOurs = (run: Run, state: RegisterState): boolean => state.updatedBy === raisedBy(run.plan.id);
