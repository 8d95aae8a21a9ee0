import type { Json } from '../model';
import { isObject } from './values';

/** What was seen while two values were held against each other. */
export interface Seen {
  /** Whether the values have something that is looked up at deploy. Only sure when they are identical. */
  lookedUp: boolean;
}

/** Begins a dynamic reference to Parameter Store, of whatever kind. */
const LOOK_UP = '{{resolve:ssm';
/** Names a macro that gives a part of a template at deploy. */
export const MACRO = 'Fn::Transform';

/**
 * Whether two values are the same to the letter, keys in whatever order. Most of a stack does not change, and this is
 * several times faster than looking for differences, or than comparing texts.
 */
export function identical(left: Json | undefined, right: Json | undefined, seen: Seen): boolean {
  if (typeof left === 'string') {
    if (left !== right) return false;
    if (!seen.lookedUp && left.length > LOOK_UP.length && left.includes(LOOK_UP)) seen.lookedUp = true;
    return true;
  }
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    for (let at = 0; at < left.length; at += 1) {
      if (!identical(left[at] as Json, right[at] as Json, seen)) return false;
    }
    return true;
  }
  if (!isObject(left)) return left === right;
  if (!isObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key) || !identical(left[key], right[key], seen)) return false;
    if (key === MACRO) seen.lookedUp = true;
  }
  return true;
}
