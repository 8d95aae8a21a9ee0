import { classify } from '../../lib/drift/classify/classify';
import type { Facts } from '../../lib/drift/classify/rule';
import { compareTemplates } from '../../lib/drift/compare/templates';
import type { JsonObject } from '../../lib/drift/compare/values';
import type { Comparison, Difference, Finding, Json, ResourceChange } from '../../lib/drift/model';
import { DRIFT_RULES } from '../../lib/drift/rules';

/** Where the resources of these tests stand. */
export const PLACE = { region: 'us-east-2', stack: 'data' } as const;

/** A template with these resources. */
export const template = (resources: Readonly<Record<string, Json>>, more: JsonObject = {}): JsonObject => ({
  ...more,
  Resources: resources,
});

/** A resource of a type. */
export const resource = (Type: string, Properties: Json = {}, more: JsonObject = {}): JsonObject => ({
  ...{ Type, Properties },
  ...more,
});

/** All rules' findings of a deploy. */
export const deployed = (before: JsonObject, after: JsonObject, facts: Facts = {}): readonly Finding[] =>
  findings([compareTemplates(before, after, PLACE)], facts);

/** All rules' findings of one resource that is changed by a deploy. */
export const updated = (type: string, before: Json, after: Json, facts: Facts = {}): readonly Finding[] =>
  deployed(template({ X: resource(type, before) }), template({ X: resource(type, after) }), facts);

/** All rules' findings. */
export const findings = (comparisons: readonly Comparison[], facts: Facts = {}): readonly Finding[] =>
  classify(comparisons, DRIFT_RULES, facts);

/** What runs differs from what was declared. */
export function live(
  type: string,
  before: Json,
  after: Json,
  paths: readonly string[],
  more: Partial<ResourceChange> = {},
): ResourceChange {
  const step = (value: Json, path: string) =>
    path.split('.').reduce<Json | undefined>((each, name) => (each as JsonObject | undefined)?.[name], value);
  return {
    ...{ ...PLACE, resource: 'X', type, source: 'stack-drift', action: 'update' },
    ...{ before: { Properties: before }, after: { Properties: after } },
    differences: paths.map(
      (path): Difference => ({
        path: `Properties.${path}`,
        before: step(before, path),
        after: step(after, path),
      }),
    ),
    ...more,
  };
}

/** Findings of things that run. */
export const lived = (changes: readonly ResourceChange[], facts: Facts = {}): readonly Finding[] =>
  findings([{ checked: changes.length, changes, unchecked: [] }], facts);

/** Class and rule of each finding, sorted. */
export const said = (found: readonly Finding[]): string[] =>
  found.map(each => `${each.class} ${each.rule}`).sort();
