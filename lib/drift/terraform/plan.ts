import { HoldfastError } from '../../errors';
import { isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import { UNKNOWN } from './unknown';

/** One entry of `resource_changes`, `resource_drift` or `output_changes`, read without trust. */
export interface PlannedChange {
  /** The whole address; a deposed object carries its key after a `#`. */
  readonly address: string;
  readonly type: string;
  /** `managed`, `data`, or a word of a later format. */
  readonly mode: string;
  readonly actions: readonly string[];
  readonly reason: string | undefined;
  /** Former address of a moved object. */
  readonly previousAddress: string | undefined;
  /** Id of an imported object; empty where the plan does not tell it. */
  readonly importing: string | undefined;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly unknown: Json | undefined;
  readonly beforeSensitive: Json | undefined;
  readonly afterSensitive: Json | undefined;
  readonly replacePaths: readonly Json[];
}

/**
 * Refuses what is no plan at all.
 *
 * @throws HoldfastError `invalid-input` that names the file, what it seems to be, and the command that writes a plan
 */
export function assertPlan(document: Json, file: string): asserts document is JsonObject {
  const fix = 'give the output of: terraform show -json <plan file>';
  const refuse = (message: string) =>
    new HoldfastError('invalid-input', `cannot read ${file}`, [{ path: file, message, fix }]);
  if (!isObject(document)) throw refuse('is no Terraform plan: no JSON object');
  const version = own(document, 'format_version');
  if (typeof version !== 'string') {
    if (own(document, '@level') !== undefined) throw refuse('is a line of the log of terraform plan -json');
    if (own(document, 'lineage') !== undefined) throw refuse('is a state file, and no plan');
    throw refuse('is no Terraform plan: it has no format_version');
  }
  if (!/^[01]\./.test(version)) throw refuse('has a format_version that is not known; 0 and 1 are');
  if (own(document, 'values') !== undefined && own(document, 'planned_values') === undefined)
    throw refuse('is a state, and no plan');
  if (own(document, 'provider_schemas') !== undefined) throw refuse('is a schema of providers, and no plan');
}

/** The entries of a list of the plan that can be read, and how many cannot. An absent list is an empty one. */
export function plannedChanges(
  plan: JsonObject,
  list: string,
): { readonly entries: readonly PlannedChange[]; readonly unreadable: number } {
  const items = own(plan, list) ?? [];
  if (!Array.isArray(items)) return { entries: [], unreadable: 1 };
  const entries = (items as readonly Json[]).map(plannedChange).filter(entry => entry !== undefined);
  return { entries, unreadable: items.length - entries.length };
}

function plannedChange(entry: Json): PlannedChange | undefined {
  const address = text(own(entry, 'address'));
  const change = own(entry, 'change');
  if (address === undefined || !isObject(change)) return undefined;
  const deposed = text(own(entry, 'deposed'));
  return {
    ...changeOf(change),
    address: deposed === undefined ? address : `${address}#${deposed}`,
    type: text(own(entry, 'type')) ?? '-',
    mode: text(own(entry, 'mode')) ?? 'managed',
    reason: text(own(entry, 'action_reason')),
    previousAddress: text(own(entry, 'previous_address')),
  };
}

/** The outputs of the plan, as entries of the type `output`. */
export function plannedOutputs(plan: JsonObject): {
  readonly entries: readonly PlannedChange[];
  readonly unreadable: number;
} {
  const outputs = own(plan, 'output_changes') ?? {};
  if (!isObject(outputs)) return { entries: [], unreadable: 1 };
  const named = Object.entries(outputs);
  const entries = named
    .filter(([, change]) => isObject(change))
    .map(([name, change]) => ({
      ...changeOf(change as JsonObject),
      ...{ address: `output.${name}`, type: 'output', mode: 'output' },
      ...{ reason: undefined, previousAddress: undefined },
    }));
  return { entries, unreadable: named.length - entries.length };
}

type Change = Omit<PlannedChange, 'address' | 'type' | 'mode' | 'reason' | 'previousAddress'>;

function changeOf(change: JsonObject): Change {
  const actions = own(change, 'actions');
  const importing = own(change, 'importing');
  const paths = own(change, 'replace_paths');
  return {
    actions: Array.isArray(actions) ? (actions as readonly Json[]).map(textOf) : [],
    importing: isObject(importing) ? (text(own(importing, 'id')) ?? UNKNOWN) : undefined,
    before: own(change, 'before'),
    after: own(change, 'after'),
    unknown: own(change, 'after_unknown'),
    beforeSensitive: own(change, 'before_sensitive'),
    afterSensitive: own(change, 'after_sensitive'),
    replacePaths: Array.isArray(paths) ? (paths as readonly Json[]) : [],
  };
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
