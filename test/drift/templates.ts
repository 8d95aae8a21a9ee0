import type { JsonObject } from '../../lib/drift/compare/values';
import { templatesOf } from '../stacks/example';

const known = new Map<string | undefined, readonly JsonObject[]>();

/**
 * Templates of the blueprint.
 *
 * @param only one Region, which takes half as long. @default - both
 */
export function blueprintTemplates(only?: string): readonly JsonObject[] {
  const templates =
    known.get(only) ??
    Object.values(templatesOf(undefined, only)).map(({ text }) => JSON.parse(text) as JsonObject);
  known.set(only, templates);
  return templates;
}
