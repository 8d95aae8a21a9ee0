import { HoldfastError } from '../../errors';
import { movableRegister, type PreflightResult, preflight, requireRegion } from '../checks/preflight';
import { homeWords, planDrill } from '../plan/plan';
import type { Run } from '../steps/action';
import type { DrillContext, DrillRequest } from './context';
import { newId } from './drill-id';
import { HeldLock } from './drill-lock';
import { driveForward, driveRollback, type Ending, rollbackOf } from './drive';
import { isAborted, messageOf } from './failures';
import { type DrillResult, finishDrill } from './finish';
import type { Journal } from './journal';
import { JournalMirror } from './journal-mirror';
import { LagRecorder } from './lag-recorder';
import {
  type DrillChoice,
  knownCopy,
  leftBehind,
  openJournal,
  overtaken,
  storeOf,
  takeUp,
  unfinishedDrill,
} from './open-drills';
import { closePlanless } from './planless';
import { reconcileCopy } from './reconcile';
import { recordsOf } from './registers';
import { pastNoReturn } from './runner';

export type { DrillResult } from './finish';
export { type DrillChoice, type UnfinishedDrill, unfinishedDrill } from './open-drills';

/**
 * Runs a drill. One of the same mode to the same Region that did not end is resumed instead.
 * @throws HoldfastError `not-found` for an unknown Region, `refused` when it already is active or the register is
 * in the middle of another move, `conflict` when another drill is under way or unfinished, `unavailable` when the
 * register cannot be read
 */
export async function runDrill(context: DrillContext, request: DrillRequest): Promise<DrillResult> {
  const { mode = 'switchover', to } = request;
  requireRegion(context, to);
  await knownCopy(context, { mode, to });
  const open = unfinishedDrill(context);
  if (open !== undefined && !(await overtaken(context, open)) && !(await leftBehind(context, open, mode))) {
    const { id } = open.plan;
    if (open.plan.to === to && open.plan.mode === mode) return resumeDrill(context, { id });
    const words = homeWords(open.plan);
    throw new HoldfastError(
      'conflict',
      `drill ${id} to ${open.plan.to} did not end; run \`holdfast drill resume ${id}${words}\` or \`holdfast drill abort ${id}${words}\``,
    );
  }
  const register = await movableRegister(context, to);
  const id = newId(context, mode, storeOf(context).ids());
  const journal = openJournal(context, id);
  const { load } = context;
  const ledger = load?.ledgerFile === undefined ? undefined : { id: load.id, file: load.ledgerFile };
  const { confirmed, acceptDataLoss } = request;
  journal.append({ type: 'begin', id, mode, to, ledger, by: context.operator, confirmed, acceptDataLoss });
  const lock = await takeLock(context, id, to, register.record.epoch, journal);
  try {
    const version = (await closeOnError(journal, () => knownCopy(context, { mode, to })))?.version;
    closePlanless(context, storeOf(context), id);
    const checked = await closeOnError(journal, () => preflight(context, request));
    if (checked.verdict !== 'clean') return await refuse(context, id, journal, checked);
    const plan = planDrill({
      ...checked,
      id,
      before: checked.register.record,
      timeScale: context.timeScale,
      settings: context.settings,
    });
    journal.append({ type: 'plan', plan, checks: checked.checks, lagSeconds: checked.lagSeconds });
    return await settled(makeRun({ context, plan, journal, lock, version }), run =>
      conclude(run, driveForward),
    );
  } finally {
    await lock.release();
  }
}

/**
 * Goes on with a drill whose process died or that stopped safely: forward, or back when its rollback had begun.
 * @throws HoldfastError `not-found` when there is none, `conflict` when it is under way or was overtaken
 */
export function resumeDrill(context: DrillContext, choice: DrillChoice = {}): Promise<DrillResult> {
  return withTakenUp(context, choice, run => {
    run.journal.append({ type: 'resume', holder: context.holder, by: context.operator });
    const rollback = rollbackOf(run.journal);
    return conclude(run, rollback === undefined ? driveForward : () => driveRollback(run, rollback));
  });
}

/**
 * Undoes a drill whose process died or that stopped safely: the old Region becomes active again at a new epoch.
 * @throws HoldfastError `refused` past the point of no return, else as {@link resumeDrill}
 */
export function abortDrill(context: DrillContext, choice: DrillChoice = {}): Promise<DrillResult> {
  return withTakenUp(context, choice, run => {
    const { journal, plan } = run;
    if (pastNoReturn(run)) {
      throw new HoldfastError(
        'refused',
        `drill ${plan.id} is past the point of no return; finish it with \`holdfast drill resume ${plan.id}${homeWords(plan)}\` and then move back`,
      );
    }
    journal.append({ type: 'resume', holder: context.holder, by: context.operator, what: 'aborted' });
    return conclude(run, () => driveRollback(run, { cause: 'aborted', reason: 'aborted by a person' }));
  });
}

/** Takes a drill up: finds it, takes the lock, and reads its journal once more. */
async function withTakenUp(
  context: DrillContext,
  choice: DrillChoice,
  act: (run: Run) => Promise<DrillResult>,
): Promise<DrillResult> {
  const before = unfinishedDrill(context, choice.id)?.plan;
  await knownCopy(context, before);
  const { plan: found } = await takeUp(context, choice);
  const lock = await takeLock(context, found.id, found.to, found.before.epoch + 1);
  try {
    // While the lock was waited for, its holder may have gone on: what it has sent and how far it came stands in
    // the journal, of which nobody else is the writer now.
    const version = (await knownCopy(context, found))?.version;
    openJournal(context, found.id).takeOver();
    const taken = await takeUp(context, { id: found.id });
    await reconcileCopy(context, taken);
    const { plan, journal } = taken;
    return await settled(makeRun({ context, plan, journal, lock, version }), act);
  } finally {
    await lock.release();
  }
}

/** Drives to an ending, measures, and writes report and journal. */
async function conclude(run: Run, drive: (run: Run) => Promise<Ending>): Promise<DrillResult> {
  const recorder = LagRecorder.start(run);
  try {
    const ending = await drive(run);
    const { plan, journal, context } = run;
    const { samples: lag } = recorder;
    return await finishDrill(context, storeOf(context), { ...plan, plan, journal, ending, lag });
  } finally {
    recorder.stop();
  }
}

async function refuse(
  context: DrillContext,
  id: string,
  journal: Journal,
  checked: PreflightResult,
): Promise<DrillResult> {
  const bad = checked.checks.filter(check => check.state !== 'ok' && !check.accepted);
  const reason = bad.map(check => `${check.id}: ${check.state}, ${check.text}; ${check.fix}`).join('\n');
  const { mode, from, to, register, checks, lagSeconds } = checked;
  const ending: Ending = { outcome: 'refused', final: true, reason };
  const result = await finishDrill(context, storeOf(context), {
    ...{ id, mode, from, to, journal, ending, checks, lagSeconds },
    before: register.record,
  });
  return { ...result, exitCode: checked.verdict === 'failed' ? 2 : 1 };
}

async function takeLock(
  context: DrillContext,
  drillId: string,
  to: string,
  epoch: number,
  fresh?: Journal,
): Promise<HeldLock> {
  const { cloud, clock, timeScale, signal, settings, holder } = context;
  const endpoints = [to, ...settings.regions.filter(region => region !== to)];
  const take = () => HeldLock.take({ cloud, clock, endpoints, holder, drillId, epoch, timeScale, signal });
  return fresh === undefined ? take() : closeOnError(fresh, take);
}

/** Ends the journal of a drill that could not begin. */
async function closeOnError<T>(journal: Journal, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    if (error instanceof HoldfastError) {
      const outcome = isAborted(error) ? 'aborted' : 'refused';
      journal.append({ type: 'end', outcome, reason: messageOf(error) });
    }
    throw error;
  }
}

const makeRun = (
  of: Pick<Run, 'context' | 'plan' | 'journal' | 'lock'> & { readonly version?: string },
): Run => ({
  ...of,
  mirror: new JournalMirror({
    ...of,
    drillId: of.plan.id,
    mode: of.plan.mode,
    endpoints: [of.plan.to, of.plan.from],
  }),
  beganAt: of.context.clock.monotonic(),
  maySend: () => of.lock.sure,
  records: recordsOf(of.plan, of.journal.last('turn')?.epoch),
});

/** Lets a run come to its end, and its journal's copy after it, while the lock is held still. */
async function settled(run: Run, act: (run: Run) => Promise<DrillResult>): Promise<DrillResult> {
  try {
    return await act(run);
  } finally {
    await run.mirror.settle();
  }
}
