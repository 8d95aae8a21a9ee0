import type { Comparison, ResourceChange, Unchecked } from '../model';
import { changeOf, withUndecided } from './change-of';
import { decidersOf } from './deciders';
import { entriesOf, type TemplatePlace } from './entries';
import { identical } from './identical';
import { partChanges } from './parts';
import { propagateReplacements } from './propagation';
import { Scope } from './scope';
import { macrosOf, uncheckedOf } from './unchecked-of';
import { type JsonObject, own } from './values';

/** What a deploy of `after` over `before` would do, by the templates alone. */
export function compareTemplates(before: JsonObject, after: JsonObject, place: TemplatePlace): Comparison {
  const [old, next] = [entriesOf(own(before, 'Resources')), entriesOf(own(after, 'Resources'))];
  const scopes = [new Scope(before, place.region), new Scope(after, place.region)] as const;
  const deciders = decidersOf(before, after, scopes);
  // Without another mapping or condition, what is written alike is decided alike.
  const decidesAnew = [...deciders.keys()].some(name => /^(?:Mappings|Conditions)\./.test(name));
  const ids = [...new Set([...old.keys(), ...next.keys()])];
  const changes = new Map<string, ResourceChange>();
  const unchecked: Unchecked[] = [...macrosOf(after)].map(each => ({
    ...{ ...place, ...each, source: 'template' },
  }));
  const parts = unchecked.length;
  for (const id of ids) {
    const [left, right] = [old.get(id), next.get(id)];
    const seen = { lookedUp: false };
    const isSame = identical(left, right, seen);
    const here = { ...place, resource: id, source: 'template' } as const;
    const problem = uncheckedOf(id, left, right, isSame);
    if (problem !== undefined) unchecked.push({ ...here, ...problem });
    const change = isSame && !decidesAnew ? undefined : changeOf(left, right, scopes, deciders);
    if (change !== undefined) changes.set(id, { ...here, ...change });
    const isOpen = !isSame || seen.lookedUp || deciders.size > 0;
    if (!isOpen || left === undefined || right === undefined || change?.action === 'create') continue;
    const open = withUndecided(change, right, scopes[1], deciders, !isSame || seen.lookedUp);
    if (open !== undefined) changes.set(id, { ...here, ...open });
  }
  propagateReplacements(changes, old, next, place);
  return {
    checked: ids.length - (unchecked.length - parts),
    changes: [...changes.values(), ...partChanges(before, after, place, scopes)],
    unchecked,
    templates: [{ ...place, before, after }],
  };
}
