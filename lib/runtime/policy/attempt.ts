import type { Clock } from '../clock';
import { RuntimeError } from '../errors';
import { type CircuitBreaker, REFUSED } from './breaker';
import type { Bulkhead } from './bulkhead';
import { Cancellation } from './cancellation';
import { AttemptTimeoutError } from './refusals';
import { after } from './timer';
import type { TransientWhen } from './transient';

/** What the work of a policy is handed. */
export interface Call {
  /** Aborts when this attempt is given up. Made when it is read, so that work that takes none does not pay for it. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt; a hedge has the number of the attempt that it accompanies. */
  readonly number: number;
  /** Whether it was started since the first was slow. */
  readonly hedge: boolean;
}

/** One try of the work, which can be given up alone. */
export class Attempt extends Cancellation implements Call {
  /** Whether the work was called: an attempt that was refused, or given up in the queue, never was made. */
  started = false;
  private readonly leaveParent: () => void;

  /** Whether nothing above can give it up. */
  get alone(): boolean {
    return this.leaveParent === nothing;
  }

  constructor(
    parent: Cancellation | undefined,
    readonly number: number,
    readonly hedge: boolean,
    /** Whether the deadline above is the policy's own, and not what a hurried caller left of it. */
    readonly ownDeadline: boolean,
  ) {
    super();
    this.leaveParent = parent?.listen(reason => this.cancel(reason)) ?? nothing;
  }

  /** Lets go of what it belongs to. */
  end(): void {
    this.leaveParent();
  }
}

/** What stands between a policy and the work. */
export interface AttemptParts {
  readonly clock: Clock;
  readonly timeoutMilliseconds: number | undefined;
  readonly breaker: CircuitBreaker | undefined;
  readonly bulkhead: Bulkhead | undefined;
  readonly transient: TransientWhen;
  /** Told how long each answer took. */
  readonly observe: ((milliseconds: number) => void) | undefined;
}

/** Runs one attempt through circuit and bulkhead, in its time. Rejects as soon as the attempt is given up. */
export function runAttempt<T>(
  parts: AttemptParts,
  attempt: Attempt,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const { breaker, bulkhead } = parts;
  if (breaker?.refuses()) return refuse(breaker, attempt);
  if (bulkhead === undefined || bulkhead.tryEnter()) return admitted(parts, attempt, work);
  return bulkhead.wait(attempt).then(
    () => admitted(parts, attempt, work),
    error => {
      attempt.end();
      throw error;
    },
  );
}

function refuse(breaker: CircuitBreaker, attempt: Attempt): Promise<never> {
  attempt.end();
  return breaker.refuse();
}

/**
 * Holds a slot of the bulkhead. The slot is given back when the work has really ended, and not when its caller stops
 * waiting for it: work that does not listen to its signal still loads the dependency.
 */
function admitted<T>(parts: AttemptParts, attempt: Attempt, work: (call: Call) => Promise<T>): Promise<T> {
  const { breaker, bulkhead, clock } = parts;
  // While it waited, it may have been given up or the circuit may have opened.
  const ticket = attempt.cancelled ? REFUSED : (breaker?.enter() ?? 0);
  if (ticket === REFUSED) {
    bulkhead?.leave();
    attempt.end();
    return Promise.reject(attempt.cancelled ? attempt.reason : breaker?.refusal());
  }
  if (attempt.alone && parts.timeoutMilliseconds === undefined && parts.observe === undefined) {
    return unraced(parts, ticket, attempt, work);
  }
  return new Promise<T>((resolve, reject) => {
    const startedAt = parts.observe && clock.monotonic();
    const stopTimer = limitTime(parts, attempt);
    let heard = true;
    attempt.listen(reason => {
      heard = false;
      stopTimer();
      attempt.end();
      if (breaker !== undefined) judgeGivenUp(breaker, ticket, attempt);
      reject(reason);
    });
    const settle = () => {
      bulkhead?.leave();
      if (!heard) return false;
      stopTimer();
      attempt.end();
      return true;
    };
    start(work, attempt).then(
      value => {
        if (!settle()) return;
        breaker?.succeeded(ticket);
        if (startedAt !== undefined) parts.observe?.(clock.monotonic() - startedAt);
        resolve(value);
      },
      error => {
        if (!settle()) return;
        if (breaker !== undefined) judgeError(parts, breaker, ticket, error);
        reject(error);
      },
    );
  });
}

/** The same when there is nobody to give the attempt up, and so nothing to race with. */
async function unraced<T>(
  parts: AttemptParts,
  ticket: number,
  attempt: Attempt,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const { breaker, bulkhead } = parts;
  attempt.started = true;
  try {
    const value = await work(attempt);
    breaker?.succeeded(ticket);
    return value;
  } catch (error) {
    if (breaker !== undefined) judgeError(parts, breaker, ticket, error);
    throw error;
  } finally {
    bulkhead?.leave();
  }
}

function limitTime({ clock, timeoutMilliseconds }: AttemptParts, attempt: Attempt): () => void {
  if (timeoutMilliseconds === undefined) return nothing;
  return after(clock, timeoutMilliseconds, () =>
    attempt.cancel(new AttemptTimeoutError(timeoutMilliseconds)),
  );
}

/** A dependency that was silent for the whole of the time that we give it is not well; a hurried caller proves nothing. */
function judgeGivenUp(breaker: CircuitBreaker, ticket: number, { reason, ownDeadline }: Attempt): void {
  if (reason instanceof AttemptTimeoutError || (ownDeadline && isOver(reason))) breaker.failed(ticket);
  else breaker.ignored(ticket);
}

/** Who refuses for a reason has answered. */
function judgeError(
  { transient }: AttemptParts,
  breaker: CircuitBreaker,
  ticket: number,
  error: unknown,
): void {
  if (transient(error) !== false) breaker.failed(ticket);
  else if (isOver(error)) breaker.ignored(ticket);
  else breaker.succeeded(ticket);
}

function isOver(error: unknown): boolean {
  return error instanceof RuntimeError && (error.code === 'deadline' || error.code === 'aborted');
}

/** Work that throws at once is the same as work that rejects. */
function start<T>(work: (call: Call) => Promise<T>, attempt: Attempt): Promise<T> {
  attempt.started = true;
  try {
    return work(attempt);
  } catch (error) {
    return Promise.reject(error);
  }
}

const nothing = (): void => undefined;
