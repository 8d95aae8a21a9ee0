import { HoldfastError } from '../../errors';
import { lagAccepted, standbyLag } from '../checks/lag';
import { type Readiness, readyz } from '../load/probe';
import {
  type DrillRecords,
  raise,
  raisedBy,
  registerConflict,
  registerGone,
  sameRecord,
} from '../run/registers';
import { type Run, type StepAction, waiting } from './action';

const ORDER: readonly (keyof Omit<DrillRecords, 'back'>)[] = ['before', 'fencing', 'promoting', 'active'];

/** One raise of the register, from one record of the plan to the next. */
function raiseTo(
  name: 'fencing' | 'promoting' | 'active',
  hooks: { onDone?: (run: Run) => void; prepare?: StepAction['prepare'] } = {},
): StepAction {
  const from = ORDER[ORDER.indexOf(name) - 1] as 'before' | 'fencing' | 'promoting';
  return {
    prepare: hooks.prepare,
    async examine(run) {
      const { cloud } = run.context;
      const state = await cloud.readRegister(run.plan.to);
      if (state === undefined) throw registerGone();
      const ours = state.updatedBy === raisedBy(run.plan.id);
      const place = ORDER.findIndex(step => sameRecord(run.records[step], state.record));
      if (ours && place >= ORDER.indexOf(name)) {
        hooks.onDone?.(run);
        run.lock.raise(state.record.epoch);
        return 'done';
      }
      const mayRaise = place === ORDER.indexOf(from) && (from === 'before' || ours);
      if (!mayRaise) throw registerConflict(state);
      return waiting(run, `the register says ${state.record.phase} at epoch ${state.record.epoch}`);
    },
    async perform(run) {
      // A false answer is judged by the next examination: it may be our own raise whose answer was lost.
      await raise(run.context.cloud, [run.plan.to], {
        from: run.records[from],
        to: run.records[name],
        drillId: run.plan.id,
      });
    },
  };
}

/** Raises the epoch: from here on the old Region cannot renew its lease. */
export const fence = raiseTo('fencing', {
  onDone: run => {
    run.fencedAt ??= run.context.clock.monotonic();
  },
});

/**
 * Writes `promoting`, once more sure that the standby could serve: from here on there soon is no way back, and a
 * standby that died or fell behind since preflight is better found now.
 */
export const announcePromotion = raiseTo('promoting', {
  async prepare(run) {
    const { to, mode } = run.plan;
    const ready = await readyz(run.context, to);
    // Whoever fails over has accepted what the standby lacks.
    const late = mode === 'failover' ? async () => undefined : lagsTooFar;
    const reason = ready?.ready ? await late(run, ready) : 'is not a ready standby any more';
    if (reason !== undefined) throw new HoldfastError('unavailable', `${to} ${reason}`);
  },
});

/** Why the standby's lag keeps it from being promoted; nothing when it does not. Unknown is not clean (law 7). */
async function lagsTooFar(run: Run, ready: Readiness): Promise<string | undefined> {
  const { settings, timeScale } = run.context;
  const told = ready.database?.lagSeconds;
  if (told === undefined && lagAccepted(run.journal)) return undefined;
  const lag = await standbyLag(run.context, { region: run.plan.to, writer: run.plan.from, told });
  if (lag === undefined) return 'has a lag that is not measured';
  return lag > settings.objectives.rpoSeconds / timeScale ? `lags ${lag.toFixed(1)} s behind` : undefined;
}

/** Writes `active`: clones of the new Region may take leases. */
export const activate = raiseTo('active');

/**
 * Waits lease and margin from the moment when the fence was seen, on the monotonic clock. A resumed run does not
 * know that moment and waits the whole of it again.
 */
export const waitLease: StepAction = {
  async examine(run) {
    return remainingLease(run) <= 0 ? 'done' : waiting(run, 'the last lease of the old epoch may still hold');
  },
  async perform(run) {
    const { clock, signal } = run.context;
    // A timer may fire a moment early by the monotonic clock.
    for (let left = remainingLease(run); left > 0; left = remainingLease(run)) {
      await clock.sleep(Math.ceil(left), signal);
    }
  },
};

function remainingLease(run: Run): number {
  const { clock, settings, timeScale } = run.context;
  run.fencedAt ??= clock.monotonic();
  const waitSeconds = (settings.leaseSeconds + settings.leaseMarginSeconds) / timeScale;
  return run.fencedAt + waitSeconds * 1000 - clock.monotonic();
}
