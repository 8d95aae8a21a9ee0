import type { Json } from '../model';
import { below, getAttOf, intrinsicOf, isObject, own } from './values';

/** One place that refers to something of the template. */
export interface Reference {
  /** Logical id or name of a parameter; `Conditions.<name>` and `Mappings.<name>` for those. */
  readonly target: string;
  /** Where it stands. */
  readonly path: string;
}

/** Every reference below a value: `Ref`, `Fn::GetAtt`, those within `Fn::Sub`, and conditions and mappings by name. */
export function referencesOf(value: Json | undefined, path = ''): Reference[] {
  const found: Reference[] = [];
  collect(value, path, found);
  return found;
}

function collect(value: Json | undefined, path: string, found: Reference[]): void {
  const intrinsic = intrinsicOf(value);
  if (intrinsic !== undefined) {
    collectIntrinsic(intrinsic[0], intrinsic[1], path, found);
  } else if (isCondition(value)) {
    found.push({ target: `Conditions.${value.Condition}`, path });
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => {
      collect(item, `${path}[${at}]`, found);
    });
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) collect(item, below(path, key), found);
  }
}

/** `{ "Condition": "name" }` within another condition. */
const isCondition = (value: Json | undefined): value is { readonly Condition: string } =>
  isObject(value) && typeof own(value, 'Condition') === 'string' && Object.keys(value).length === 1;

function collectIntrinsic(name: string, argument: Json, path: string, found: Reference[]): void {
  if (name === 'Ref' && typeof argument === 'string') found.push({ target: argument, path });
  else if (name === 'Fn::GetAtt') {
    const target = getAttOf(argument)?.[0];
    if (target !== undefined) found.push({ target, path });
  } else if (name === 'Fn::Sub') {
    collectSub(argument, path, found);
  } else {
    const [first] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
    if (name === 'Fn::If' && typeof first === 'string') found.push({ target: `Conditions.${first}`, path });
    if (name === 'Fn::FindInMap' && typeof first === 'string')
      found.push({ target: `Mappings.${first}`, path });
    // Arguments of other functions may hold references; they all stand at the function's own place.
    for (const { target } of referencesOf(argument)) found.push({ target, path });
  }
}

function collectSub(argument: Json, path: string, found: Reference[]): void {
  const [text, variables] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  const names = isObject(variables) ? Object.keys(variables) : [];
  if (typeof text === 'string') {
    for (const [, name = ''] of text.matchAll(/\$\{([^!{}][^{}]*)\}/g)) {
      const target = name.split('.')[0]?.trim() ?? '';
      if (!names.includes(target)) found.push({ target, path });
    }
  }
  for (const { target } of referencesOf(variables)) found.push({ target, path });
}
