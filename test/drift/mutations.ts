import type { JsonObject } from '../../lib/drift/compare/values';
import type { Json } from '../../lib/drift/model';
import table from '../../lib/drift/schema/replacement.json';
import type { Random } from '../helpers/simulation';

/** A template with one to three changes such as people make, drawn from a seed, and what they were. */
export function mutate(template: JsonObject, random: Random): { after: JsonObject; what: string } {
  const after = structuredClone(template) as Mutable;
  const what: string[] = [];
  for (let count = 1 + Math.floor(random.next() * 3); count > 0; count -= 1) {
    const act = random.pick(ACTS);
    what.push(act(after, random));
  }
  return { after: after as JsonObject, what: what.join('; ') };
}

type Mutable = Record<string, Json> & { Resources: Record<string, Resource> };
type Resource = { Type: string; Properties?: Record<string, Json>; [key: string]: Json | undefined };
type Act = (template: Mutable, random: Random) => string;

const TABLE = table as unknown as Record<string, readonly [readonly string[], readonly string[]]>;

const resourceOf = (template: Mutable, random: Random): readonly [string, Resource] => {
  const id = random.pick(Object.keys(template.Resources));
  return [id, template.Resources[id] as Resource];
};

const ACTS: readonly Act[] = [
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    const names = Object.keys(resource.Properties ?? {});
    if (names.length === 0) return 'nothing';
    const name = random.pick(names);
    (resource.Properties as Record<string, Json>)[name] = changed(
      (resource.Properties as JsonObject)[name],
      random,
    );
    return `${id}.${name} changed`;
  },
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    const names = Object.keys(resource.Properties ?? {});
    if (names.length === 0) return 'nothing';
    const name = random.pick(names);
    delete resource.Properties?.[name];
    return `${id}.${name} removed`;
  },
  (template, random) => {
    // A property that replaces, where the schema has one.
    const [id, resource] = resourceOf(template, random);
    const names = TABLE[resource.Type]?.[random.chance(0.8) ? 0 : 1] ?? [];
    if (names.length === 0) return 'nothing';
    const name = random.pick(names);
    resource.Properties = { ...resource.Properties, [name]: `new-${Math.floor(random.next() * 1e6)}` };
    return `${id}.${name} set`;
  },
  (template, random) => {
    const [id] = resourceOf(template, random);
    delete template.Resources[id];
    return `${id} removed`;
  },
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    template.Resources[`${id}Copy`] = structuredClone(resource);
    return `${id} copied`;
  },
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    resource.DependsOn = random.pick(Object.keys(template.Resources));
    return `${id} depends anew`;
  },
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    resource.Metadata = { note: random.next() };
    return `${id} has a note`;
  },
  (template, random) => {
    const [id, resource] = resourceOf(template, random);
    resource.Type = random.pick(Object.keys(TABLE));
    return `${id} is another type`;
  },
  (template, random) => {
    // Equal forms: texts for numbers and booleans, another order of keys.
    const [id, resource] = resourceOf(template, random);
    template.Resources[id] = otherForm(resource as Json) as Resource;
    return `${id} in other words`;
  },
];

function changed(value: Json | undefined, random: Random): Json {
  if (typeof value === 'string') return `${value}-${Math.floor(random.next() * 1000)}`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (list.length > 1 && random.chance(0.3)) return [...list].reverse();
    return list.length > 0 && random.chance(0.5) ? list.slice(1) : [...list, 'one-more'];
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    if (keys.length === 0) return { added: true };
    const key = random.pick(keys);
    return { ...value, [key]: changed((value as JsonObject)[key], random) };
  }
  return 'something';
}

/** The same to CloudFormation. */
export function otherForm(value: Json | undefined): Json | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(each => otherForm(each) as Json);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(
      entries.map(([key, each]) => [
        key,
        key === 'Fn::GetAtt' && Array.isArray(each) && each.every(part => typeof part === 'string')
          ? each.join('.')
          : (otherForm(each as Json) as Json),
      ]),
    );
  }
  return value;
}
