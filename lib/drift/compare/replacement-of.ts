import type { Difference, Json } from '../model';
import { replacementOf } from '../schema/replacement';
import { referencesOf } from './references';
import { below, intrinsicOf, isObject, own } from './values';

/** Name of the property in which a path stands; empty for what is no property. */
export function topPropertyOf(path: string): string {
  if (!path.startsWith('Properties.')) return '';
  const rest = path.slice('Properties.'.length);
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0];
  if (quoted !== undefined) return JSON.parse(quoted) as string;
  return /^[^.[]+/.exec(rest)?.[0] ?? '';
}

/** The differences of a resource of that type, each with what it does to it. */
export function withReplacement(type: string, differences: readonly Difference[]): Difference[] {
  return differences.map(difference => {
    const property = topPropertyOf(difference.path);
    if (property === '') return difference;
    const replaces = replacementOf(type, property);
    if (replaces === 'no') return difference;
    return { ...difference, replaces: replaces === 'unknown' ? 'perhaps' : replaces };
  });
}

/**
 * Differences that an unchanged resource may have all the same: what refers to a parameter that is read from
 * Parameter Store at deploy, and dynamic references without a version.
 */
export function propertyDifferences(resource: Json, parameters: ReadonlySet<string>): Difference[] {
  const properties = own(resource, 'Properties');
  const found = new Map<string, Difference>();
  const add = (path: string) => {
    const before = own(properties, topPropertyOf(path));
    found.set(path, { path, before, after: undefined, unknownAfter: true });
  };
  if (parameters.size > 0) {
    for (const { target, path } of referencesOf(properties, 'Properties'))
      if (parameters.has(target)) add(path);
  }
  for (const [path, text] of textsOf(properties, 'Properties')) if (isUnpinned(text)) add(path);
  return [...found.values()];
}

/** `{{resolve:ssm:name}}` reads the newest version, `{{resolve:ssm:name:3}}` always that one. */
const isUnpinned = (text: string): boolean => /\{\{resolve:ssm:[^:}]+\}\}/.test(text);

function* textsOf(value: Json | undefined, path: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries())
      yield* textsOf(item, intrinsicOf(value) ? path : `${path}[${at}]`);
  } else if (isObject(value)) {
    const isFunction = intrinsicOf(value) !== undefined;
    for (const [key, item] of Object.entries(value))
      yield* textsOf(item, isFunction ? path : below(path, key));
  }
}
