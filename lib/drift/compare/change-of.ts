import type { Action, Difference, Json, ResourceChange } from '../model';
import type { Deciders } from './deciders';
import { differencesOf } from './differences';
import { actionOf, typeOf } from './entries';
import { topPropertyOf, withReplacement } from './replacement-of';
import type { Scope } from './scope';
import { METADATA } from './unchecked-of';
import { undecidedOf } from './undecided';
import { own } from './values';

/** What happens to one resource. */
export type Change = Pick<ResourceChange, 'type' | 'action' | 'before' | 'after' | 'differences'>;

/** What a deploy does to a resource, as far as the templates decide it. */
export function changeOf(
  left: Json | undefined,
  right: Json | undefined,
  [old, next]: readonly [Scope, Scope],
  deciders: Deciders,
): Change | undefined {
  const [stood, stands] = [old.stands(left), next.stands(right)];
  const before = stood === false ? undefined : old.value(left);
  const after = stands === false ? undefined : next.value(right);
  if (before === undefined && after === undefined) return undefined;
  const [was, is] = [typeOf(before), typeOf(after)];
  const type = is ?? was ?? '-';
  if (before === undefined) return { type, action: 'create', before, after, differences: [] };
  if (after === undefined) return { type, action: removalOf(before), before, after, differences: [] };
  const found = withReplacement(type, differencesOf(before, after));
  const perhaps = stands === undefined && type !== METADATA ? mayGo(before, after, deciders) : undefined;
  const differences =
    perhaps === undefined ? found : [...found.filter(({ path }) => path !== 'Condition'), perhaps];
  if (differences.length === 0) return undefined;
  if (was === is) return { type, action: actionOf(differences), before, after, differences };
  const [typed] = [{ path: 'Type', before: was, after: is, replaces: 'yes' } as const];
  return { type, action: 'replace', before, after, differences: [typed] };
}

/** A resource that stands under another condition than before, or under one that may decide otherwise now. */
function mayGo(before: Json, after: Json, deciders: Deciders): Difference | undefined {
  const [was, is] = [own(before, 'Condition'), own(after, 'Condition')];
  const because = was === is ? deciders.get(`Conditions.${String(is)}`) : 'it stands under another condition';
  if (because === undefined) return undefined;
  return {
    path: 'Condition',
    before: was,
    after: undefined,
    unknownAfter: true,
    replaces: 'perhaps',
    because,
  };
}

/**
 * The change with what may change all the same, where nothing of the property is known to change; nothing when there
 * is none.
 */
export function withUndecided(
  change: Change | undefined,
  right: Json,
  scope: Scope,
  deciders: Deciders,
  lookedUp: boolean,
): Change | undefined {
  const resource = scope.value(right) ?? right;
  const undecided = undecidedOf(resource, deciders, lookedUp);
  const added = undecided.filter(
    ({ path }) => !change?.differences.some(each => topPropertyOf(each.path) === topPropertyOf(path)),
  );
  if (added.length === 0) return undefined;
  const type = typeOf(resource) ?? '-';
  const base: Change = change ?? {
    type,
    action: 'update',
    before: resource,
    after: resource,
    differences: [],
  };
  return { ...base, differences: [...base.differences, ...withReplacement(type, added)] };
}

/** A retained resource is left standing without an owner. */
function removalOf(resource: Json): Action {
  const policy = own(resource, 'DeletionPolicy');
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' ? 'forget' : 'delete';
}
