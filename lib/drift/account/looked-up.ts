import { entriesOf } from '../compare/entries';
import { intrinsicOf, isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json, Unchecked } from '../model';
import type { DeployedStack, StackReads } from './port';
import { reasonOf, type StackPlace, uncheckedAt } from './unchecked';

/** Both templates with what is read at deploy, and what of it could not be read. */
export interface LookedUp {
  readonly templates: readonly [deployed: JsonObject, next: JsonObject];
  readonly unchecked: readonly Unchecked[];
}

/**
 * Both templates with the values of parameters that CloudFormation reads from Parameter Store: what was read at the
 * last deploy stands in the one, and what would be read now in the other, so that nothing of them is left to be told at deploy. A
 * parameter of which either is not known stays as it is.
 */
export async function withLookedUp(
  reads: StackReads,
  place: StackPlace,
  templates: readonly [deployed: JsonObject, next: JsonObject],
  stack: DeployedStack,
): Promise<LookedUp> {
  const names = namesOf(...templates);
  if (names.size === 0) return { templates, unchecked: [] };
  let now: ReadonlyMap<string, string>;
  try {
    now = await reads.parameters(place.region, [...new Set(names.values())]);
  } catch (error) {
    return { templates, unchecked: [uncheckedAt(place, 'template', reasonOf(error))] };
  }
  const [before, after] = [new Map<string, string>(), new Map<string, string>()];
  for (const [parameter, name] of names) {
    const [old, value] = [deployedValue(stack, parameter, name), now.get(name)];
    if (old === undefined || value === undefined) continue;
    before.set(parameter, old);
    after.set(parameter, value);
  }
  const [deployed, next] = templates;
  return { templates: [inserted(deployed, before), inserted(next, after)], unchecked: [] };
}

/** Parameters that both templates read from Parameter Store, with the name that the new one reads. */
function namesOf(deployed: JsonObject, next: JsonObject): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [parameter, declared] of entriesOf(own(next, 'Parameters'))) {
    const name = own(declared, 'Default');
    const both = isLookedUp(declared) && isLookedUp(own(own(deployed, 'Parameters'), parameter));
    if (both && typeof name === 'string') names.set(parameter, name);
  }
  return names;
}

const isLookedUp = (parameter: Json | undefined): boolean =>
  /^AWS::SSM::Parameter::Value<(?!List|CommaDelimited)/.test(textOf(own(parameter, 'Type')));

/** The value, and not the name of the parameter that holds it. */
function deployedValue(stack: DeployedStack, parameter: string, name: string): string | undefined {
  const given = stack.parameters.get(parameter);
  if (given?.resolved !== undefined) return given.resolved;
  return given?.value === name ? undefined : given?.value;
}

/** A template in which values stand instead of the parameters. */
function inserted(template: JsonObject, values: ReadonlyMap<string, string>): JsonObject {
  if (values.size === 0) return template;
  const { Parameters: parameters, ...rest } = template;
  const left = Object.entries(isObject(parameters) ? parameters : {}).filter(([name]) => !values.has(name));
  const parts = Object.entries(rest).map(([name, part]) => [name, replaced(part, values)]);
  return { ...Object.fromEntries(parts), Parameters: Object.fromEntries(left) };
}

function replaced(value: Json, values: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(each => replaced(each, values));
  if (!isObject(value)) return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref' && typeof argument === 'string') return values.get(argument) ?? value;
  if (name === 'Fn::Sub' && typeof argument === 'string') return { 'Fn::Sub': inText(argument, values) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, values)]));
}

const inText = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$\{([^!{}.]+)\}/g, (all, name: string) => values.get(name.trim()) ?? all);
