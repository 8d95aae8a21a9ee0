import type { Resource, Template } from './template';
import { asList, HIDDEN, isHidden, isObject, PERHAPS_ABSENT, type Value } from './value';

/**
 * What a rule says of a resource. `unknown` is neither a pass nor a fail: the template hides a value that decides
 * (law 7), or what decides stands elsewhere.
 */
export type Judgement =
  | { readonly state: 'compliant' }
  | { readonly state: 'not-applicable' }
  | {
      readonly state: 'broken' | 'unknown';
      /** Where in the resource, such as `Properties.DesiredCapacity`. */
      readonly path: string;
    };

/** One rule of a pack, pure: it sees one template and nothing else. */
export interface Rule {
  /** Name within its pack, in the field's own words; findings carry `<pack>-<id>`. */
  readonly id: string;
  /** What must hold, in one line. */
  readonly title: string;
  /** What goes wrong where it does not hold. */
  readonly why: string;
  /** What to change. */
  readonly fix: string;
  /** The law of the design, or the public page or thread, that the rule stands on. */
  readonly source: string;
  /** Types that the rule has something to say about; `undefined` for all. */
  readonly types?: readonly string[];
  evaluate(resource: Resource, template: Template): Judgement;
}

/** The rule holds. */
export const COMPLIANT: Judgement = { state: 'compliant' };
/** The rule has nothing to say about this resource. */
export const NOT_APPLICABLE: Judgement = { state: 'not-applicable' };
/** The rule does not hold. */
export const broken = (path: string): Judgement => ({ state: 'broken', path });
/** The template does not tell. */
export const unknown = (path: string): Judgement => ({ state: 'unknown', path });

/** Judges what stands at a path; hidden values, references among them, are unknown. */
export function whether(resource: Resource, path: string, holds: (value: Value) => boolean): Judgement {
  const value = resource.at(path);
  if (isHidden(value)) return unknown(path);
  return holds(value) ? COMPLIANT : broken(path);
}

/** The value must not be set, whatever it is. */
export function absent(resource: Resource, path: string): Judgement {
  const value = resource.at(path);
  if (value === PERHAPS_ABSENT) return unknown(path);
  return value === undefined ? COMPLIANT : broken(path);
}

/** The value must be set, whatever it is. */
export function present(resource: Resource, path: string): Judgement {
  const value = resource.at(path);
  if (value === PERHAPS_ABSENT) return unknown(path);
  return value === undefined ? broken(path) : COMPLIANT;
}

const ORDER: readonly Judgement['state'][] = ['broken', 'unknown', 'compliant', 'not-applicable'];

/** The gravest of several judgements: what is broken stays so, whatever else is unknown. */
export function gravest(judgements: readonly Judgement[]): Judgement {
  return (
    ORDER.map(state => judgements.find(judgement => judgement.state === state)).find(
      judgement => judgement !== undefined,
    ) ?? NOT_APPLICABLE
  );
}

/** Value of one entry of a `[{ Key, Value }]` list, as load balancers have for their attributes. */
export function attribute(resource: Resource, path: string, key: string): Value {
  const list = resource.at(path);
  if (isHidden(list)) return list;
  for (const entry of asList(list)) {
    if (isHidden(entry) || (isObject(entry) && isHidden(entry.Key))) return HIDDEN;
    if (isObject(entry) && entry.Key === key) return entry.Value;
  }
  return undefined;
}

/** Judges one entry of a `[{ Key, Value }]` list. */
export function whetherAttribute(
  resource: Resource,
  path: string,
  key: string,
  holds: (value: Value) => boolean,
): Judgement {
  const value = attribute(resource, path, key);
  if (isHidden(value)) return unknown(`${path}[${key}]`);
  return holds(value) ? COMPLIANT : broken(`${path}[${key}]`);
}
