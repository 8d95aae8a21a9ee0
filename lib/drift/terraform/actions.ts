import type { Action } from '../model';

/** Words of a plan, in any order, and what happens to the resource. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['no-op', 'none'],
  ['create', 'create'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['read', 'read'],
  ['forget', 'forget'],
  ['create+delete', 'replace'],
  // The old object is left standing, and a new one takes its place.
  ['create+forget', 'forget'],
]);

/**
 * What a plan does to a resource; `unrecognized` for words of a later format
 * (https://developer.hashicorp.com/terraform/internals/json-format#change-representation).
 */
export function planAction(words: readonly string[]): Action {
  return ACTIONS.get([...words].sort().join('+')) ?? 'unrecognized';
}
