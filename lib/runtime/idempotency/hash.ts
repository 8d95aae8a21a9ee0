import { hash } from 'node:crypto';

/** SHA-256 (hexadecimal) of a value's JSON, keys sorted, so that the order of fields does not matter. */
export function hashOf(value: unknown): string {
  return hash('sha256', canonical(value));
}

/** JSON with sorted keys. A value that holds no object needs no copy of itself. */
function canonical(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'undefined';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) copy[name] = sorted((value as Record<string, unknown>)[name]);
  return copy;
}
