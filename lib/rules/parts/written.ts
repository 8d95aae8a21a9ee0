import { isRecord } from '../resolve';
import type { Resource } from '../template';

/**
 * What is written at a path from the resource's root, as text. Two that are written alike mean the same, though
 * neither may be known: one import, one parameter. `undefined` when nothing is.
 */
export function writtenAt(resource: Resource, path: string): string | undefined {
  let raw: unknown = resource.raw;
  for (const key of path.split('.')) {
    if (!(isRecord(raw) || Array.isArray(raw)) || !Object.hasOwn(raw, key)) return undefined;
    raw = (raw as Readonly<Record<string, unknown>>)[key];
  }
  return JSON.stringify(raw);
}
