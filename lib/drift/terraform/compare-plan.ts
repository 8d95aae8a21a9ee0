import type { JsonObject } from '../compare/values';
import { textOf } from '../compare/values';
import type { Action, Comparison, Json, ResourceChange, Unchecked } from '../model';
import { planAction } from './actions';
import { checkResults } from './checks';
import { driftChanges } from './drift';
import { partsOf } from './parts';
import { assertPlan, type PlannedChange, plannedChanges, plannedOutputs } from './plan';
import { type RegionOf, regionReader } from './region-of';
import { planSecrets } from './secrets';
import { isFull, type PlanPlace, stateObjects, uncheckedOfPlan } from './unchecked';

/**
 * What a Terraform or OpenTofu plan would do, and what it found to have drifted. The verdict is the plan's own: its
 * exit code says 2 for moves alone, and nothing for failed checks.
 *
 * @param document output of `terraform show -json`, of a full, targeted, refresh-only or errored plan
 * @param file names the plan in an error
 * @throws HoldfastError `invalid-input` for what is no plan
 */
export function comparePlan(document: Json, place: PlanPlace, file = place.stack): Comparison {
  assertPlan(document, file);
  const resources = plannedChanges(document, 'resource_changes');
  const drift = plannedChanges(document, 'resource_drift');
  const outputs = plannedOutputs(document);
  const regionOf = regionReader(document, place.region);
  const planned = [...resources.entries, ...outputs.entries].map(entry => plannedOf(entry, place, regionOf));
  const drifted = driftChanges(drift.entries, resources.entries, isFull(document), {
    ...{ stack: place.stack, regionOf },
  });
  const checks = checkResults(document, place);
  const unrecognized = planned.flatMap(({ unrecognized }) => unrecognized ?? []);
  const unreadable = resources.unreadable + drift.unreadable + outputs.unreadable;
  return {
    checked: checkedOf(document, resources.entries, drift.entries) - unrecognized.length,
    changes: [...planned.flatMap(({ change }) => change ?? []), ...drifted, ...checks.failed],
    unchecked: [
      ...uncheckedOfPlan(document, place, resources.entries),
      ...unrecognized,
      ...checks.unchecked,
      ...unreadableEntries(unreadable, document, place),
    ],
    stacks: [{ region: '-', stack: place.stack }],
    secrets: planSecrets(document, [...resources.entries, ...drift.entries, ...outputs.entries]),
  };
}

/** What was looked at. A refresh-only plan lists what has drifted alone, of all that stands in the state. */
function checkedOf(plan: JsonObject, ...lists: readonly (readonly PlannedChange[])[]): number {
  const isRefresh = !('resource_changes' in plan) && plan.complete !== false && plan.errored !== true;
  const refreshed = isRefresh ? stateObjects(plan).map(([address]) => address) : [];
  return new Set([...lists.flat().map(({ address }) => address), ...refreshed]).size;
}

function unreadableEntries(count: number, plan: JsonObject, place: PlanPlace): readonly Unchecked[] {
  const version = textOf(plan.format_version);
  const why = `${count} entries of the plan (format ${version}) have no address or no change, and were not read`;
  const here = { region: place.region ?? '-', stack: place.stack, resource: '-', type: '-' };
  const fix = 'look at the plan by terraform show; its format may be newer than this program';
  return count === 0 ? [] : [{ ...here, source: 'terraform', why, fix }];
}

interface Planned {
  readonly change?: ResourceChange;
  readonly unrecognized?: Unchecked;
}

function plannedOf(entry: PlannedChange, place: PlanPlace, regionOf: RegionOf): Planned {
  const action = actionOf(entry);
  const here = {
    ...{ region: regionOf(entry), stack: place.stack, resource: entry.address },
    ...{ type: entry.type, source: 'terraform' as const },
  };
  if (action === 'none') return {};
  const change: ResourceChange = { ...here, action, ...partsOf(entry, action) };
  if (action !== 'unrecognized') return { change };
  const words = entry.actions.join(', ') || 'none';
  const why = `the plan's action (${words}) is not known, so what happens to it cannot be told`;
  return { change, unrecognized: { ...here, why, fix: 'look at the plan by terraform show' } };
}

/** A move or an import does nothing to the object, and shows as `no-op`. */
function actionOf(entry: PlannedChange): Action {
  const action = planAction(entry.actions);
  if (action !== 'none') return action;
  if (entry.importing !== undefined) return 'import';
  return entry.previousAddress === undefined ? 'none' : 'move';
}
