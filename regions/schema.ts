import type { Problem } from '../lib/errors';

/** Every problem of a topology. */
export function findProblems(_input: unknown, _account?: string): readonly Problem[] {
  return [];
}
