import type { ReleaseDecision } from './release-decision';
import { holdAny, isSame } from './release-guards';
import { type RegionRelease, type ReleaseColour, weightsAt } from './release-plan';
import type { ReleaseState } from './release-state';
import type { RegionView, ReleaseView } from './release-view';

/** Regions that a release has touched, the newest first. */
const touched = ({ plan, region }: ReleaseState): readonly RegionRelease[] =>
  plan.regions.slice(0, region + 1).reverse();

/**
 * Moves all weights home, one Region at a time, the newest first: it is the one that harms. A Region that cannot be seen
 * keeps no other waiting.
 */
export function backAction(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const hold = holdAny(view);
  if (hold !== undefined) return wait(state, hold);
  let open: string | undefined;
  for (const release of touched(state)) {
    const { region, from, clones } = release;
    const seen = view.regions[region];
    const home = weightsAt(release, 0);
    if (seen === undefined) {
      open = `${region}, which cannot be seen`;
      continue;
    }
    if (isSame(seen.stored, home) && isSame(seen.live, home)) continue;
    if (isSame(seen.stored, home)) return wait(state, `the balancer of ${region}`);
    const old = seen.colours[from];
    // Weights on a colour without clones would be an outage; errors of some are the lesser harm.
    if (old.healthy > 0) return act(state, { kind: 'weights', region, weights: home, isBack: true });
    if (old.desired < clones) return act(state, { kind: 'fill', region, colour: from, clones });
    return wait(state, `a healthy clone of ${from} in ${region}`);
  }
  if (open !== undefined) return wait(state, open);
  return cleanAction({ ...state, stage: 'clean', since: now }, view, now);
}

/** Gives the new clones back once their last requests have ended, and the colour its former build. */
export function cleanAction(state: ReleaseState, view: ReleaseView, now: number): ReleaseDecision {
  const { plan, since = now } = state;
  const hold = holdAny(view);
  if (hold !== undefined) return wait(state, hold);
  if (now - since < plan.drainSeconds * 1000) return wait(state, 'the last requests to the new colour');
  for (const release of touched(state)) {
    const { region, to, before } = release;
    const seen = view.regions[region];
    if (seen === undefined) return wait(state, `${region}, which cannot be seen`);
    const emptied = emptyIdle(state, region, seen, to);
    if (emptied !== undefined) return emptied;
    if (seen.colours[to].build?.sha256 !== before?.sha256) {
      return act(state, { kind: 'build', region, colour: to, build: before });
    }
  }
  return { state: { ...state, stage: 'rolled-back', waitingFor: undefined }, action: { kind: 'wait' } };
}

/** Gives the old clones back, Region by Region. From here on the way back is a release of its own. */
export function retireAction(state: ReleaseState, view: ReleaseView): ReleaseDecision {
  const hold = holdAny(view);
  if (hold !== undefined) return wait(state, hold);
  for (const { region, from } of state.plan.regions) {
    const seen = view.regions[region];
    if (seen === undefined) return wait(state, `${region}, which cannot be seen`);
    const emptied = emptyIdle(state, region, seen, from);
    if (emptied !== undefined) return emptied;
  }
  return { state: { ...state, stage: 'done', waitingFor: undefined }, action: { kind: 'wait' } };
}

/** Takes the clones of a colour away that gets no requests; nothing when there are none. */
function emptyIdle(
  state: ReleaseState,
  region: string,
  { stored, live, colours }: RegionView,
  colour: ReleaseColour,
): ReleaseDecision | undefined {
  const { instances, desired } = colours[colour];
  if (instances === 0 && desired === 0) return undefined;
  if (live === undefined || stored === undefined || live[colour] > 0 || stored[colour] > 0) {
    return wait(state, `${colour} of ${region}, which still gets requests`);
  }
  if (desired > 0) return act(state, { kind: 'empty', region, colour });
  return wait(state, `the end of ${instances} clones of ${colour} in ${region}`);
}

const wait = (state: ReleaseState, waitingFor: string): ReleaseDecision => ({
  state: { ...state, waitingFor },
  action: { kind: 'wait' },
});

const act = (state: ReleaseState, action: ReleaseDecision['action']): ReleaseDecision => ({
  state: { ...state, waitingFor: undefined },
  action,
});
