import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { CapacityRange, GlobalTableProps, KeyAttribute } from './global-table-props';

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
const MOST_UNITS = 1_000_000;
const MOST_INDEXES = 20;

/**
 * @param construct class name and path
 * @param region Region of the stack, where it is known
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateGlobalTable(construct: string, props: GlobalTableProps, region?: string): void {
  const { regions, indexes = [] } = props;
  assertRules(construct, [
    matching('tableName', props.tableName, NAME, 'use 3 to 255 letters, digits, _, . and -'),
    (regions.length < 2 || new Set(regions).size !== regions.length) && {
      path: 'regions',
      received: regions,
      message: 'a global table is in several Regions',
      fix: 'name at least two Regions, each once',
    },
    region !== undefined &&
      !regions.includes(region) && {
        path: 'regions',
        received: regions,
        message: `the owner's Region, ${region}, holds no copy`,
        fix: 'own the table in a stack of one of its Regions, and name it in the others with fromTableName',
      },
    (indexes.length > MOST_INDEXES || new Set(indexes.map(({ name }) => name)).size !== indexes.length) && {
      path: 'indexes',
      received: indexes.map(({ name }) => name),
      message: `not at most ${MOST_INDEXES} indexes of different names`,
      fix: 'name each index once',
    },
    ...indexes.map(({ name }, number) =>
      matching(`indexes[${number}].name`, name, NAME, 'use 3 to 255 letters, digits, _, . and -'),
    ),
    ...attributeRules(props),
    ...capacityRules(props),
    keyRule(props),
  ]);
}

/** Every attribute that is part of a key of the table or of an index. */
export function keyAttributes({
  partitionKey,
  sortKey,
  indexes = [],
}: GlobalTableProps): readonly KeyAttribute[] {
  return [partitionKey, sortKey, ...indexes.flatMap(index => [index.partitionKey, index.sortKey])].filter(
    (attribute): attribute is KeyAttribute => attribute !== undefined,
  );
}

function attributeRules(props: GlobalTableProps): readonly Rule[] {
  const types = new Map<string, string>();
  const torn = keyAttributes(props).find(({ name, type }) => {
    const known = types.get(name) ?? type;
    types.set(name, known);
    return known !== type;
  });
  const expiry = props.timeToLiveAttribute;
  return [
    torn !== undefined && {
      path: 'indexes',
      received: torn,
      message: 'an attribute has one type in all keys',
      fix: 'give it the same type everywhere',
    },
    expiry !== undefined &&
      types.has(expiry) && {
        path: 'timeToLiveAttribute',
        received: expiry,
        message: 'is part of a key',
        fix: 'keep the time of expiry in an attribute of its own',
      },
  ];
}

function capacityRules({ capacity }: GlobalTableProps): readonly Rule[] {
  if (capacity === undefined) return [];
  if (capacity.kind === 'provisioned') {
    return [
      ...rangeRules('capacity.reads', capacity.reads),
      ...rangeRules('capacity.writes', capacity.writes),
    ];
  }
  return (['maximumReads', 'maximumWrites'] as const).map(name => {
    const value = capacity[name];
    return value === undefined ? undefined : wholeNumber(`capacity.${name}`, value, 1, MOST_UNITS);
  });
}

function rangeRules(path: string, range: CapacityRange): readonly Rule[] {
  return [
    wholeNumber(`${path}.maximum`, range.maximum, 1, MOST_UNITS),
    wholeNumber(`${path}.minimum`, range.minimum, 1, range.maximum),
    wholeNumber(`${path}.targetUtilization (percent)`, range.targetUtilization ?? 70, 20, 90),
  ];
}

function keyRule({ keyArns, regions }: GlobalTableProps): Rule {
  if (keyArns === undefined) return undefined;
  const named = Object.keys(keyArns);
  if (named.length === regions.length && regions.every(region => named.includes(region))) return undefined;
  return {
    path: 'keyArns',
    received: named,
    message: 'either every Region has a key of its own, or none has',
    fix: `give the ARN of a key in each of ${regions.join(', ')}`,
  };
}
