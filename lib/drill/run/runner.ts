import { HoldfastError } from '../../errors';
import { type PlanStep, WATCH_SECONDS } from '../plan/plan';
import { ACTIONS } from '../steps';
import type { Run, StepAction } from '../steps/action';
import { LOCK_LEASE_SECONDS } from './drill-lock';
import { isRefused, isUnavailable, messageOf } from './failures';

/** Unscaled seconds between two looks at the state. */
const POLL_SECONDS = 2;
/** No look follows another faster than this, whatever the time scale. */
const MINIMUM_POLL_MILLISECONDS = 200;

/** Milliseconds between two looks at the given time scale. */
export const pollMilliseconds = (timeScale: number): number =>
  Math.max(MINIMUM_POLL_MILLISECONDS, (POLL_SECONDS * 1000) / timeScale);

/**
 * Whether the way back may be closed: the step of no return may have acted, or found that another had, or a way back
 * ended where the database was found moved.
 */
export function pastNoReturn({ plan, journal }: Run): boolean {
  if (journal.last('turn') !== undefined) return true;
  return plan.steps.some(
    ({ pointOfNoReturn, id }) => pointOfNoReturn && (journal.mayHaveActed(id) || journal.has('step-end', id)),
  );
}

/**
 * Runs the steps of the plan that the journal does not show as ended. Each is examined, acted and examined again
 * until its state says that it has happened.
 * @throws HoldfastError `aborted` by a person before the point of no return, `timeout` for a stuck step, `refused`
 * when the provider refuses, `conflict` when another moved the register or took the lock
 */
export async function runSteps(run: Run): Promise<void> {
  for (const step of run.plan.steps) {
    if (run.journal.has('step-end', step.id)) continue;
    await runStep(run, step);
  }
}

async function runStep(run: Run, step: PlanStep): Promise<void> {
  const { clock, output, load } = run.context;
  // What settles is looked at, and not driven: who loses the lock then has moved everything.
  if (step.phase !== 'settle') await ensureLock(run);
  const startedAt = clock.monotonic();
  load?.setPhase(step.phase);
  run.waitingFor = undefined;
  run.problem = undefined;
  if (!run.journal.has('step-begin', step.id)) run.journal.append({ type: 'step-begin', step: step.id });
  output.emit({
    code: 'drill.step.begin',
    level: 'info',
    text: step.title,
    data: { step: step.id, phase: step.phase },
  });
  const note = await driveOrGiveUp(run, step, startedAt);
  const seconds = (clock.monotonic() - startedAt) / 1000;
  run.journal.append({ type: 'step-end', step: step.id, seconds, note });
  output.emit({
    code: 'drill.step.end',
    level: note === undefined ? 'info' : 'warn',
    text: note ?? `${step.title}: ${seconds.toFixed(1)} s`,
    data: { step: step.id, phase: step.phase, seconds, budgetSeconds: step.budgetSeconds },
  });
}

/** Resolves to a note when the step was given up without harm. */
async function driveOrGiveUp(run: Run, step: PlanStep, startedAt: number): Promise<string | undefined> {
  try {
    return await drive(run, step, startedAt);
  } catch (error) {
    const settles = step.phase === 'settle' && isUnavailable(error);
    if (!step.optional || !(isRefused(error) || settles)) throw error;
    const what = settles ? 'could not be finished' : 'was refused';
    return `${step.id} ${what}, and the drill goes on without it: ${messageOf(error)}`;
  }
}

async function drive(run: Run, step: PlanStep, startedAt: number): Promise<string | undefined> {
  const { clock, timeScale } = run.context;
  const action = ACTIONS[step.id];
  // An act of an earlier process counts as just sent: its answer is lost for certain.
  let watchFrom = run.journal.mayHaveActed(step.id) ? clock.monotonic() : undefined;
  for (;;) {
    throwIfAborted(run);
    // A look counts from its beginning: who stood still meanwhile learns late what was true then.
    const lookedAt = clock.monotonic();
    const examined = await examine(run, action);
    if (examined === 'done') return undefined;
    if (clock.monotonic() - startedAt > step.limitSeconds * 1000) return giveUp(run, step);
    const watched = watchFrom !== undefined && lookedAt - watchFrom < (WATCH_SECONDS * 1000) / timeScale;
    const mayAct = action.perform !== undefined && examined === 'pending' && (step.repeatable || !watched);
    if (mayAct && (await act(run, step, action))) {
      watchFrom = clock.monotonic();
      if ((await examine(run, action)) === 'done') return undefined;
    }
    await pause(run);
  }
}

async function examine(run: Run, action: StepAction): Promise<'done' | 'under-way' | 'pending' | 'unknown'> {
  try {
    return await action.examine(run);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    run.waitingFor = messageOf(error);
    return 'unknown';
  }
}

/** Acts once. Resolves to whether it was sent, be the answer lost or not. */
async function act(run: Run, step: PlanStep, action: StepAction): Promise<boolean> {
  await ensureLock(run);
  throwIfAborted(run);
  try {
    await action.prepare?.(run);
    // However long the last look took: the lock is held still, or nothing is sent.
    await run.lock.ensure();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    run.problem = messageOf(error);
    return false;
  }
  throwIfAborted(run);
  run.journal.append({ type: 'act', step: step.id });
  if (!(await isToldAndSure(run, step))) return false;
  let denied = false;
  run.maySend = () => {
    denied = !run.lock.sure;
    return !denied;
  };
  try {
    if (!step.repeatable) run.sentAt = run.context.clock.monotonic();
    await action.perform?.(run);
    run.problem = undefined;
    if (!step.repeatable) run.journal.append({ type: 'act-answered', step: step.id });
  } catch (error) {
    if (isRefused(error))
      run.journal.append({ type: 'act-refused', step: step.id, reason: messageOf(error) });
    if (denied) {
      run.problem = messageOf(error);
      return false;
    }
    // A refusal may say no more than that an earlier act, whose answer was lost, has been accepted.
    const open = isRefused(error) && !step.repeatable && run.journal.mayHaveActed(step.id);
    if (!open && !isUnavailable(error)) throw error;
    run.problem = messageOf(error);
  }
  return true;
}

/** Whether the act, which stands in the journal, may be sent: others can know of it, and the lock is held for certain. */
async function isToldAndSure(run: Run, step: PlanStep): Promise<boolean> {
  const refuse = (reason: string) => {
    run.problem = `not sent: ${reason}`;
    run.journal.append({ type: 'act-refused', step: step.id, reason: run.problem });
  };
  try {
    if (step.id === 'fence' || !step.repeatable) await run.mirror.secure();
  } catch (error) {
    refuse(`the journal could not be copied: ${messageOf(error)}`);
    if (!isUnavailable(error)) throw error;
    return false;
  }
  // Whoever stood still while it wrote may have been followed by one who read no such record, and went back.
  if (!run.lock.sure) refuse('it was not sure any more that the drill lock is held');
  return run.lock.sure;
}

/** Keeps the lock, waiting out a provider that does not answer for as long as a lease. */
export async function ensureLock(run: Run): Promise<void> {
  const { clock, timeScale } = run.context;
  const startedAt = clock.monotonic();
  const patience = (LOCK_LEASE_SECONDS * 2 * 1000) / timeScale;
  for (;;) {
    try {
      return await run.lock.ensure();
    } catch (error) {
      if (!isUnavailable(error) || clock.monotonic() - startedAt > patience) throw error;
      await pause(run);
    }
  }
}

function giveUp(run: Run, step: PlanStep): string {
  const reason = run.problem ?? run.waitingFor ?? 'the state does not say why';
  if (step.optional) return `${step.id} was not finished after ${step.limitSeconds.toFixed(0)} s: ${reason}`;
  throw new HoldfastError(
    'timeout',
    `step ${step.id} is stuck after ${step.limitSeconds.toFixed(0)} s: ${reason}`,
  );
}

/** Waits one poll interval; an abort ends it early while there is a way back. */
export async function pause(run: Run): Promise<void> {
  const { clock, timeScale, signal } = run.context;
  await clock.sleep(pollMilliseconds(timeScale), pastNoReturn(run) ? undefined : signal);
}

function throwIfAborted(run: Run): void {
  if (run.context.signal?.aborted && !pastNoReturn(run)) {
    throw new HoldfastError('aborted', 'the drill was aborted before the point of no return');
  }
}
