import { HoldfastError } from '../../errors';
import { compareTemplates } from '../compare/templates';
import { type JsonObject, own } from '../compare/values';
import type { Comparison, Difference, Json, ResourceChange, Unchecked } from '../model';
import { type AssemblyStack, stacksOf } from './assembly';
import { readTemplateFile } from './templates';

/**
 * Region against Region: every stack of an assembly that stands in several of them, each held against the first in the
 * order of the assembly, once the names of Regions and zones are written alike.
 *
 * @throws HoldfastError `invalid-input` when no stack stands in two Regions
 */
export function compareRegions(assembly: string): readonly Comparison[] {
  const stacks = stacksOf(assembly);
  const regions = [...new Set(stacks.map(({ region }) => region))].filter(region => region !== '-');
  const names = [...new Set(stacks.map(({ stack }) => stack))];
  const byName = names.map(name => stacks.filter(({ stack, region }) => stack === name && region !== '-'));
  if (!byName.some(group => group.length > 1)) {
    const problem = {
      path: assembly,
      message: 'holds no stack of one name in two Regions',
      fix: 'name the assembly of an app that stands in several Regions',
    };
    throw new HoldfastError('invalid-input', 'there is nothing to hold against each other', [problem]);
  }
  const nowhere = stacks.filter(({ region }) => region === '-').map(placeless);
  return [
    { checked: 0, changes: [], unchecked: nowhere },
    ...byName.flatMap(group => compareGroup(group, regions)),
  ];
}

function compareGroup(group: readonly AssemblyStack[], regions: readonly string[]): readonly Comparison[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const lacking = regions.filter(region => !group.some(each => each.region === region));
  const missing = lacking.map(region => absent(first, region));
  return [
    { checked: 0, changes: [], unchecked: missing },
    ...others.map(other => comparePair(first, other, regions)),
  ];
}

function placeless({ stack }: AssemblyStack): Unchecked {
  return {
    ...{ region: '-', stack, resource: '-', type: '-', source: 'parity' },
    why: 'the stack says no Region, so it could be held against none',
    fix: 'give the stack an environment: env: { account, region }',
  };
}

function absent({ stack, region }: AssemblyStack, missing: string): Unchecked {
  return {
    ...{ region: missing, stack, resource: '-', type: '-', source: 'parity' },
    why: `${region} has this stack and ${missing} has none, so nothing of it could be compared`,
    fix: 'declare it there too, or accept that it stands in one Region alone',
  };
}

function comparePair(first: AssemblyStack, other: AssemblyStack, regions: readonly string[]): Comparison {
  const place = { region: other.region, stack: other.stack };
  const [left, right] = [first, other].map(each => neutral(each, regions));
  const clashes = [left, right].flatMap(each => (each === undefined || each.isWhole ? [] : [each.region]));
  if (left === undefined || right === undefined || clashes.length > 0) {
    const why = `two entries have one name once those of the Regions are written alike, in ${clashes.join(', ')}`;
    const unchecked = { ...place, resource: '-', type: '-', source: 'parity', why } as const;
    return {
      checked: 0,
      changes: [],
      unchecked: [{ ...unchecked, fix: 'compare the two templates by hand' }],
    };
  }
  const { checked, changes, unchecked } = compareTemplates(left.template, right.template, place);
  return {
    checked,
    changes: changes.map(asParity).filter(change => change.differences.length > 0),
    unchecked: unchecked.map(each => ({ ...each, source: 'parity' })),
  };
}

/** Nothing is deployed, so nothing is created, replaced or looked up: what is on one side alone is a difference. */
function asParity(change: ResourceChange): ResourceChange {
  const { before, after } = change;
  const oneSided = before === undefined || after === undefined;
  const known = change.differences.filter(each => each.unknownAfter !== true);
  const differences: readonly Difference[] = oneSided
    ? [{ path: '', before, after }]
    : known.map(({ path, before: old, after: next }) => ({ path, before: old, after: next }));
  return { ...change, source: 'parity', action: 'update', differences };
}

interface Neutral {
  readonly region: string;
  readonly template: JsonObject;
  /** Whether it still has as many resources as before. */
  readonly isWhole: boolean;
}

/** A template in which its own Region, the other ones and their zones have names that do not differ. */
function neutral({ region, file }: AssemblyStack, regions: readonly string[]): Neutral {
  const original = readTemplateFile(file);
  const others = regions.filter(each => each !== region).sort();
  let text = JSON.stringify(original);
  // The longest first, since one name may begin another.
  const names = [[region, 'own-region'], ...others.map((each, at) => [each, `other-region-${at}`])] as const;
  for (const [name = '', word = ''] of [...names].sort((a, b) => (b[0] ?? '').length - (a[0] ?? '').length)) {
    text = text.replaceAll(name, word).replaceAll(name.replaceAll('-', ''), word.replaceAll('-', ''));
  }
  text = text
    .replaceAll(/\b[a-z]{3,5}\d-az(\d)\b/g, 'own-zone-$1')
    .replaceAll(/[A-Z][a-z]{2,4}\d[Aa]z(\d)/g, 'OwnZone$1')
    // Hashes that the CDK makes of paths in which a Region or a zone stands, and of what it deploys of an API.
    .replaceAll(/\w*(?:OwnZone\d|ownregion|otherregion\d)\w*/g, name =>
      name.replaceAll(/[0-9A-F]{8,20}/g, ''),
    )
    .replaceAll(/(Deployment[0-9A-F]{8})[0-9a-f]{32}\b/g, '$1');
  const template = JSON.parse(text) as JsonObject;
  return { region, template, isWhole: countOf(template) === countOf(original) };
}

function countOf(template: JsonObject): number {
  const resources: Json | undefined = own(template, 'Resources');
  return typeof resources === 'object' && resources !== null ? Object.keys(resources).length : 0;
}
