import { type JsonObject, own } from '../compare/values';
import type { Json, Unchecked } from '../model';
import type { PlannedChange } from './plan';

/** Where a plan stands. */
export interface PlanPlace {
  /** Name of the plan, which reports call the stack. */
  readonly stack: string;
  /** Region of what does not tell its own. @default '-' */
  readonly region?: string;
}

type Entry = (resource: string, type: string, why: string, fix: string) => Unchecked;

/** What the plan itself says that it did not look at, or not to the end. */
export function uncheckedOfPlan(
  plan: JsonObject,
  place: PlanPlace,
  planned: readonly PlannedChange[],
): readonly Unchecked[] {
  const entry: Entry = (resource, type, why, fix) => ({
    ...{ region: place.region ?? '-', stack: place.stack, resource, type, source: 'terraform', why, fix },
  });
  return [...partial(plan, planned, entry), ...deferred(plan, entry)];
}

/** An errored plan stops somewhere; one with `-target` never looks at the rest. */
function partial(plan: JsonObject, planned: readonly PlannedChange[], entry: Entry): readonly Unchecked[] {
  const errored = own(plan, 'errored') === true;
  if (!errored && own(plan, 'complete') !== false) return [];
  const why = errored
    ? 'the plan ended with an error, and what comes after it was not planned'
    : 'the plan is not complete: it was made for named targets, or parts of it are deferred';
  const fix = errored ? 'mend the error that terraform plan prints, and plan again' : 'plan without -target';
  const seen = new Set(planned.map(({ address }) => address));
  const left = stateObjects(plan).filter(([address]) => !seen.has(address));
  return [
    entry('-', '-', why, fix),
    ...left.map(([address, type]) => entry(address, type, `it is in the state, but ${why}`, fix)),
  ];
}

/** Managed objects of a state, by their addresses. */
export function stateObjects(plan: JsonObject): readonly (readonly [address: string, type: string])[] {
  return [...stateResources(own(own(own(plan, 'prior_state'), 'values'), 'root_module'))];
}

function* stateResources(module: Json | undefined): Generator<readonly [address: string, type: string]> {
  const resources = own(module, 'resources');
  for (const resource of Array.isArray(resources) ? (resources as readonly Json[]) : []) {
    const [address, type] = [own(resource, 'address'), own(resource, 'type')];
    if (typeof address === 'string' && own(resource, 'mode') === 'managed')
      yield [address, typeof type === 'string' ? type : '-'];
  }
  const children = own(module, 'child_modules');
  for (const child of Array.isArray(children) ? (children as readonly Json[]) : [])
    yield* stateResources(child);
}

/** Objects that Terraform puts off to a later plan. */
function deferred(plan: JsonObject, entry: Entry): readonly Unchecked[] {
  const list = own(plan, 'deferred_changes');
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).map(each => {
    const change = own(each, 'resource_change');
    const [address, type, reason] = [own(change, 'address'), own(change, 'type'), own(each, 'reason')];
    const why = `Terraform defers it to a later plan${typeof reason === 'string' ? ` (${reason})` : ''}`;
    return entry(
      typeof address === 'string' ? address : '-',
      typeof type === 'string' ? type : '-',
      why,
      'apply this plan, then plan again',
    );
  });
}

/** Whether the plan says that it lists every object, so that what it leaves out is not touched. */
export function isFull(plan: JsonObject): boolean {
  return (
    Array.isArray(own(plan, 'resource_changes')) &&
    own(plan, 'complete') !== false &&
    own(plan, 'errored') !== true
  );
}
