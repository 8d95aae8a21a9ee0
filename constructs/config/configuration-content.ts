import { createHash } from 'node:crypto';
import { Validator } from '@cfworker/json-schema';
import type { Problem } from '../../lib/errors';
import { assertRules } from '../validation';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema of draft 4, the one that AppConfig's validators speak. */
export type JsonSchema = { readonly [key: string]: Json };

/** Hosted configurations hold 1 MiB at the most. */
const LARGEST_BYTES = 1_048_576;

/**
 * JSON with sorted keys: two contents that mean the same are the same text, so that an edit of white space or order
 * starts no rollout.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Json })
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(',')}}`;
}

/** Short name of a content: equal contents have equal names. */
export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}

/**
 * @param construct class name and path, for the error
 * @throws HoldfastError `invalid-input` with every place at which the content breaks the schema, by JSON pointer
 */
export function assertValidContent(construct: string, schema: JsonSchema, content: Json): void {
  const text = canonicalJson(content);
  const result = new Validator(schema as object, '4', false).validate(JSON.parse(text));
  const broken = result.errors.map(
    (error): Problem => ({
      path: error.instanceLocation,
      message: `${error.error} (${error.keyword})`,
      fix: `make it fit the schema at ${error.keywordLocation}`,
    }),
  );
  assertRules(construct, [
    ...broken,
    Buffer.byteLength(text) > LARGEST_BYTES && {
      path: '#',
      received: Buffer.byteLength(text),
      message: `a hosted configuration holds ${LARGEST_BYTES} bytes at the most`,
      fix: 'keep large content in S3',
    },
  ]);
}
