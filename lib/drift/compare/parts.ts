import type { Json, ResourceChange } from '../model';
import { differencesOf } from './differences';
import { entriesOf, type TemplatePlace } from './entries';
import type { Scope } from './scope';
import { type JsonObject, own } from './values';

/** Parts of a template beside its resources. Each entry, or the part itself, is compared as one thing. */
const ENTRIES = ['Parameters', 'Mappings', 'Conditions', 'Rules', 'Outputs'] as const;
const WHOLE = ['Transform', 'Metadata', 'Description', 'AWSTemplateFormatVersion'] as const;

/** What differs beside the resources: parameters, outputs, mappings, conditions, metadata. */
export function partChanges(
  before: JsonObject,
  after: JsonObject,
  place: TemplatePlace,
  [was, is]: readonly [Scope, Scope],
): ResourceChange[] {
  const changes: ResourceChange[] = [];
  const add = (resource: string, type: string, old: Json | undefined, next: Json | undefined) => {
    const differences = differencesOf(old, next);
    if (differences.length === 0) return;
    const action = old === undefined ? 'create' : next === undefined ? 'delete' : 'update';
    const shown = action === 'update' ? differences : [];
    const change = { source: 'template', action, before: old, after: next, differences: shown } as const;
    changes.push({ ...place, resource, type, ...change });
  };
  for (const part of ENTRIES) {
    const [old, next] = [entriesOf(own(before, part)), entriesOf(own(after, part))];
    for (const name of new Set([...old.keys(), ...next.keys()])) {
      const [left, right] = [old.get(name), next.get(name)];
      // An output under a condition that does not hold is none.
      const isOutput = part === 'Outputs';
      add(
        `${part}.${name}`,
        part,
        isOutput && was.stands(left) === false ? undefined : left,
        isOutput && is.stands(right) === false ? undefined : right,
      );
    }
  }
  for (const part of WHOLE) add(part, part, own(before, part), own(after, part));
  return changes;
}
