import { isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import type { PlannedChange } from './plan';
import { markBelow } from './unknown';

/** Every text that the plan marks as secret: in variables, in outputs and in both states of every object. */
export function planSecrets(plan: JsonObject, changes: readonly PlannedChange[]): readonly string[] {
  const found = new Set<string>();
  const declared = own(own(own(plan, 'configuration'), 'root_module'), 'variables');
  for (const [name, variable] of isObject(declared) ? Object.entries(declared) : []) {
    if (own(variable, 'sensitive') !== true) continue;
    collect(own(own(own(plan, 'variables'), name), 'value'), true, found);
    collect(own(variable, 'default'), true, found);
  }
  for (const change of changes) {
    collect(change.before, change.beforeSensitive, found);
    collect(change.after, change.afterSensitive, found);
  }
  return [...found].sort();
}

function collect(value: Json | undefined, mark: Json | undefined, found: Set<string>): void {
  if (mark === undefined || mark === false || mark === null) return;
  if (typeof value === 'string') {
    if (mark === true) found.add(value);
  } else if (typeof value === 'number') {
    if (mark === true) found.add(textOf(value));
  } else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) collect(item, markBelow(mark, at), found);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (mark === true) found.add(key);
      collect(item, markBelow(mark, key), found);
    }
  }
}
