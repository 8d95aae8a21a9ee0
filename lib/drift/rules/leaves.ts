import { below, intrinsicOf, isObject, own } from '../compare/values';
import type { Difference, Json, ResourceChange } from '../model';
import { canonical } from '../paths';

/** One value that differs, within a difference that may be of a whole part. */
export interface Leaf extends Difference {
  /** Path of the difference that it stands in. */
  readonly within: string;
}

/** What names the items of a list, so that the same item is found on the other side. */
const NAMES = [
  ...['Id', 'Name', 'RuleName', 'Region', 'IndexName', 'AttributeName', 'Key'],
  ...['id', 'name', 'rule_name', 'region_name', 'region', 'key'],
];

/**
 * Every single value that differs: a part that came, went or changed its length is one difference, and what is in it
 * counts all the same. A named item that a list loses is one value; one that it gains is all of its values.
 */
export function leavesOf(change: ResourceChange): readonly Leaf[] {
  return change.differences.flatMap(difference => {
    const { path, before, after, unknownAfter, sensitive } = difference;
    const marks = sensitive === true ? { sensitive } : {};
    if (unknownAfter === true || (!isPart(before) && !isPart(after)))
      return [{ ...difference, within: path }];
    const found: Leaf[] = [];
    spread(before, after, path, leaf => found.push({ ...leaf, ...marks, within: path }));
    return found;
  });
}

const isPart = (value: Json | undefined): value is Json =>
  Array.isArray(value) || (isObject(value) && intrinsicOf(value) === undefined);

function spread(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  add: (leaf: Difference) => void,
): void {
  const lists = [before, after].filter(each => Array.isArray(each)).length;
  const parts = [before, after].filter(each => isPart(each)).length;
  const nothing = [before, after].filter(each => (each ?? null) === null).length;
  if (parts === 0 || parts + nothing < 2 || (lists === 1 && nothing === 0)) {
    if (canonical(before ?? null) !== canonical(after ?? null)) add({ path, before, after });
  } else if (lists > 0) {
    const [old, next] = [before, after].map(each => (Array.isArray(each) ? (each as readonly Json[]) : []));
    spreadLists(old ?? [], next ?? [], path, add);
  } else {
    const keys = [before, after].flatMap(each => (isObject(each) ? Object.keys(each) : []));
    for (const key of new Set(keys)) spread(own(before, key), own(after, key), below(path, key), add);
  }
}

function spreadLists(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
  add: (leaf: Difference) => void,
): void {
  const name = NAMES.find(each => [...before, ...after].every(item => own(item, each) !== undefined));
  const keyOf = (item: Json, place: number) => (name === undefined ? `${place}` : canonical(own(item, name)));
  const old = new Map(before.map((item, place) => [keyOf(item, place), item]));
  after.forEach((item, place) => {
    const key = keyOf(item, place);
    spread(old.get(key), item, `${path}[${place}]`, add);
    old.delete(key);
  });
  for (const [key, item] of old) {
    const place = before.indexOf(item);
    if (name === undefined) spread(item, undefined, `${path}[${key}]`, add);
    else add({ path: `${path}[${place}]`, before: item, after: undefined });
  }
}
