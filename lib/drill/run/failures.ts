import { type ErrorCode, HoldfastError } from '../../errors';

const codeOf = (error: unknown): ErrorCode | undefined =>
  error instanceof HoldfastError ? error.code : undefined;

/** Whether it is unknown if the provider acted: a lost answer, a time-out, an error on its side. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'unavailable' || code === 'timeout';
}

/** Whether the provider definitely did not act, and would not if asked again. */
export function isRefused(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'refused' || code === 'invalid-input' || code === 'not-found';
}

/** Whether somebody else holds the lock or moved the register. */
export const isConflict = (error: unknown): boolean => codeOf(error) === 'conflict';

/** Whether a person aborted. */
export const isAborted = (error: unknown): boolean => codeOf(error) === 'aborted';

/** One line of an error for people. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
