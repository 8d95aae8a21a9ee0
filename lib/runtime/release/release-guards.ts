import type { ColourWeights } from '../live-settings/live-settings';
import type { ReleaseState } from './release-state';
import type { RegionView, ReleaseView } from './release-view';

/** Why nothing may go forward now, or nothing. What cannot be seen holds: unknown is not clean. */
export function holdForward(state: ReleaseState, view: ReleaseView): string | undefined {
  if (state.paused) return 'a person to resume it';
  return holdAny(view) ?? moved(state, view) ?? degraded(state, view);
}

/** Why nothing may be done at all, in either direction: a drill or a failover moves what a release stands on. */
export function holdAny({ drill, register }: ReleaseView): string | undefined {
  if (drill === undefined) return 'the drill lock, which cannot be read';
  if (drill !== 'free') return drill.busy;
  if (register === undefined) return 'the register, which cannot be read';
  return register.phase === 'active'
    ? undefined
    : `a move to ${register.region}, which stands in phase ${register.phase}`;
}

/** The order of a plan, standby first, holds for the epoch in which it was made. */
function moved({ plan, epoch }: ReleaseState, { register }: ReleaseView): string | undefined {
  if (epoch === undefined || register === undefined || register.epoch === epoch) return undefined;
  return `a person: ${register.region} is active since epoch ${register.epoch}, and release ${plan.id} began before; run: holdfast release resume, or holdfast release rollback`;
}

/** A Region that is short of clones may need the others at any moment. */
function degraded({ plan, region }: ReleaseState, { regions }: ReleaseView): string | undefined {
  for (const [index, { region: name }] of plan.regions.entries()) {
    if (index === region) continue;
    const view = regions[name];
    if (view === undefined) return `${name}, which cannot be seen`;
    const short = shortOf(view);
    if (short !== undefined) return `${name}, where ${short}`;
  }
  return undefined;
}

function shortOf({ live, colours }: RegionView): string | undefined {
  if (live === undefined) return 'the weights cannot be seen';
  for (const colour of ['blue', 'green'] as const) {
    const { healthy, desired } = colours[colour];
    if (live[colour] > 0 && (healthy < desired || healthy === 0)) {
      return `${healthy} of ${desired} clones of ${colour} are healthy`;
    }
  }
  return undefined;
}

/** Whether two weights are the same. */
export const isSame = (one: ColourWeights | undefined, other: ColourWeights): boolean =>
  one?.blue === other.blue && one.green === other.green;
