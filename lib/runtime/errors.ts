/**
 * Errors of the run time. The run time is bundled into clones, workers and functions and imports nothing above it,
 * so it has a family of its own with the same shape as the toolkit's (`lib/errors.ts`): code, path, value, fix.
 */

/** One problem found in input: where it stands, what was received and what to change. */
export interface RuntimeProblem {
  /** Name of the variable or path to the value. */
  readonly path: string;
  /** The value received, ready to print; never a secret. */
  readonly received?: unknown;
  /** What is wrong, in lower case and without a final period. */
  readonly message: string;
  /** What to change. */
  readonly fix: string;
}

/**
 * Stable codes; a code never changes its meaning. `not-active`: this Region may not acknowledge writes now.
 * `fenced`: the database has seen a newer epoch. `unavailable`: a part that is needed does not answer.
 * `conflict`: what was expected of the stored state no longer holds; load again and decide again.
 * `deadline`: the time that the caller gave is over.
 * `overloaded`: turned away before any work began, since too much waits already.
 * `stale`: what can be read here is older than was asked for.
 * `residency`: a record may not go where it was sent.
 */
export type RuntimeErrorCode =
  | 'aborted'
  | 'conflict'
  | 'deadline'
  | 'overloaded'
  | 'stale'
  | 'environment'
  | 'invalid-input'
  | 'key-reused'
  | 'not-active'
  | 'residency'
  | 'fenced'
  | 'unavailable';

/** The root of every error that the run time throws on purpose. */
export class RuntimeError extends Error {
  override readonly name: string = 'RuntimeError';

  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    readonly problems: readonly RuntimeProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(problems.length === 0 ? message : `${message}\n${problems.map(format).join('\n')}`, options);
  }
}

/** The text of anything thrown, for a log line or a readiness reason. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  // Node's AggregateError (a refused connection to several addresses) has an empty message and the code alone.
  return error.message || (typeof code === 'string' ? code : error.name);
}

function format(problem: RuntimeProblem): string {
  const received = problem.received === undefined ? '' : `, received ${JSON.stringify(problem.received)}`;
  return `  ${problem.path}: ${problem.message}${received}; ${problem.fix}`;
}
