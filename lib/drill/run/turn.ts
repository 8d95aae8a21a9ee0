import type { RegisterState } from '../../ports';
import type { Run } from '../steps/action';
import { raise, raisedBy, readRegister, recordsOf, registerConflict, sameRecord } from './registers';
import { endpoints, persist } from './rollback';

/**
 * Takes the register from a way back that was given up to `promoting` under one more epoch, from where the drill goes
 * forward as planned. What was sent on the way back loses against this, or wins and is passed by one epoch more. No
 * lease has to be waited for: none was given since the one that the drill waited out before it first said `promoting`.
 * @throws HoldfastError `conflict` when the register is another's or active, `unavailable` when it cannot be reached
 */
export async function turnForward(run: Run): Promise<void> {
  await persist(run, async () => {
    const state = await readRegister(run.context.cloud, endpoints(run));
    const epoch = await epochAfter(run, state);
    run.records = recordsOf(run.plan, epoch);
    const { fencing, promoting, active } = run.records;
    if ([promoting, active].some(record => sameRecord(record, state.record))) return true;
    const to = sameRecord(fencing, state.record) ? promoting : fencing;
    await run.lock.ensure();
    await raise(run.context.cloud, endpoints(run), { from: state.record, to, drillId: run.plan.id });
    return undefined;
  });
}

/** The epoch of the way forward: that of the journal, or a new one when the register has passed it. */
async function epochAfter(run: Run, state: RegisterState): Promise<number> {
  const { record, updatedBy } = state;
  const epoch = run.journal.last('turn')?.epoch ?? 0;
  const forward = record.epoch === epoch && record.region === run.plan.to;
  const foreign = updatedBy !== raisedBy(run.plan.id);
  if (foreign || (record.phase === 'active' && !forward)) throw registerConflict(state);
  if (forward || record.epoch < epoch) return epoch;
  run.journal.append({ type: 'turn', epoch: record.epoch + 1 });
  await run.mirror.settle();
  return record.epoch + 1;
}
