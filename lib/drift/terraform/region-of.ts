import { isObject, type JsonObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import type { PlannedChange } from './plan';

/** Finds the Region of a planned object; `-` where nothing tells it. */
export type RegionOf = (change: PlannedChange) => string;

/**
 * A reader of Regions: from the object's own `region` (since version 6 of the AWS provider), else from its ARN, else
 * from the configuration of its provider, if that is a constant or a variable.
 *
 * @param otherwise Region of the plan, from the caller
 */
export function regionReader(plan: JsonObject, otherwise = '-'): RegionOf {
  const configuration = own(plan, 'configuration');
  const keys = new Map<string, string>();
  collectKeys(own(configuration, 'root_module'), '', keys);
  const regions = new Map<string, string>();
  const providers = own(configuration, 'provider_config');
  for (const [key, provider] of isObject(providers) ? Object.entries(providers) : []) {
    const region = expressionValue(own(own(provider, 'expressions'), 'region'), plan);
    if (region !== undefined) regions.set(key, region);
  }
  return change =>
    attribute(change, 'region') ??
    regionOfArn(attribute(change, 'arn')) ??
    regions.get(keys.get(withoutKeys(change.address)) ?? '') ??
    otherwise;
}

function attribute(change: PlannedChange, name: string): string | undefined {
  const value = own(change.after, name) ?? own(change.before, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const regionOfArn = (arn: string | undefined): string | undefined =>
  /^arn:[^:]+:[^:]+:([a-z0-9-]+):/.exec(arn ?? '')?.[1];

/** `module.a["x"].aws_x.b[0]#deposed` as the configuration names it: `module.a.aws_x.b`. */
const withoutKeys = (address: string): string =>
  address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '').replace(/#[^#"\]]*$/, '');

/** The provider of each resource of a module and of all below it. */
function collectKeys(module: Json | undefined, prefix: string, keys: Map<string, string>): void {
  const resources = own(module, 'resources');
  for (const resource of Array.isArray(resources) ? (resources as readonly Json[]) : []) {
    const [address, key] = [own(resource, 'address'), own(resource, 'provider_config_key')];
    if (typeof address === 'string' && typeof key === 'string') keys.set(`${prefix}${address}`, key);
  }
  const calls = own(module, 'module_calls');
  for (const [name, call] of isObject(calls) ? Object.entries(calls) : []) {
    collectKeys(own(call, 'module'), `${prefix}module.${name}.`, keys);
  }
}

function expressionValue(expression: Json | undefined, plan: JsonObject): string | undefined {
  const constant = own(expression, 'constant_value');
  if (typeof constant === 'string') return constant;
  const references = own(expression, 'references');
  if (!Array.isArray(references) || references.length !== 1) return undefined;
  const variable = /^var\.([^.[]+)$/.exec(textOf(references[0] as Json))?.[1];
  const value = variable === undefined ? undefined : own(own(own(plan, 'variables'), variable), 'value');
  return typeof value === 'string' ? value : undefined;
}
