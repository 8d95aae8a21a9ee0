import { measuredUntil } from './release-health';
import { mayGoBack, type ReleaseState } from './release-state';
import type { ReleaseView } from './release-view';

/**
 * Milliseconds without any controller after which nothing can be said of what was not measured meanwhile; more than passes
 * between two writes of one that lives.
 */
const GAP = 30_000;

/** The state with what this look adds to it: that there was one, until when it was measured, and who is ill since when. */
export function attended(state: ReleaseState, view: ReleaseView, now: number): ReleaseState {
  const { plan, lookedAt } = state;
  const gap = lookedAt === undefined || now - lookedAt > Math.max(GAP, plan.periodSeconds * 1000);
  const looked = { ...state, lookedAt: now, attendedFrom: gap ? now : (state.attendedFrom ?? now) };
  if (!mayGoBack(state)) return looked;
  const until = view.metrics === undefined ? undefined : measuredUntil(plan, view.metrics);
  const isIll = missingClones(state, view).length > 0;
  return {
    ...looked,
    measuredUntil: until ?? state.measuredUntil,
    illSince: isIll ? ((gap ? undefined : state.illSince) ?? now) : undefined,
  };
}

/** Seconds for which the new colour of the Region was not measured, though it gets requests and somebody looked. */
export function silentSeconds(
  { watchedFrom, measuredUntil, attendedFrom }: ReleaseState,
  now: number,
): number {
  if (watchedFrom === undefined) return 0;
  return Math.max(0, now - Math.max(watchedFrom, measuredUntil ?? 0, attendedFrom ?? 0)) / 1000;
}

/** New colours that get requests with fewer healthy clones than they need, in words. A Region that cannot be seen is not told. */
export function missingClones(
  { plan, region, watchedFrom }: ReleaseState,
  { regions }: ReleaseView,
): string[] {
  return plan.regions.flatMap(({ region: name, to, clones }, index) => {
    const healthy = regions[name]?.colours[to].healthy;
    const isWatched = index < region || (index === region && watchedFrom !== undefined);
    return isWatched && healthy !== undefined && healthy < clones
      ? [`${healthy} of ${clones} of ${to} in ${name}`]
      : [];
  });
}
