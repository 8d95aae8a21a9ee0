import type { DrillContext } from './context';
import type { UnfinishedDrill } from './open-drills';
import { raisedBy, readRegister, recordsOf, sameRecord } from './registers';

/**
 * Adds to a journal that was taken from its copy what the copy may lack and the register shows: the last records of the
 * machine that was lost. A failover goes on without a copy, so that from `promoting` on it may have sent its move; and each
 * way may have been left whose record was the last one.
 */
export async function reconcileCopy(
  context: DrillContext,
  { plan, journal }: UnfinishedDrill,
): Promise<void> {
  if (!journal.copied) return;
  const { record, updatedBy } = await readRegister(context.cloud, [plan.to, plan.from]);
  if (updatedBy !== raisedBy(plan.id)) return;
  const { before, fencing, back } = recordsOf(plan, journal.last('turn')?.epoch);
  if ([before, fencing].some(known => sameRecord(known, record))) return;
  if (record.epoch > fencing.epoch && record.region === plan.to) {
    journal.append({ type: 'turn', epoch: record.epoch });
  } else if ([back.fencing, back.promoting, back.active].some(known => sameRecord(known, record))) {
    const reason = 'the register shows that its process went back';
    if (journal.last('rollback') === undefined) {
      journal.append({ type: 'rollback', cause: 'rolled-back', reason });
      journal.append({ type: 'rollback-act' });
    }
  } else if (plan.mode === 'failover' && !journal.mayHaveActed('fail-over-database')) {
    journal.append({ type: 'act', step: 'fail-over-database' });
  }
}
