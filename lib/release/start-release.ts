import { HoldfastError } from '../errors';
import type { Clock } from '../ports';
import type { ReleaseBuild, ReleasePlan } from '../runtime/release/release-plan';
import { beginRelease, hasEnded } from '../runtime/release/release-state';
import { noted, type ReleaseItem, type ReleaseStore } from '../runtime/release/release-store';
import type { ReleaseTarget } from '../runtime/release/release-target';
import { planRelease } from './plan-release';
import {
  type BudgetView,
  type PreflightView,
  type ReleaseCheck,
  releaseChecks,
  silentAlarms,
} from './preflight-release';
import type { ReleaseOptions } from './settings';

/** What a release is begun with. */
export interface ReleaseContext {
  readonly store: ReleaseStore;
  readonly target: ReleaseTarget;
  readonly clock: Clock;
  /** Regions of the topology, in its order. */
  readonly regions: readonly string[];
  readonly timeScale: number;
  /** Seconds of a period of metrics. */
  readonly periodSeconds: number;
  readonly isLab: boolean;
  /** Names this process as a controller. */
  readonly holder: string;
  readonly by: string;
}

/** A release to begin. */
export interface ReleaseRequest {
  readonly build: ReleaseBuild;
  readonly options: ReleaseOptions;
  /** Checks that may stay unknown, by id. */
  readonly acceptUnknown: readonly string[];
  /** What is left of the error budgets. @default - they are not asked */
  readonly budget?: BudgetView;
}

/** What a look before a release found. */
export interface ReleasePreflight {
  readonly version: 1;
  readonly verdict: 'clean' | 'failed' | 'unknown';
  readonly checks: readonly ReleaseCheck[];
  /** What would be done; absent unless the verdict is clean. */
  readonly plan?: ReleasePlan;
}

/** Looks whether a release may begin, and plans it. Changes nothing. */
export async function preflightRelease(
  context: ReleaseContext,
  { build, options, acceptUnknown, budget }: ReleaseRequest,
): Promise<ReleasePreflight & { readonly last?: ReleaseItem }> {
  const { clock, timeScale, periodSeconds, isLab, by } = context;
  const view = await look(context);
  const checks = releaseChecks({ ...view, budget }, acceptUnknown, clock.now().getTime());
  const verdict = verdictOf(checks);
  const { register } = view;
  if (verdict !== 'clean' || register === undefined) return { version: 1, verdict, checks };
  const regions = Object.entries(view.regions).flatMap(([region, seen]) =>
    seen === undefined ? [] : [{ region, view: seen }],
  );
  const plan = planRelease({
    ...{ id: newReleaseId(clock), by, build, options, register, regions, timeScale, periodSeconds, isLab },
    acceptedAlarms: silentAlarms(view),
  });
  const last = view.last === 'unseen' ? undefined : view.last;
  return { version: 1, verdict, checks, plan, ...(last && { last }) };
}

/**
 * Begins a release: writes it beside the register, with this process as its controller, which does nothing yet.
 * @throws HoldfastError `conflict` when another began in the same moment
 */
export async function beginPlanned(
  { store, clock, holder, target }: ReleaseContext,
  plan: ReleasePlan,
  last: ReleaseItem | undefined,
): Promise<ReleaseItem> {
  const { register } = await target.surroundings();
  if (register === undefined) throw new HoldfastError('unavailable', 'the register cannot be read any more');
  const item: ReleaseItem = {
    version: (last?.version ?? 0) + 1,
    holder,
    state: beginRelease(plan, register),
    notes: noted([], clock.now().getTime(), `begun by ${plan.by}`),
  };
  const free = last === undefined || hasEnded(last.state);
  if (free && (await store.write(item, last?.version))) return item;
  throw new HoldfastError(
    'conflict',
    'another release began in the same moment; look at `holdfast release status`',
  );
}

async function look({ store, target, regions }: ReleaseContext): Promise<PreflightView> {
  const plan = { acceptedAlarms: [] };
  const [last, surroundings, ...views] = await Promise.all([
    store.read().catch((): 'unseen' => 'unseen'),
    target.surroundings().catch(() => ({})),
    ...regions.map(
      async region => [region, await target.region(region, plan).catch(() => undefined)] as const,
    ),
  ]);
  return { last, ...surroundings, regions: Object.fromEntries(views) };
}

function verdictOf(checks: readonly ReleaseCheck[]): ReleasePreflight['verdict'] {
  if (checks.some(({ state }) => state === 'failed')) return 'failed';
  return checks.some(({ state, accepted }) => state === 'unknown' && accepted !== true) ? 'unknown' : 'clean';
}

/** `release-20261126-101500`: there is one at a time, and no two begin in one second. */
function newReleaseId(clock: Clock): string {
  const [date, time] = clock.now().toISOString().replace(/[-:]/g, '').split(/[T.]/);
  return `release-${date}-${time}`;
}
