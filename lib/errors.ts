/** One problem found in input: where it stands, what was received and what to change. */
export interface Problem {
  /** Path to the value, in dots and brackets, such as `regions[1].zones[0]`. */
  readonly path: string;
  /** The value received, ready to print. */
  readonly received?: unknown;
  /** What is wrong, in lower case and without a final period. */
  readonly message: string;
  /** What to change. */
  readonly fix: string;
}

/** Stable codes of the error family; a code never changes its meaning. */
export type ErrorCode =
  | 'invalid-input'
  | 'invalid-topology'
  | 'budget-exceeded'
  | 'not-found'
  | 'refused'
  | 'conflict'
  | 'timeout'
  | 'aborted'
  | 'unavailable'
  | 'environment';

/** The root of every error that Holdfast throws on purpose. */
export class HoldfastError extends Error {
  override readonly name: string = 'HoldfastError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Every problem found, when there is more than the message can say. */
    readonly problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(problems.length === 0 ? message : `${message}\n${problems.map(formatProblem).join('\n')}`, options);
  }
}

/** Prints one problem on one line: path, message, value and fix. */
export function formatProblem(problem: Problem): string {
  const received = problem.received === undefined ? '' : `, received ${printable(problem.received)}`;
  return `  ${problem.path}: ${problem.message}${received}; ${problem.fix}`;
}

function printable(value: unknown): string {
  const text = asText(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** An error must never fail while it is made: values that JSON cannot hold are named by their type. */
function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
}
