import { HoldfastError } from '../../errors';
import type { JournalCopy } from '../../ports';
import type { Plan } from '../plan/plan';
import type { DrillMode } from '../plan/plan-steps';
import { adoptCopy } from './adopt';
import type { DrillContext } from './context';
import { byTime } from './drill-id';
import { rollbackOf } from './drive';
import { Journal, type JournalStore } from './journal';
import { fileJournals } from './journal-files';
import { raisedBy, readRegister, recordsOf, sameRecord } from './registers';

/** Which drill to resume or abort. */
export interface DrillChoice {
  /** @default - the newest that did not end */
  readonly id?: string;
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
    // Each home is moved by itself: what stands open of another one has its own lock, and another register.
    if (journal.unfinished && plan !== undefined && plan.home === context.settings.home)
      return { plan, journal };
  }
  return undefined;
}

/**
 * The drill that is to be taken up.
 * @throws HoldfastError `not-found` when there is none, `conflict` when it was overtaken
 */
export async function takeUp(context: DrillContext, choice: DrillChoice): Promise<UnfinishedDrill> {
  const open = unfinishedDrill(context, choice.id);
  if (open === undefined) {
    const of = context.settings.home === undefined ? '' : ` of home ${context.settings.home}`;
    const text = `no unfinished drill ${choice.id ?? ''}${of} in ${context.directory}`;
    throw new HoldfastError('not-found', text);
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
export async function overtaken(context: DrillContext, { plan, journal }: UnfinishedDrill): Promise<boolean> {
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
export async function leftBehind(
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

/**
 * The copy beside the register, to which the journals of this machine are brought up first.
 * @throws as {@link adoptCopy}
 */
export function knownCopy(
  context: DrillContext,
  { mode = 'switchover', to }: { readonly mode?: DrillMode; readonly to?: string } = {},
): Promise<JournalCopy | undefined> {
  const { regions } = context.settings;
  const endpoints = to === undefined ? regions : [to, ...regions.filter(region => region !== to)];
  return adoptCopy({ context, store: storeOf(context), mode, endpoints });
}

/** Where the journals of this machine lie. */
export const storeOf = (context: DrillContext): JournalStore =>
  context.journals ?? fileJournals(context.directory);

/** The journal of a drill, as this process would write it. */
export const openJournal = (context: DrillContext, id: string): Journal =>
  new Journal(storeOf(context).open(id), context.clock.now, context.holder);
