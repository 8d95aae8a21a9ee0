import type { Json, ResourceChange } from '../model';
import { actionOf, type Entries, type TemplatePlace, typeOf } from './entries';
import { referencesOf } from './references';
import { topPropertyOf, withReplacement } from './replacement-of';
import { own } from './values';

/** A reference to a replaced resource has a new value, which may replace the one that refers. */
export function propagateReplacements(
  changes: Map<string, ResourceChange>,
  old: Entries,
  next: Entries,
  place: TemplatePlace,
): void {
  const replaced = [...changes.values()]
    .filter(({ action }) => action === 'replace')
    .map(each => each.resource);
  if (replaced.length === 0) return;
  const users = new Map<string, { id: string; path: string }[]>();
  for (const [id, resource] of next) {
    if (!old.has(id)) continue;
    for (const { target, path } of referencesOf(own(resource, 'Properties'), 'Properties')) {
      users.set(target, [...(users.get(target) ?? []), { id, path }]);
    }
  }
  const seen = new Set(replaced);
  for (let target = replaced.pop(); target !== undefined; target = replaced.pop()) {
    for (const { id, path } of users.get(target) ?? []) {
      const change = followed(changes.get(id), old.get(id), next.get(id), path, { ...place, resource: id });
      if (change === undefined) continue;
      changes.set(id, change);
      if (change.action === 'replace' && !seen.has(id)) {
        seen.add(id);
        replaced.push(id);
      }
    }
  }
}

/** The change of a resource with one more difference: a reference whose target is replaced. */
function followed(
  known: ResourceChange | undefined,
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  place: TemplatePlace & { readonly resource: string },
): ResourceChange | undefined {
  const type = typeOf(after) ?? '-';
  if (known?.differences.some(each => topPropertyOf(each.path) === topPropertyOf(path))) {
    return undefined; // it changes anyway, with the same consequence
  }
  const value = propertyAt(after, path);
  const [difference] = withReplacement(type, [{ path, before: value, after: value, unknownAfter: true }]);
  if (difference === undefined || (difference.replaces ?? 'no') === 'no') return undefined;
  const differences = [...(known?.differences ?? []), difference];
  const action = known?.action === 'replace' ? 'replace' : actionOf(differences);
  return { ...place, source: 'template', type, before, after, ...known, action, differences };
}

function propertyAt(resource: Json | undefined, path: string): Json | undefined {
  return own(own(resource, 'Properties'), topPropertyOf(path));
}
