import { HoldfastError } from '../../errors';
import { movableRegister, type PreflightResult, preflight } from '../checks/preflight';
import { type Plan, planDrill } from '../plan/plan';
import type { DrillMode } from '../plan/plan-steps';
import type { Run } from '../steps/action';
import type { DrillContext, DrillRequest } from './context';
import { byTime, newId } from './drill-id';
import { HeldLock } from './drill-lock';
import { driveForward, driveRollback, type Ending, rollbackOf } from './drive';
import { isAborted, messageOf } from './failures';
import { type DrillResult, finishDrill } from './finish';
import { Journal, type JournalStore } from './journal';
import { fileJournals } from './journal-files';
import { LagRecorder } from './lag-recorder';
import { closePlanless } from './planless';
import { raisedBy, readRegister, recordsOf, sameRecord } from './registers';
import { pastNoReturn } from './runner';

export type { DrillResult } from './finish';

/** Which drill to resume or abort. */
export interface DrillChoice {
  /** @default - the newest that did not end */
  readonly id?: string;
}

/**
 * Runs a drill. One of the same mode to the same Region that did not end is resumed instead.
 * @throws HoldfastError `not-found` for an unknown Region, `refused` when it already is active or the register is
 * in the middle of another move, `conflict` when another drill is under way or unfinished, `unavailable` when the
 * register cannot be read
 */
export async function runDrill(context: DrillContext, request: DrillRequest): Promise<DrillResult> {
  const { mode = 'switchover' } = request;
  const open = unfinishedDrill(context);
  if (open !== undefined && !(await overtaken(context, open)) && !(await leftBehind(context, open, mode))) {
    const { id, to } = open.plan;
    if (to === request.to && open.plan.mode === mode) return resumeDrill(context, { id });
    throw new HoldfastError(
      'conflict',
      `drill ${id} to ${to} did not end; run \`holdfast drill resume ${id}\` or \`holdfast drill abort ${id}\``,
    );
  }
  const register = await movableRegister(context, request.to);
  const id = newId(context, mode, storeOf(context).ids());
  const journal = openJournal(context, id);
  const { load } = context;
  const ledger = load?.ledgerFile === undefined ? undefined : { id: load.id, file: load.ledgerFile };
  const { to, confirmed, acceptDataLoss } = request;
  journal.append({ type: 'begin', id, mode, to, ledger, by: context.operator, confirmed, acceptDataLoss });
  const lock = await takeLock(context, id, request.to, register.record.epoch, journal);
  try {
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
    return await conclude(makeRun(context, plan, journal, lock), driveForward);
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
        `drill ${plan.id} is past the point of no return; finish it with \`holdfast drill resume ${plan.id}\` and then move back`,
      );
    }
    journal.append({ type: 'resume', holder: context.holder, by: context.operator, what: 'aborted' });
    return conclude(run, () => driveRollback(run, { cause: 'aborted', reason: 'aborted by a person' }));
  });
}

/** A drill that passed its preflight and did not end. */
export interface UnfinishedDrill {
  readonly plan: Plan;
  readonly journal: Journal;
}

/** The newest drill that did not end, or the one with the given id. */
export function unfinishedDrill(context: DrillContext, id?: string): UnfinishedDrill | undefined {
  const ids = [...storeOf(context).ids()].sort(byTime).reverse();
  for (const candidate of id === undefined ? ids : ids.filter(known => known === id)) {
    const journal = openJournal(context, candidate);
    const { plan } = journal;
    if (journal.unfinished && plan !== undefined) return { plan, journal };
  }
  return undefined;
}

/** Takes a drill up: finds it, takes the lock, and reads its journal once more. */
async function withTakenUp(
  context: DrillContext,
  choice: DrillChoice,
  act: (run: Run) => Promise<DrillResult>,
): Promise<DrillResult> {
  const { plan: found } = await takeUp(context, choice);
  const lock = await takeLock(context, found.id, found.to, found.before.epoch + 1);
  try {
    // While the lock was waited for, its holder may have gone on: what it has sent and how far it came stands in
    // the journal, of which nobody else is the writer now.
    openJournal(context, found.id).takeOver();
    const { plan, journal } = await takeUp(context, { id: found.id });
    return await act(makeRun(context, plan, journal, lock));
  } finally {
    await lock.release();
  }
}

async function takeUp(context: DrillContext, choice: DrillChoice): Promise<UnfinishedDrill> {
  const open = unfinishedDrill(context, choice.id);
  if (open === undefined) {
    throw new HoldfastError('not-found', `no unfinished drill ${choice.id ?? ''} in ${context.directory}`);
  }
  if (await overtaken(context, open)) {
    throw new HoldfastError(
      'conflict',
      `drill ${open.plan.id} was overtaken: another moved the register since; it was closed and nothing was changed`,
    );
  }
  return open;
}

/** Whether the register shows that another moved it since; such a drill is closed, since it has no way on. */
async function overtaken(context: DrillContext, { plan, journal }: UnfinishedDrill): Promise<boolean> {
  const state = await readRegister(context.cloud, [plan.to, plan.from]);
  const ours = state.updatedBy === raisedBy(plan.id);
  const untouched = sameRecord(state.record, plan.before) && !journal.has('step-end', 'fence');
  if (ours || untouched) return false;
  const reason = `overtaken: the register was moved by ${state.updatedBy}`;
  journal.close('safe-stop', reason);
  return true;
}

/**
 * Whether a failover may leave an open drill behind: its way back is complete in the register and only waits for the old
 * Region to serve, which may be the very Region that is lost. Such a drill is closed.
 */
async function leftBehind(
  context: DrillContext,
  { plan, journal }: UnfinishedDrill,
  mode: DrillMode,
): Promise<boolean> {
  if (mode !== 'failover' || rollbackOf(journal) === undefined) return false;
  const { before, back } = recordsOf(plan, journal.last('turn')?.epoch);
  const { record } = await readRegister(context.cloud, [plan.to, plan.from]);
  const fenced = journal.mayHaveActed('fence') || journal.has('step-end', 'fence');
  if (!sameRecord(record, fenced ? back.active : before)) return false;
  const reason = `left behind by a failover: ${record.region} did not serve again`;
  journal.close('safe-stop', reason);
  return true;
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

const makeRun = (context: DrillContext, plan: Plan, journal: Journal, lock: HeldLock): Run => ({
  ...{ context, plan, journal, lock },
  beganAt: context.clock.monotonic(),
  maySend: () => lock.sure,
  records: recordsOf(plan, journal.last('turn')?.epoch),
});

const storeOf = (context: DrillContext): JournalStore => context.journals ?? fileJournals(context.directory);

const openJournal = (context: DrillContext, id: string): Journal =>
  new Journal(storeOf(context).open(id), context.clock.now, context.holder);
