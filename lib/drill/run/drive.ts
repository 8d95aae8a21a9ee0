import type { RegisterRecord } from '../../runtime/register/register';
import { readyz } from '../load/probe';
import { homeWords } from '../plan/plan';
import type { DrillOutcome } from '../report/report';
import type { Run } from '../steps/action';
import { databasePlace } from '../steps/database';
import type { DrillContext } from './context';
import { isAborted, isConflict, isRefused, isUnavailable, messageOf } from './failures';
import type { Journal } from './journal';
import { outliveLateCalls } from './late-calls';
import { readRegister } from './registers';
import { rollBack } from './rollback';
import { pastNoReturn, pollMilliseconds, runSteps } from './runner';
import { turnForward } from './turn';

/** How a run ended, and whether the journal is closed by it. */
export interface Ending {
  readonly outcome: DrillOutcome;
  /** A run that stopped safely stays open, to be resumed. */
  readonly final: boolean;
  readonly reason?: string;
  /** The command that goes on from here. */
  readonly next?: string;
}

/** Unscaled seconds to wait, after a rollback, until the old Region serves again. */
const RETURN_SECONDS = 120;
/** The wait is not cut shorter than this by the time scale. */
const MINIMUM_RETURN_SECONDS = 20;

/**
 * Goes forward; a failure or an abort before the point of no return goes back, any later one stops safely. A failover
 * goes back for a person alone: the Region that it would go back to is the one that was lost.
 */
export async function driveForward(run: Run): Promise<Ending> {
  try {
    if (run.journal.last('turn') !== undefined) await turnForward(run);
    await runSteps(run);
    await outliveLateCalls(run);
    return { outcome: 'done', final: true, next: nextAfter(run) };
  } catch (error) {
    if (isConflict(error)) return conflicted(run, messageOf(error));
    if (!isAborted(error) && !isRefused(error) && !isUnavailable(error)) throw error;
    const forwardOnly = run.plan.mode === 'failover' && !isAborted(error);
    if (pastNoReturn(run) || forwardOnly) return safeStop(run, messageOf(error));
    return isAborted(error)
      ? driveRollback(run, { cause: 'aborted', reason: 'aborted by a person before the point of no return' })
      : driveRollback(run, { cause: 'rolled-back', reason: messageOf(error) });
  }
}

/** After a failover the way home is a drill of its own; after any other move nothing is left to do. */
const nextAfter = ({ plan }: Run): string | undefined =>
  plan.mode === 'failover' ? `holdfast drill failback${homeWords(plan)} --to ${plan.from}` : undefined;

/** Goes back, and says so first, so that a resumed run goes on going back. */
export async function driveRollback(
  run: Run,
  why: { readonly cause: 'aborted' | 'rolled-back'; readonly reason: string },
): Promise<Ending> {
  const { output, load } = run.context;
  const { cause, reason } = why;
  if (rollbackOf(run.journal) === undefined) {
    run.journal.append({ type: 'rollback', cause, reason });
    await run.mirror.settle();
  }
  load?.setPhase('settle');
  output.emit({ code: 'drill.rollback', level: 'warn', text: `going back: ${reason}`, data: { cause } });
  try {
    const result = await rollBack(run);
    if (result.ended === 'turned') return await driveForward(run);
    if (result.ended === 'stopped') {
      if (result.closed) run.journal.append({ type: 'rollback-closed', reason: result.reason });
      return safeStop(run, `${reason}; the way back is closed: ${result.reason}`);
    }
    const missing = await waitUntilActive(run);
    return missing === undefined
      ? { outcome: cause, final: true, reason }
      : await stopWithoutService(run, `${reason}; ${missing}`);
  } catch (error) {
    if (isConflict(error)) return conflicted(run, messageOf(error));
    if (!isRefused(error) && !isUnavailable(error)) throw error;
    return safeStop(run, `${reason}; going back failed: ${messageOf(error)}`);
  }
}

/** The rollback that a drill is in; none when its way back turned out to be closed, or it turned forward again. */
export function rollbackOf(journal: Journal) {
  const rollback = journal.last('rollback');
  const ends = [journal.last('rollback-closed'), journal.last('turn')];
  return ends.some(end => end !== undefined && end.seq > (rollback?.seq ?? 0)) ? undefined : rollback;
}

/** The way back is complete but for its Region's service; where the database is elsewhere, nothing here can change that. */
async function stopWithoutService(run: Run, why: string): Promise<Ending> {
  const { to } = run.plan;
  const place = await databasePlace(run).catch((error: unknown) => {
    if (!isUnavailable(error) && !isRefused(error)) throw error;
    return 'between' as const;
  });
  if (place !== 'there') return safeStop(run, why);
  const next = `holdfast drill failover${homeWords(run.plan)} --to ${to} --accept-data-loss`;
  return { ...(await safeStop(run, `${why}; its database was moved to ${to}`, next)), final: true };
}

async function safeStop(
  run: Run,
  why: string,
  next = `holdfast drill resume ${run.plan.id}${homeWords(run.plan)}`,
): Promise<Ending> {
  const reason = `${why}; ${await whoWrites(run)}`;
  run.journal.append({ type: 'safe-stop', reason, next });
  const text = `stopped safely: ${reason}; next: ${next}`;
  run.context.output.emit({ code: 'drill.safe-stop', level: 'error', text, data: { next } });
  return { outcome: 'safe-stop', final: false, reason, next };
}

/** Steps that write the register. */
const RAISING = ['fence', 'announce-promotion', 'activate'] as const;

/** Whether a step was begun and has not ended. */
const isOpen = (journal: Journal, step: (typeof RAISING)[number]): boolean =>
  journal.has('step-begin', step) && !journal.has('step-end', step);

/** Who may acknowledge writes now, in words: never none without saying so, and nobody who does not say so itself. */
async function whoWrites({ context, plan, journal }: Run): Promise<string> {
  try {
    const { record } = await readRegister(context.cloud, [plan.to, plan.from]);
    if (record.phase !== 'active') return 'no Region accepts writes';
    const isServed = await serves(context, record);
    // A raise that nobody answered may land after this look.
    if (isServed && RAISING.some(step => isOpen(journal, step))) {
      return `${record.region} accepts writes now; whether what was sent to the register still takes effect is unknown`;
    }
    return isServed ? `${record.region} accepts writes` : `the register names ${record.region}; not verified`;
  } catch (error) {
    if (!isUnavailable(error) && !isRefused(error)) throw error;
    return 'whether a Region accepts writes is unknown';
  }
}

/** Another has the lock or moved the register: nothing here may act any more. */
function conflicted(run: Run, reason: string): Ending {
  const next = 'holdfast status';
  run.context.output.emit({ code: 'drill.conflict', level: 'error', text: reason, data: { next } });
  // Whoever took the lock may be writing this very journal.
  return { outcome: 'safe-stop', final: !run.lock.lost, reason, next };
}

/** Waits until the old Region serves; resolves to what is missing when it does not in time. */
async function waitUntilActive(run: Run): Promise<string | undefined> {
  const { clock, timeScale } = run.context;
  const { before, back } = run.records;
  const record = run.journal.mayHaveActed('fence') ? back.active : before;
  const seconds = Math.max(RETURN_SECONDS / timeScale, MINIMUM_RETURN_SECONDS);
  const deadline = clock.monotonic() + seconds * 1000;
  while (!(await serves(run.context, record))) {
    if (clock.monotonic() > deadline) {
      return `${record.region} is active in the register but does not report ready after ${seconds.toFixed(0)} s`;
    }
    await clock.sleep(pollMilliseconds(timeScale));
  }
  return undefined;
}

/**
 * Whether the Region of the record says itself that it is active and ready, having read that record: right after a
 * move it may still serve under a lease of an older epoch, which says nothing about the next one.
 */
async function serves(context: DrillContext, { region, epoch }: RegisterRecord): Promise<boolean> {
  const ready = await readyz(context, region);
  return ready?.ready === true && ready.role === 'active' && (ready.epoch ?? 0) >= epoch;
}
