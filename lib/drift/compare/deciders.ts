import type { Json } from '../model';
import { canonical } from '../paths';
import { entriesOf } from './entries';
import { referencesOf } from './references';
import type { Scope } from './scope';
import { type JsonObject, own, textOf } from './values';

/** Parts of a template that decide values elsewhere in it, by their names: why a value may be another than before. */
export type Deciders = ReadonlyMap<string, string>;

/**
 * What may decide otherwise than at the last deploy: parameters that are read from Parameter Store then, or have
 * another default; mappings with another content; and conditions that are written otherwise or depend on one of those.
 * Parameters stand under their names, the others as `Mappings.<name>` and `Conditions.<name>`.
 */
export function decidersOf(
  before: JsonObject,
  after: JsonObject,
  [old, next]: readonly [Scope, Scope],
): Deciders {
  const found = new Map<string, string>();
  const [known, parameters] = [before, after].map(each => entriesOf(own(each, 'Parameters')));
  for (const [name, parameter] of parameters ?? []) {
    const why = parameterWhy(name, known?.get(name), parameter);
    if (why !== undefined) found.set(name, why);
  }
  for (const [name, , why] of differing('Mappings', before, after)) found.set(`Mappings.${name}`, why);
  const conditions = entriesOf(own(after, 'Conditions'));
  if (conditions.size === 0) return found;
  const written = new Map(differing('Conditions', before, after).map(([name, , why]) => [name, why]));
  const uses = new Map([...conditions].map(([name, each]) => [name, usesOf(each)]));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, used] of uses) {
      const key = `Conditions.${name}`;
      const cause = used.find(each => found.has(each));
      const why = written.get(name) ?? (cause === undefined ? undefined : found.get(cause));
      if (why === undefined || found.has(key)) continue;
      const holds = next.condition(name);
      if (holds !== undefined && holds === old.condition(name)) continue;
      found.set(key, why);
      grown = true;
    }
  }
  return found;
}

function parameterWhy(name: string, before: Json | undefined, after: Json): string | undefined {
  if (textOf(own(after, 'Type')).startsWith('AWS::SSM::Parameter::Value')) return `${name} is read at deploy`;
  if (before === undefined || canonical(own(before, 'Default')) === canonical(own(after, 'Default')))
    return undefined;
  return `${name} has another default, which counts unless the deploy gives a value or keeps the former one`;
}

function differing(part: string, before: JsonObject, after: JsonObject): [string, Json, string][] {
  const old = entriesOf(own(before, part));
  const word = part.slice(0, -1).toLowerCase();
  return [...entriesOf(own(after, part))]
    .filter(([name, value]) => old.has(name) && canonical(old.get(name)) !== canonical(value))
    .map(([name, value]) => [name, value, `the ${word} ${name} is another`]);
}

/** Parameters, mappings and conditions that a condition names. */
const usesOf = (condition: Json): readonly string[] => referencesOf(condition).map(({ target }) => target);
