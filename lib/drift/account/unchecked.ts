import { HoldfastError } from '../../errors';
import type { Comparison, SourceKind, Unchecked } from '../model';

/** A stack of an account. */
export interface StackPlace {
  readonly region: string;
  readonly stack: string;
}

/** A comparison of nothing but one thing that could not be looked at. */
export const unread = (
  place: StackPlace,
  source: SourceKind,
  said: { readonly why: string; readonly fix: string },
): Comparison => ({ checked: 0, changes: [], unchecked: [uncheckedAt(place, source, said)] });

/** Something of a stack, and not one resource of it, that could not be looked at. */
export const uncheckedAt = (
  { region, stack }: StackPlace,
  source: SourceKind,
  said: { readonly why: string; readonly fix: string },
): Unchecked => ({ ...{ region, stack, resource: '-', type: '-', source }, ...said });

/**
 * Why something could not be read, and what to do about it.
 *
 * @throws what is no error of the family, and `aborted`: a run that was interrupted has nothing to say
 */
export function reasonOf(error: unknown): { readonly why: string; readonly fix: string } {
  if (!(error instanceof HoldfastError) || error.code === 'aborted') throw error;
  const [problem] = error.problems;
  const line = error.message.split('\n')[0] ?? '';
  if (problem !== undefined) return { why: `${line}: ${problem.path} ${problem.message}`, fix: problem.fix };
  return { why: line, fix: FIXES[error.code] ?? 'see what the service says, and run again' };
}

const FIXES: Readonly<Record<string, string>> = {
  refused: 'give the role of the run the permissions of docs/policies/drift.json, in this Region too',
  unavailable: 'run again when the service answers',
  'not-found': 'look whether it was deleted by hand; a deploy makes it again',
};
