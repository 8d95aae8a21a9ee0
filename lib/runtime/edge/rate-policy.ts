import { RuntimeError } from '../errors';

/**
 * How much one client may ask for.
 *
 * `rate`: a bucket of `limit` that refills evenly over the window (GCRA). After a pause a client may spend the whole
 * bucket at once, so any one window sees at most twice the limit.
 * `quota`: a count that starts again with each window of the server's clock since 1970 (a window of 86 400 s is a day
 * in UTC). It is spent when it is spent, whatever the rate.
 */
export interface RatePolicy {
  /** Name in the headers; letters, digits and hyphens. */
  readonly name: string;
  readonly kind: 'rate' | 'quota';
  /** Requests in one window. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What one policy says after a request. */
export interface PolicyState {
  readonly policy: RatePolicy;
  /** What is left now. */
  readonly remaining: number;
  /** Until the whole limit is there again, in milliseconds. */
  readonly resetMilliseconds: number;
  /** Until this request would be let through, in milliseconds; 0 when the policy lets it through. */
  readonly waitMilliseconds: number;
}

/** Whether a client may go on. */
export interface LimitDecision {
  readonly allowed: boolean;
  /** One a policy, in the order of the policies. */
  readonly states: readonly PolicyState[];
  /** `local` while the shared cache does not answer: then each clone counts its own share. */
  readonly source: 'shared' | 'local';
}

/** Longest window, in seconds: a leap year. */
const LONGEST_WINDOW = 366 * 86_400;

/** Checks policies, all problems at once. @throws RuntimeError `invalid-input` */
export function checkPolicies(policies: readonly RatePolicy[]): readonly RatePolicy[] {
  const problems = policies.flatMap((policy, index) => problemsOf(policy, index, policies));
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'the rate limits are not valid', problems);
  return policies;
}

function problemsOf(policy: RatePolicy, index: number, all: readonly RatePolicy[]) {
  const problem = (field: string, received: unknown, message: string, fix: string) => ({
    path: `policies[${index}].${field}`,
    received,
    message,
    fix,
  });
  const { name, limit, windowSeconds } = policy;
  const problems = [];
  if (!/^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(name)) {
    problems.push(problem('name', name, 'is not a name', 'use letters, digits and hyphens, at most 32'));
  }
  if (all.findIndex(other => other.name === name) !== index) {
    problems.push(problem('name', name, 'stands twice', 'give each policy a name of its own'));
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000_000_000) {
    problems.push(problem('limit', limit, 'is not a limit', 'give a whole number from 1 to 1000000000'));
  }
  if (!Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > LONGEST_WINDOW) {
    problems.push(
      problem('windowSeconds', windowSeconds, 'is not a window', `give 1 to ${LONGEST_WINDOW} whole seconds`),
    );
  }
  return problems;
}
