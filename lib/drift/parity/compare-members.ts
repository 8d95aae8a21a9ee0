import { differencesOf } from '../compare/differences';
import { entriesOf, typeOf } from '../compare/entries';
import { type JsonObject, own } from '../compare/values';
import type { Comparison, Difference, Json, ResourceChange, Unchecked } from '../model';
import { canonical } from '../paths';
import type { Neutral } from './neutral';

/** Parts of a template beside its resources, by their entries or as a whole. */
const ENTRIES = ['Parameters', 'Conditions', 'Rules', 'Outputs'] as const;
const WHOLE = ['Transform', 'Metadata', 'AWSTemplateFormatVersion'] as const;

/** One version of an entry, and the members that have it. */
interface Version {
  readonly value: Json | undefined;
  readonly regions: readonly string[];
}

/** The templates of a stack in several Regions, each entry held against the version that most of them have. */
export function compareMembers(members: readonly Neutral[], stack: string): Comparison {
  if (members.length < 2) return { checked: 0, changes: [], unchecked: [] };
  const changes: ResourceChange[] = [];
  const unchecked: Unchecked[] = [];
  const parts = members.map(({ region, template }) => ({ region, entries: entriesIn(template) }));
  const ids = [...new Set(parts.flatMap(({ entries }) => [...entries.keys()]))];
  let checked = 0;
  for (const id of ids) {
    const versions = versionsOf(parts.map(({ region, entries }) => [region, entries.get(id)] as const));
    const [measure, ...others] = versions;
    if (measure === undefined) continue;
    const type = typeOf(versions.find(({ value }) => value !== undefined)?.value) ?? partOf(id);
    if (!id.includes('.')) checked += 1;
    const notLooked = uncheckedOf(id, type, others.length > 0);
    if (notLooked !== undefined) {
      const regions = versions.flatMap(each => each.regions).sort();
      unchecked.push({
        region: regions.join(', '),
        stack,
        resource: id,
        type,
        source: 'parity',
        ...notLooked,
      });
    }
    changes.push(...others.flatMap(other => changeOf(measure, other, { stack, resource: id, type })));
  }
  return { checked: checked - unchecked.length, changes, unchecked };
}

function entriesIn(template: JsonObject): ReadonlyMap<string, Json> {
  const found = new Map(entriesOf(own(template, 'Resources')));
  // A mapping of Regions names them all; what it decides stands where it is used.
  const parts = [...ENTRIES, ...('Mappings' in template && refersToMappings(template) ? ['Mappings'] : [])];
  for (const part of parts) {
    for (const [name, entry] of entriesOf(own(template, part))) found.set(`${part}.${name}`, entry);
  }
  for (const part of WHOLE) {
    const value = own(template, part);
    if (value !== undefined) found.set(`${part}.`, value);
  }
  return found;
}

const refersToMappings = (template: JsonObject): boolean =>
  JSON.stringify([
    own(template, 'Resources'),
    own(template, 'Outputs'),
    own(template, 'Conditions'),
  ]).includes('"Fn::FindInMap"');

const partOf = (id: string): string => (id.includes('.') ? (id.split('.')[0] ?? '-') : '-');

/** The versions of an entry, the one that most members have first; of several, that of the first Region. */
function versionsOf(
  values: readonly (readonly [region: string, value: Json | undefined])[],
): readonly Version[] {
  const found = new Map<string, { value: Json | undefined; regions: string[] }>();
  for (const [region, value] of values) {
    const key = canonical(value);
    const version = found.get(key) ?? { value, regions: [] };
    version.regions.push(region);
    found.set(key, version);
  }
  return [...found.values()].sort((a, b) => b.regions.length - a.regions.length);
}

function changeOf(
  measure: Version,
  other: Version,
  place: Pick<ResourceChange, 'stack' | 'resource' | 'type'>,
): readonly ResourceChange[] {
  const [before, after] = [measure.value, other.value];
  const oneSided = before === undefined || after === undefined;
  const differences: readonly Difference[] = oneSided
    ? [{ path: '', before, after }]
    : differencesOf(before, after);
  if (differences.length === 0) return [];
  const sides = { before: measure.regions, after: other.regions };
  const region = other.regions.join(', ');
  return [{ ...place, region, source: 'parity', action: 'none', before, after, differences, sides }];
}

/** What stands in a template of its own, or is made at deploy. */
function uncheckedOf(id: string, type: string, differs: boolean): Pick<Unchecked, 'why' | 'fix'> | undefined {
  if (type === 'AWS::CloudFormation::Stack') {
    return {
      why: 'a nested stack has a template of its own, which is not held against the others',
      fix: 'compare those templates too',
    };
  }
  if (!id.startsWith('Fn::ForEach') || !differs) return undefined;
  return { why: 'a loop is expanded at deploy', fix: 'compare the processed templates' };
}
