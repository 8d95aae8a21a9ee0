import type { Difference, Json } from '../model';
import type { Deciders } from './deciders';
import { MACRO } from './identical';
import { referencesOf } from './references';
import { topPropertyOf } from './replacement-of';
import { below, intrinsicOf, isObject, own } from './values';

/**
 * Differences that an unchanged resource may have all the same: what a parameter, a mapping or a condition decides
 * otherwise, dynamic references without a version, and parts that a macro puts in at deploy.
 */
export function undecidedOf(resource: Json, deciders: Deciders, lookedUp: boolean): Difference[] {
  const properties = own(resource, 'Properties');
  const found = new Map<string, Difference>();
  const add = (path: string, because?: string) => {
    const before = own(properties, topPropertyOf(path));
    const known = because === undefined ? {} : { because };
    found.set(path, { path, before, after: undefined, unknownAfter: true, ...known });
  };
  if (deciders.size > 0) {
    for (const { target, path } of referencesOf(properties, 'Properties')) {
      const why = deciders.get(target);
      if (why !== undefined) add(path, why);
    }
  }
  if (lookedUp) for (const path of lookUps(properties, 'Properties')) add(path);
  return [...found.values()];
}

/** `{{resolve:ssm:name}}` reads the newest version, `{{resolve:ssm:name:3}}` always that one. */
const UNPINNED = /\{\{resolve:ssm(?:-secure)?:(?![^}]*:\d+\}\})/;
/** Stands in a text for what a function gives. */
const HOLE = '\u0000';

function* lookUps(value: Json | undefined, path: string): Generator<string> {
  if (typeof value === 'string') {
    if (UNPINNED.test(value)) yield path;
  } else if (Array.isArray(value)) {
    for (const [at, item] of (value as readonly Json[]).entries()) yield* lookUps(item, `${path}[${at}]`);
  } else if (isObject(value)) {
    if (own(value, MACRO) !== undefined) yield path;
    const intrinsic = intrinsicOf(value);
    if (intrinsic === undefined) {
      for (const [key, item] of Object.entries(value)) yield* lookUps(item, below(path, key));
    } else if (flat(value).some(text => UNPINNED.test(text))) yield path;
  }
}

/** The texts that a function may give, as far as they stand in it. */
function flat(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  const [name, argument] = intrinsicOf(value) ?? [];
  const list = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  if (name === 'Fn::Join' && typeof list[0] === 'string' && Array.isArray(list[1])) {
    const pieces = (list[1] as readonly Json[]).map(each => (typeof each === 'string' ? each : HOLE));
    return [pieces.join(list[0]), ...list[1].filter(each => typeof each !== 'string').flatMap(flat)];
  }
  if (name === 'Fn::Sub') {
    const text = typeof argument === 'string' ? argument : list[0];
    const hollow = typeof text === 'string' ? [text.replaceAll(/\$\{[^}]*\}/g, HOLE)] : [];
    return [...hollow, ...list.slice(1).flatMap(flat)];
  }
  const parts = Array.isArray(value)
    ? (value as readonly Json[])
    : isObject(value)
      ? Object.values(value)
      : [];
  return parts.flatMap(flat);
}
