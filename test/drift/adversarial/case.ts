import type { JsonObject } from '../../../lib/drift/compare/values';
import type { Finding, Json } from '../../../lib/drift/model';
import { resource, template } from '../judged';

/**
 * A change that somebody could wave through, and what is right: `danger rule` (or `unknown rule`) must be among what
 * is said; `change`, `unknown` and `clean` are the worst that may be said.
 */
export type Adversarial = readonly [name: string, before: JsonObject, after: JsonObject, right: string];

/** The same resource before and after. */
export const pair = (
  name: string,
  type: string,
  before: Json,
  after: Json,
  right: string,
  more: JsonObject = {},
): Adversarial => [
  name,
  template({ X: resource(type, before) }, more),
  template({ X: resource(type, after) }, more),
  right,
];

/** A resource that is new beside one that stood before. */
export const added = (name: string, type: string, after: Json, right: string): Adversarial => [
  name,
  template({ Old: resource('AWS::SNS::Topic') }),
  template({ Old: resource('AWS::SNS::Topic'), X: resource(type, after) }),
  right,
];

/** A resource that goes beside one that stays. */
export const gone = (name: string, type: string, before: Json, right: string): Adversarial => [
  name,
  template({ Old: resource('AWS::SNS::Topic'), X: resource(type, before) }),
  template({ Old: resource('AWS::SNS::Topic') }),
  right,
];

const CALM: Readonly<Record<string, readonly string[]>> = {
  clean: ['noise', 'expected'],
  change: ['noise', 'expected', 'change'],
  unknown: ['noise', 'expected', 'change', 'unknown', 'unchecked'],
};

/** What is wrong with the findings of a case; nothing when all is right. */
export function wrongWith(found: readonly Finding[], right: string): string[] {
  const said = found.map(each => `${each.class} ${each.rule}`);
  const calm = CALM[right];
  if (calm === undefined)
    return said.includes(right) ? [] : [`it lacks ${right}: ${said.join(', ') || 'nothing'}`];
  const graver = said.filter(each => !calm.includes(each.split(' ')[0] ?? ''));
  const missing =
    right !== 'clean' && !said.some(each => each.startsWith(right === 'change' ? 'change' : 'un'));
  return missing ? [`nothing is ${right}: ${said.join(', ') || 'nothing'}`] : graver;
}
