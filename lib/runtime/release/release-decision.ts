import type { ColourWeights } from '../live-settings/live-settings';
import { attended, missingClones, silentSeconds } from './release-attention';
import { holdForward, isSame } from './release-guards';
import { isProven, ringing } from './release-health';
import { type RegionRelease, type ReleaseBuild, type ReleaseColour, weightsAt } from './release-plan';
import { backAction, cleanAction, retireAction } from './release-return';
import { mayGoBack, type ReleaseState, turnBack, UNWATCHED } from './release-state';
import type { RegionView, ReleaseView } from './release-view';

/** What is to be done now. Each may be repeated: it says what shall hold, and not what shall change. */
export type ReleaseAction =
  | { readonly kind: 'wait' }
  /** Weights of a Region. On the way back a deploy under way does not hold them up. */
  | {
      readonly kind: 'weights';
      readonly region: string;
      readonly weights: ColourWeights;
      readonly isBack: boolean;
    }
  /** What new clones of a colour run; without a build, what their template names. */
  | {
      readonly kind: 'build';
      readonly region: string;
      readonly colour: ReleaseColour;
      readonly build?: ReleaseBuild;
    }
  | {
      readonly kind: 'fill';
      readonly region: string;
      readonly colour: ReleaseColour;
      readonly clones: number;
    }
  | { readonly kind: 'empty'; readonly region: string; readonly colour: ReleaseColour };

/** An action, and the state to be kept before it is done. */
export interface ReleaseDecision {
  readonly state: ReleaseState;
  readonly action: ReleaseAction;
}

/**
 * Decides what happens next. It depends on nothing but what it is given, so that a loop on an operator's machine, a state
 * machine and a simulated world decide alike, and a controller that died is followed by any other.
 */
export function nextAction(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const seen = attended({ ...state, epoch: state.epoch ?? view.register?.epoch }, view, now);
  const trouble = mayGoBack(seen) ? troubleOf(seen, view, now) : undefined;
  if (trouble !== undefined) return nextAction(turnBack(seen, trouble), view, now);
  switch (seen.stage) {
    case 'launch':
      return launch(seen, view, now);
    case 'shift':
      return shift(seen, view, now);
    case 'bake':
      return bake(seen, view, now);
    case 'warm':
      return warm(seen, view, now);
    case 'retire':
      return retireAction(seen, view);
    case 'back':
      return backAction(seen, view, now);
    case 'clean':
      return cleanAction(seen, view, now);
    default:
      return { state: seen, action: { kind: 'wait' } };
  }
}

/** The Region that is being released. */
export function regionOf({ plan, region }: ReleaseState): RegionRelease {
  const found = plan.regions[region];
  if (found === undefined) throw new RangeError(`release ${plan.id} has no Region ${region}`);
  return found;
}

/** Waits for something, and says for what. */
export const waitFor = (state: ReleaseState, waitingFor: string): ReleaseDecision => ({
  state: { ...state, waitingFor },
  action: { kind: 'wait' },
});

const act = (state: ReleaseState, action: ReleaseAction): ReleaseDecision => ({
  state: { ...state, waitingFor: undefined },
  action,
});

/** What is bad enough to go back at once. */
function troubleOf(state: ReleaseState, view: ReleaseView, now: number): string | undefined {
  const { plan, watchedFrom, illSince } = state;
  const { region, to } = regionOf(state);
  if (illSince !== undefined && now - illSince >= plan.periodSeconds * 1000) {
    return `healthy clones are missing: ${missingClones(state, view).join(', ')}`;
  }
  if (watchedFrom === undefined) return undefined;
  const bad = view.regions[region]?.ringing ?? [];
  if (bad.length > 0) return `in alarm in ${region}: ${bad.join(', ')}`;
  const alarm = view.metrics && ringing(state, view.metrics, now);
  if (alarm !== undefined) return `${region}: ${alarm}`;
  // Once all is released, a quiet night is no reason to go back.
  if (state.stage === 'warm') return undefined;
  const silent = silentSeconds(state, now);
  return silent > plan.patienceSeconds
    ? `${region}: nothing was measured of ${to} for ${silent.toFixed(0)} s`
    : undefined;
}

function launch(begun: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const state = { ...begun, since: begun.since ?? now };
  const { plan } = state;
  const { region, from, to, clones } = regionOf(state);
  const seen = view.regions[region];
  const hold = holdForward(state, view);
  if (hold !== undefined) return waitFor({ ...state, since: undefined }, hold);
  if (seen === undefined) return waitFor(state, `${region} cannot be seen`);
  if (carries(seen, to) !== false) return waitFor(state, `${to} of ${region} gets requests and is not idle`);
  const idle = seen.colours[to];
  const isLate = now - state.since > plan.launchSeconds * 1000;
  const needed = Math.max(clones, seen.colours[from].desired);
  if (needed > idle.maximum) {
    const reason = `${region}: ${to} may have ${idle.maximum} clones, and ${needed} are needed`;
    return nextAction(turnBack(state, reason), view, now);
  }
  if (isLate && idle.healthy < needed) {
    const reason = `${region}: ${idle.healthy} of ${needed} clones of ${to} were healthy after ${plan.launchSeconds.toFixed(0)} s`;
    return nextAction(turnBack(state, reason), view, now);
  }
  if (idle.build?.sha256 !== plan.build.sha256) {
    // Clones of two builds in one colour could not be told apart by its metrics.
    if (idle.instances > 0 || idle.desired > 0) return act(state, { kind: 'empty', region, colour: to });
    return act(state, { kind: 'build', region, colour: to, build: plan.build });
  }
  if (idle.desired < needed) return act(state, { kind: 'fill', region, colour: to, clones: needed });
  if (idle.healthy < needed) {
    return waitFor(state, `${idle.healthy} of ${needed} clones of ${to} in ${region} are healthy`);
  }
  return nextAction({ ...state, stage: 'shift', step: 0, since: undefined }, view, now);
}

/** Whether a colour may get requests by either the stored or the live weights; `undefined` when that is unknown. */
function carries({ stored, live }: RegionView, colour: ReleaseColour): boolean | undefined {
  if (live === undefined) return undefined;
  return live[colour] > 0 || (stored?.[colour] ?? 0) > 0;
}

function shift(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const { plan, hurried } = state;
  const release = regionOf(state);
  const { region, to, clones } = release;
  const last = plan.shares.length - 1;
  const step = hurried ? last : state.step;
  const at = { ...state, step, since: step === state.step ? state.since : undefined };
  const seen = view.regions[region];
  const hold = holdForward(at, view);
  if (hold !== undefined) return waitFor(at, hold);
  if (seen === undefined) return waitFor(at, `${region} cannot be seen`);
  if (seen.colours[to].healthy < clones) return waitFor(at, `clones of ${to} in ${region} are not healthy`);
  const weights = weightsAt(release, plan.shares[step] ?? 100);
  if (!isSame(seen.stored, weights)) {
    // From here on requests may arrive, whatever becomes of the answer to this.
    const watched = { ...at, since: undefined, watchedFrom: at.watchedFrom ?? now };
    return act(watched, { kind: 'weights', region, weights, isBack: false });
  }
  if (at.since === undefined) {
    if (!isSame(seen.live, weights)) return waitFor(at, `the balancer of ${region} has other weights`);
    return waitFor({ ...at, since: now, watchedFrom: at.watchedFrom ?? now }, 'metrics of the new weights');
  }
  if (seen.silent.length > 0)
    return waitFor(at, `alarms without data in ${region}: ${seen.silent.join(', ')}`);
  if (!isProven(plan, at.since, plan.stepSeconds, view.metrics ?? [])) {
    return waitFor(at, `${region} at ${plan.shares[step]} %: metrics that prove it`);
  }
  if (step < last) return nextAction({ ...at, step: step + 1, since: undefined }, view, now);
  if (plan.bakeSeconds > 0 && !hurried) return nextAction({ ...at, stage: 'bake', since: now }, view, now);
  return promote(at, view, now);
}

function bake(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const { plan, since = now, hurried } = state;
  const { region } = regionOf(state);
  if (hurried) return promote(state, view, now);
  const hold = holdForward(state, view);
  if (hold !== undefined) return waitFor(state, hold);
  const silent = view.regions[region]?.silent ?? [];
  if (silent.length > 0) return waitFor(state, `alarms without data in ${region}: ${silent.join(', ')}`);
  return isProven(plan, since, plan.bakeSeconds, view.metrics ?? [])
    ? promote(state, view, now)
    : waitFor(state, `${region} bakes`);
}

/** On to the next Region, or to the time for which the old colours are kept. */
function promote(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  if (state.region + 1 >= state.plan.regions.length) {
    return nextAction({ ...state, stage: 'warm', since: now, hurried: false }, view, now);
  }
  const next: ReleaseState = {
    ...state,
    ...{ stage: 'launch', region: state.region + 1, step: 0, hurried: false },
    ...UNWATCHED,
  };
  // What was seen of the Region before says nothing of this one.
  return nextAction(next, { ...view, metrics: undefined }, now);
}

function warm(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const { plan, since = now, hurried } = state;
  const hold = holdForward(state, view);
  if (hold !== undefined) return waitFor(state, hold);
  // Also when hurried the last requests to the old colours end first.
  const seconds = Math.max(hurried ? 0 : plan.warmSeconds, plan.drainSeconds);
  if (now - since < seconds * 1000) return waitFor(state, 'the old colours are kept warm');
  return retireAction({ ...state, stage: 'retire', since: undefined }, view);
}
