import type { JsonObject } from '../../lib/drift/compare/values';
import { templatesOf } from '../stacks/example';

let known: readonly JsonObject[] | undefined;

/** Every template of the blueprint, both Regions. */
export function blueprintTemplates(): readonly JsonObject[] {
  known ??= Object.values(templatesOf()).map(({ text }) => JSON.parse(text) as JsonObject);
  return known;
}
