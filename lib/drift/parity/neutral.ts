import { entriesOf } from '../compare/entries';
import { Scope } from '../compare/scope';
import { type JsonObject, own } from '../compare/values';
import type { Json } from '../model';
import type { AssemblyStack } from '../sources/assembly';
import { readTemplateFile } from '../sources/templates';

/** What a stack's template says once everything that names its own place is written alike. */
export interface Neutral {
  readonly region: string;
  readonly template: JsonObject;
  /** Whether no two entries have become one. */
  readonly isWhole: boolean;
}

/** Names of an assembly that differ from Region to Region. */
export interface Names {
  readonly regions: readonly string[];
  readonly accounts: readonly string[];
  /** Ids and names of zones by Region, in order, so that the first of one is held against the first of the other. */
  readonly zones: ReadonlyMap<string, { readonly ids: readonly string[]; readonly names: readonly string[] }>;
}

const zoneNames = (region: string): RegExp => new RegExp(`\\b${region}[a-z]\\b`, 'g');
/** The same within a logical id or a name of an export. */
const ZONE_IN_NAME = /([A-Z][a-z]{2,4}\d)[Aa]z(\d)(?!\d)/g;
const ZONE_ID = /\b[a-z]{3,5}\d-az\d\b/g;

/** The names in the templates of an assembly. Files that cannot be read have none, and are told elsewhere. */
export function namesOf(stacks: readonly AssemblyStack[], textOf: (file: string) => string): Names {
  const zones = new Map<string, { ids: Set<string>; names: Set<string> }>();
  for (const { region, file } of stacks) {
    const known = zones.get(region) ?? { ids: new Set<string>(), names: new Set<string>() };
    const text = textOf(file);
    for (const [id] of text.matchAll(ZONE_ID)) known.ids.add(id);
    for (const [, zone = '', digit = ''] of text.matchAll(ZONE_IN_NAME)) {
      known.ids.add(`${zone.toLowerCase()}-az${digit}`);
    }
    for (const [name] of text.matchAll(zoneNames(region))) known.names.add(name);
    zones.set(region, known);
  }
  return {
    regions: [...new Set(stacks.map(({ region }) => region))].filter(region => region !== '-').sort(),
    accounts: [...new Set(stacks.flatMap(({ account }) => account ?? []))].sort(),
    zones: new Map(
      [...zones].map(([region, { ids, names }]) => [
        region,
        { ids: [...ids].sort(), names: [...names].sort() },
      ]),
    ),
  };
}

/**
 * A template in which Region, zones, account and stack have names that do not differ. What the Region itself decides,
 * by mappings and conditions, is decided before.
 *
 * @param alias whether the stack's own name is neutral too, since its counterparts have others
 */
export function neutralOf(stack: AssemblyStack, names: Names, alias: boolean): Neutral {
  const original = decided(readTemplateFile(stack.file), stack.region);
  let text = JSON.stringify(original);
  const zones = names.zones.get(stack.region);
  (zones?.names ?? []).forEach((name, at) => {
    text = text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `own-region-zone-${at + 1}`);
  });
  for (const [name, word] of wordsOf(stack, names, alias)) {
    text = text.replaceAll(name, word).replaceAll(name.replaceAll('-', ''), word.replaceAll('-', ''));
  }
  (zones?.ids ?? []).forEach((id, at) => {
    const [zone = '', digit = ''] = id.split('-az');
    const inName = `${zone.charAt(0).toUpperCase()}${zone.slice(1)}[Aa]z${digit}`;
    text = text
      .replaceAll(id, `own-zone-${at + 1}`)
      .replaceAll(new RegExp(`${inName}(?!\\d)`, 'g'), `OwnZone${at + 1}`);
  });
  text = text
    // Hashes that the CDK makes of paths in which a Region or a zone stands, and of what it deploys of an API.
    .replaceAll(/\w*(?:OwnZone\d|ownregion|otherregion\d|ownstack)\w*/g, name =>
      name.replaceAll(/[0-9A-F]{8,20}/g, ''),
    )
    .replaceAll(/((?:Deployment|CurrentVersion)[0-9A-F]{8})[0-9a-f]{32}\b/g, '$1');
  const template = JSON.parse(text) as JsonObject;
  return { region: stack.region, template, isWhole: countOf(template) === countOf(original) };
}

/** Names and what stands for them, the longest first, since one may begin another. */
function wordsOf(
  { region, account, stack }: AssemblyStack,
  { regions, accounts }: Names,
  alias: boolean,
): readonly (readonly [string, string])[] {
  const others = (all: readonly string[], mine: string | undefined) => all.filter(each => each !== mine);
  const words: (readonly [string, string])[] = [
    [region, 'own-region'],
    ...others(regions, region).map((each, at) => [each, `other-region-${at}`] as const),
    ...(account === undefined ? [] : [[account, 'own-account'] as const]),
    ...others(accounts, account).map((each, at) => [each, `other-account-${at}`] as const),
    ...(alias ? [[stack, 'own-stack'] as const] : []),
  ];
  // A short name of a stack may stand in any word; one of an account has twelve digits.
  const safe = words.filter(([name, word]) => name !== '-' && (word !== 'own-stack' || name.length > 3));
  return safe.sort((a, b) => b[0].length - a[0].length);
}

/** The template as its Region decides it: entries whose condition fails are not there. */
function decided(template: JsonObject, region: string): JsonObject {
  const scope = new Scope(template, region);
  const of = (part: string) =>
    [...entriesOf(own(template, part))]
      .filter(([, entry]) => scope.stands(entry) !== false)
      .map(([name, entry]) => [name, scope.value(entry) ?? null] as const);
  const parts = ['Resources', 'Outputs'].filter(part => own(template, part) !== undefined);
  const changed = parts.map(part => [part, Object.fromEntries(of(part))] as const);
  return { ...template, ...(Object.fromEntries(changed) as JsonObject) };
}

function countOf(template: JsonObject): number {
  const resources: Json | undefined = own(template, 'Resources');
  return typeof resources === 'object' && resources !== null ? Object.keys(resources).length : 0;
}
