import type { Json } from '../model';

/** One object of JSON, by own keys alone: a key may be called `__proto__`. */
export type JsonObject = { readonly [key: string]: Json };

/** Whether it is an object, and no list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under an own key. */
export function own(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Whether two single values are the same to CloudFormation, which takes `80` for `"80"` and `true` for `"true"`
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html). A text with leading zeros is
 * no number, since an account id may be one.
 */
export function sameScalar(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  const [text, other] = typeof left === 'string' ? [left, right] : [right, left];
  if (typeof text !== 'string') return false;
  if (typeof other === 'boolean') return text === String(other);
  return typeof other === 'number' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && Number(text) === other;
}

/** An intrinsic function: an object with the one key `Ref`, `Condition` or `Fn::...`. */
export function intrinsicOf(value: Json | undefined): readonly [name: string, argument: Json] | undefined {
  if (!isObject(value)) return undefined;
  const [key, ...further] = Object.keys(value);
  if (key === undefined || further.length > 0) return undefined;
  return key === 'Ref' || key.startsWith('Fn::') ? [key, value[key] as Json] : undefined;
}

/** `A.Arn` and `["A", "Arn"]` are one reference. */
export function getAttOf(argument: Json): readonly [id: string, attribute: Json] | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 1 ? undefined : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [id, ...rest] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  if (typeof id !== 'string') return undefined;
  const names = rest.every(part => typeof part === 'string');
  return [id, names ? rest.join('.') : (rest[0] ?? null)];
}

/** Path of a key below a path. */
export function below(path: string, key: string): string {
  const name = /^[^.[\]"\s]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? name : `${path}.${name}`;
}

/**
 * A value as text, as `String` would have it for what is no object. `String` itself fails for an object with a key
 * called `toString`, which a template may have.
 */
export const textOf = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
