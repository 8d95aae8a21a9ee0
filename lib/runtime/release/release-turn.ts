import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { nextAction, type ReleaseAction, type ReleaseDecision, regionOf } from './release-decision';
import { metricsFrom } from './release-health';
import { pollSeconds, type ReleasePlan } from './release-plan';
import { hasEnded, mayGoBack, type ReleaseState } from './release-state';
import { noted, type ReleaseItem, type ReleaseStore } from './release-store';
import type { ReleaseTarget } from './release-target';
import type { RegionView, ReleaseView } from './release-view';

/** What a controller works with. */
export interface ReleaseControllerOptions {
  readonly store: ReleaseStore;
  readonly target: ReleaseTarget;
  readonly clock: Clock;
  /** Names this controller; never reused. */
  readonly holder: string;
  /**
   * Seconds after which a controller that has written nothing is taken for dead. An act is sent within an eighth of it
   * after the write that allows it, and ends within a third: one that stands still can do no more when it is followed.
   */
  readonly leaseSeconds: number;
}

/** What a controller carries from one turn to the next. */
export interface ReleaseMemory {
  /** Version of another's item that had a whole lease to change. */
  readonly waited?: number;
  /** When this controller wrote last, on its monotonic clock. */
  readonly wroteAt?: number;
}

/** What one turn came to. */
export interface ReleaseTurn extends ReleaseMemory {
  readonly item: ReleaseItem;
  readonly ended: boolean;
  /** Seconds until the next turn. */
  readonly waitSeconds: number;
  /** What was done. @default - nothing */
  readonly action?: ReleaseAction;
  /** Why it could not be done, or may not have been. @default - it was done */
  readonly problem?: string;
}

/** The longest lease that a controller waits out. */
export const RELEASE_LEASE_SECONDS = 60;
/** No lease is cut below this by a time scale: a machine may be that slow. */
const LEAST_LEASE_SECONDS = 15;
/** Seconds of a lease at this time scale. */
export const releaseLease = (timeScale: number): number =>
  Math.max(LEAST_LEASE_SECONDS, RELEASE_LEASE_SECONDS / timeScale);

/** How a decision is made; another one is for tests. */
type Decide = (state: ReleaseState, view: ReleaseView, now: number) => ReleaseDecision;

/**
 * One turn of a controller: it reads the release, looks, decides, writes what it has decided over what it has read, and only then acts.
 * Whoever died in the middle is followed by another, who reads what was decided and looks again.
 *
 * @returns nothing when there is no release
 */
export async function turnRelease(
  options: ReleaseControllerOptions,
  memory: ReleaseMemory = {},
  decide: Decide = nextAction,
): Promise<ReleaseTurn | undefined> {
  const { store, clock, holder, leaseSeconds } = options;
  const item = await store.read();
  if (item === undefined) return undefined;
  if (hasEnded(item.state)) return { item, ended: true, waitSeconds: 0 };
  const isOwn = item.holder === holder;
  // Another's release is taken over once it had a lease to change and has not.
  if (!isOwn && memory.waited !== item.version) {
    return { item, ended: false, waitSeconds: leaseSeconds, waited: item.version };
  }
  const view = await look(options, item.state, clock.now().getTime());
  // Not before the look: what was seen then is dated by when it had been seen for certain.
  const now = clock.now().getTime();
  const { state, action } = decide(item.state, view, now);
  const startedAt = clock.monotonic();
  const isFresh = memory.wroteAt !== undefined && startedAt - memory.wroteAt < (leaseSeconds * 1000) / 4;
  const waitSeconds = pollSeconds(state.plan);
  if (isOwn && isFresh && action.kind === 'wait' && isUnchanged(item.state, state)) {
    return { item: { ...item, state }, ended: false, waitSeconds, wroteAt: memory.wroteAt };
  }
  const next = nextItem(item, { state, action }, holder, now);
  // Somebody else has written: what was decided is void.
  if (!(await store.write(next, item.version))) return { item, ended: false, waitSeconds: 0 };
  const turn = { item: next, ended: hasEnded(state), wroteAt: startedAt };
  if (action.kind === 'wait') return { ...turn, waitSeconds };
  return { ...turn, ...(await perform(options, state.plan, action, startedAt)) };
}

/** Acts, unless the permission has grown old. */
async function perform(
  { target, clock, leaseSeconds }: ReleaseControllerOptions,
  plan: ReleasePlan,
  action: ReleaseAction,
  startedAt: number,
): Promise<Pick<ReleaseTurn, 'action' | 'problem' | 'waitSeconds'>> {
  if (clock.monotonic() - startedAt > (leaseSeconds * 1000) / 8) {
    return { waitSeconds: 0, problem: 'not sent: too much time went by after it was allowed' };
  }
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep((leaseSeconds * 1000) / 3, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    await target.act(action, plan, late.signal);
    return { action, waitSeconds: 0 };
  } catch (error) {
    return { action, waitSeconds: pollSeconds(plan), problem: reasonOf(error) };
  } finally {
    done.abort();
  }
}

/** Looks at everything that a decision may want. What cannot be seen is left out. */
async function look(
  { target }: ReleaseControllerOptions,
  state: ReleaseState,
  now: number,
): Promise<ReleaseView> {
  const { plan } = state;
  const [surroundings, metrics, ...regions] = await Promise.all([
    target.surroundings().catch(() => ({})),
    watchedMetrics(target, state, now),
    ...plan.regions.map(async ({ region }): Promise<[string, RegionView | undefined]> => {
      return [region, await target.region(region, plan).catch(() => undefined)];
    }),
  ]);
  return { ...surroundings, metrics, regions: Object.fromEntries(regions) };
}

async function watchedMetrics(target: ReleaseTarget, state: ReleaseState, now: number) {
  const { plan, watchedFrom, step } = state;
  if (!mayGoBack(state) || watchedFrom === undefined) return undefined;
  const { region, to, probed } = regionOf(state);
  const { periodSeconds } = plan;
  if (probed) {
    const share = state.stage === 'shift' ? (plan.shares[step] ?? 100) : 100;
    await target.probe(region, probesAt(plan, share)).catch(() => undefined);
  }
  const from = metricsFrom(state, now);
  return target.metrics({ region, colour: to, from, to: now, periodSeconds }).catch(() => undefined);
}

/** Requests of one look, so that the share of the new colour is enough for a period, with a half more. */
export function probesAt(plan: ReleasePlan, share: number): number {
  const perPeriod = (1.5 * plan.minimumRequests * 100) / share;
  return Math.min(500, Math.ceil((perPeriod * pollSeconds(plan)) / plan.periodSeconds));
}

function nextItem(
  item: ReleaseItem,
  { state, action }: ReleaseDecision,
  holder: string,
  now: number,
): ReleaseItem {
  let { notes } = item;
  if (holder !== item.holder) notes = noted(notes, now, `${holder} follows ${item.holder}`);
  if (state.stage !== item.state.stage || state.region !== item.state.region) {
    const where = mayGoBack(state) && state.stage !== 'warm' ? ` in ${regionOf(state).region}` : '';
    const why = state.reason !== undefined && state.stage === 'back' ? `: ${state.reason}` : '';
    notes = noted(notes, now, `${state.stage}${where}${why}`);
  }
  if (action.kind !== 'wait') notes = noted(notes, now, describeAction(action));
  return { version: item.version + 1, holder, state, notes };
}

/** An action in words. */
export function describeAction(action: ReleaseAction): string {
  switch (action.kind) {
    case 'wait':
      return 'nothing';
    case 'weights':
      return `weights of ${action.region}: blue ${action.weights.blue}, green ${action.weights.green}`;
    case 'build':
      return `${action.colour} of ${action.region} is to run ${action.build?.sha256.slice(0, 12) ?? 'what its template names'}`;
    case 'fill':
      return `${action.clones} clones of ${action.colour} in ${action.region}`;
    case 'empty':
      return `no clone of ${action.colour} in ${action.region}`;
  }
}

/** Whether a write would say nothing new: the rest is written with the next heartbeat. */
function isUnchanged(before: ReleaseState, after: ReleaseState): boolean {
  const core = ({ waitingFor: _, plan: __, lookedAt: ___, measuredUntil: ____, ...rest }: ReleaseState) =>
    JSON.stringify(sorted(rest));
  return core(before) === core(after);
}

const sorted = (value: object) =>
  Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => one.localeCompare(other));
