import table from './replacement.json';

/** Whether a change of a property replaces its resource; `unknown` for a type that the schema does not hold. */
export type Replacement = 'no' | 'perhaps' | 'yes' | 'unknown';

const TABLE: ReadonlyMap<string, readonly [ReadonlySet<string>, ReadonlySet<string>]> = new Map(
  Object.entries(table as unknown as Record<string, readonly [readonly string[], readonly string[]]>).map(
    ([type, [yes, perhaps]]) => [type, [new Set(yes), new Set(perhaps)]],
  ),
);

/**
 * Whether a change of a property replaces its resource, by CloudFormation's own resource schema
 * (`scripts/replacement.mjs` writes the table from the package `@aws-cdk/aws-service-spec`).
 *
 * @param property name below `Properties`
 */
export function replacementOf(type: string, property: string): Replacement {
  const known = TABLE.get(type);
  if (known === undefined) return 'unknown';
  const [yes, perhaps] = known;
  if (yes.has(property)) return 'yes';
  return perhaps.has(property) ? 'perhaps' : 'no';
}

/** Whether the schema holds the type. */
export const isKnownType = (type: string): boolean => TABLE.has(type);
