import type { Difference, Json } from '../model';
import { below, getAttOf, intrinsicOf, isObject, type JsonObject, own, sameScalar } from './values';

/** Every value that differs between two documents, at the deepest place at which the two can still be told apart. */
export function differencesOf(before: Json | undefined, after: Json | undefined, path = ''): Difference[] {
  const found: Difference[] = [];
  collect(before, after, path, found);
  return found;
}

/** Whether two values are the same, whatever forms they are written in. */
export function sameValue(left: Json | undefined, right: Json | undefined): boolean {
  return differencesOf(left, right).length === 0;
}

function collect(before: Json | undefined, after: Json | undefined, path: string, found: Difference[]): void {
  if (sameScalar(before, after)) return;
  const [left, right] = [intrinsicOf(before), intrinsicOf(after)];
  if (left !== undefined && right !== undefined && left[0] === right[0]) {
    if (!sameIntrinsic(left[0], left[1], right[1])) found.push({ path, before, after });
  } else if (left === undefined && right === undefined && isObject(before) && isObject(after)) {
    collectObjects(before, after, path, found);
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, at) => {
      collect(item, after[at], `${path}[${at}]`, found);
    });
  } else {
    found.push({ path, before, after });
  }
}

function collectObjects(before: JsonObject, after: JsonObject, path: string, found: Difference[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [left, right] = [own(before, key), own(after, key)];
    if (key === 'DependsOn' && path === '') {
      if (!sameDependencies(left, right)) found.push({ path: key, before: left, after: right });
    } else {
      collect(left, right, below(path, key), found);
    }
  }
}

/** A function is one value: half of a changed reference tells nobody anything. */
function sameIntrinsic(name: string, left: Json, right: Json): boolean {
  if (name === 'Fn::GetAtt') {
    const [a, b] = [getAttOf(left), getAttOf(right)];
    if (a !== undefined && b !== undefined) return a[0] === b[0] && sameValue(a[1], b[1]);
  }
  return sameValue(left, right);
}

/** `A`, `["A"]` and any order are the same. */
function sameDependencies(left: Json | undefined, right: Json | undefined): boolean {
  const listOf = (value: Json | undefined) =>
    (value === undefined ? [] : Array.isArray(value) ? value : [value])
      .map(each => JSON.stringify(each))
      .sort();
  const [a, b] = [listOf(left), listOf(right)];
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
