import { isObject, own, textOf } from '../compare/values';
import type { Json } from '../model';
import { readJson } from '../read-json';
import { markBelow } from '../terraform/unknown';
import { isRandom, MASK, maskForms, maskText } from './look-alike';
import { isSecretName } from './names';

/** Replaces texts that a source marks as secret. */
export type MaskMarked = (text: string) => string;

/** Names of values that identify, and are long for that. Only what has the very form of a secret is masked there. */
const IDENTIFIES =
  /(?:hash|digest|checksum|etag|sha\d*|md5|commit|revision|fingerprint|thumbprint|s3_?key|path|_?arns?|_?ids?|Ids?|names?|version|image|Ref)$/i;

/** Two keys of which one names what the other holds, as in lists of variables. */
const PAIRS: readonly (readonly [name: string, value: string])[] = [
  ['Name', 'Value'],
  ['name', 'value'],
  ['Key', 'Value'],
  ['key', 'value'],
  ['ParameterKey', 'ParameterValue'],
];

/**
 * A value without its secrets.
 *
 * @param name under which it stands
 * @param mark what the source marks as secret in it
 */
export function maskValue(value: Json, name: string, mark: Json | undefined, marked: MaskMarked): Json {
  if (mark === true) return masked(value);
  if (typeof value === 'string') return maskString(value, name, marked);
  if (typeof value === 'number') return isSecretName(name) ? MASK : value;
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item, at) => maskValue(item, name, markBelow(mark, at), marked));
  }
  if (!isObject(value)) return value;
  const secretKey = PAIRS.find(([key, held]) => {
    const label = own(value, key);
    return own(value, held) !== undefined && typeof label === 'string' && isSecretName(label);
  })?.[1];
  const noEcho = textOf(own(value, 'NoEcho')) === 'true';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const hidden = key === secretKey || (noEcho && key === 'Default');
      const below = hidden ? true : markBelow(mark, key);
      return [marked(maskForms(key)), maskValue(item, isSecretName(name) ? name : key, below, marked)];
    }),
  );
}

/** Nothing of a secret is left but that there is one; what is empty is none. */
const masked = (value: Json): Json => (value === null || value === '' ? value : MASK);

function maskString(text: string, name: string, marked: MaskMarked): string {
  if (isSecretName(name)) return isReference(text) ? text : (masked(text) as string);
  const known = marked(text);
  if (/^\s*[{[]/.test(known)) {
    const inner = parsed(known);
    if (inner !== undefined) {
      const hidden = JSON.stringify(maskValue(inner, name, undefined, marked));
      return hidden === JSON.stringify(inner) ? known : hidden;
    }
  }
  if (!IDENTIFIES.test(name)) return maskText(known);
  // A path or an id is long by nature, but a whole one without any word in it is none.
  return isRandom(known) && !/^[0-9a-f-]+$/i.test(known) ? MASK : maskForms(known);
}

/** Where the secret lies is none: an ARN, a dynamic reference, a variable. */
const isReference = (text: string): boolean =>
  /^(?:arn:|\{\{resolve:|\$\{[^}]*\}$|true$|false$|$)/.test(text);

function parsed(text: string): Json | undefined {
  try {
    const value = readJson(text, 'text');
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined; // no JSON: it is looked at as a text
  }
}
