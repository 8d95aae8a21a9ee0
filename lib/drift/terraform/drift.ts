import type { ResourceChange } from '../model';
import { planAction } from './actions';
import { planDifferences, touches } from './differences';
import { partsOf } from './parts';
import type { PlannedChange } from './plan';
import type { RegionOf } from './region-of';

/** The plan leaves the live value as it is: it is ignored, or nothing in the configuration sets it. */
export const KEPT_BY_PLAN = 'kept-by-plan';
/** Applying the plan puts the former value back. */
export const REVERTED_BY_PLAN = 'reverted-by-plan';

/**
 * What changed outside Terraform. A plan lists what is under `ignore_changes` here too, so each value is held against
 * what the plan does to it: in a full plan, what it does not touch is kept (reason {@link KEPT_BY_PLAN}). A
 * refresh-only plan says nothing of it.
 */
export function driftChanges(
  drift: readonly PlannedChange[],
  planned: readonly PlannedChange[],
  full: boolean,
  place: { readonly stack: string; readonly regionOf: RegionOf },
): readonly ResourceChange[] {
  const plans = new Map(planned.map(entry => [entry.address, entry]));
  return drift.flatMap(entry => {
    const { stack, regionOf } = place;
    const action = planAction(entry.actions);
    const change: ResourceChange = {
      ...{ region: regionOf(entry), stack, resource: entry.address, type: entry.type },
      ...{ source: 'terraform-drift', action: action === 'none' ? 'update' : action },
      ...partsOf(entry, action),
    };
    if (action === 'delete') return [change];
    // The same value on both sides: a provider that only read it again.
    if (change.differences.length === 0) return [];
    return full ? split(change, plans.get(entry.address)) : [change];
  });
}

/** One change of the values that the plan keeps, one of those that it puts back. */
function split(change: ResourceChange, plan: PlannedChange | undefined): readonly ResourceChange[] {
  const moves = plan === undefined ? [] : planDifferences(plan, plan.replacePaths).map(({ path }) => path);
  const gone = plan !== undefined && (plan.after === null || plan.after === undefined);
  const isMoved = (path: string) => gone || moves.some(moved => touches(moved, path));
  const parts = [
    { reason: REVERTED_BY_PLAN, differences: change.differences.filter(({ path }) => isMoved(path)) },
    { reason: KEPT_BY_PLAN, differences: change.differences.filter(({ path }) => !isMoved(path)) },
  ];
  return parts.filter(({ differences }) => differences.length > 0).map(part => ({ ...change, ...part }));
}
