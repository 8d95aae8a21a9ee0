import { type Clock, systemClock } from '../clock';
import { Attempt, type AttemptParts, type Call, runAttempt } from './attempt';
import type { CircuitBreaker } from './breaker';
import type { Bulkhead } from './bulkhead';
import { currentDeadline, Deadline } from './deadline';
import { type HedgeOptions, hedged } from './hedge';
import type { Outcome } from './outcome';
import { type RetryOptions, retried } from './retry';
import { isTransient, type TransientWhen } from './transient';

export type { Call } from './attempt';

/** How calls to one dependency are guarded. Everything is optional and does nothing when left out. */
export interface PolicyOptions {
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** From 0 to below 1, for jitter. */
  readonly random: () => number;
  /** Time of the whole call with its pauses, in milliseconds. @default - the deadline of the scope around it */
  readonly deadlineMilliseconds?: number;
  /** Time of one attempt, in milliseconds. @default - what is left of the whole call */
  readonly timeoutMilliseconds?: number;
  /** Which errors may go away, and say that the dependency is not well. @default isTransient */
  readonly transient?: TransientWhen;
  /** For work that may run twice. @default - one attempt */
  readonly retry?: RetryOptions;
  /** @default - none */
  readonly breaker?: CircuitBreaker;
  /** @default - none */
  readonly bulkhead?: Bulkhead;
  /** For work that may run twice. @default - none */
  readonly hedge?: HedgeOptions;
}

/** What belongs to one call. */
export interface RunOptions<T> {
  /** Gives the call up. @default - the deadline alone does */
  readonly signal?: AbortSignal;
  /** The answer when the call failed by no fault of its own: an error that is transient, or the time over. */
  readonly fallback?: (error: unknown) => T | Promise<T>;
}

/** Guards calls to one dependency; made once and shared by all of them. */
export interface Policy {
  /** Runs the work; rejects with its error, a refusal, or a `deadline` error. */
  run<T>(work: (call: Call) => Promise<T>, options?: RunOptions<T>): Promise<T>;
  /** The same, with the result as data; never rejects. */
  outcome<T>(work: (call: Call) => Promise<T>, options?: RunOptions<T>): Promise<Outcome<T>>;
}

/**
 * One call that composes, from the outside in: fallback, deadline, retry, hedge, circuit breaker, bulkhead and the time
 * of one attempt. Each attempt, hedges too, passes circuit and bulkhead; a retry waits outside of both.
 */
export function policy(options: PolicyOptions): Policy {
  return new GuardedCalls(options);
}

class GuardedCalls implements Policy {
  private readonly clock: Clock;
  private readonly parts: AttemptParts;
  private readonly room: () => boolean;

  constructor(private readonly options: PolicyOptions) {
    const { clock = systemClock, breaker, bulkhead, hedge } = options;
    this.clock = clock;
    this.parts = {
      clock,
      breaker,
      bulkhead,
      timeoutMilliseconds: options.timeoutMilliseconds,
      transient: options.transient ?? isTransient,
      observe: hedge && (milliseconds => hedge.delay.observe(milliseconds)),
    };
    // A hedge waits for nothing: when there is no room, the first attempt is not the only one that is slow.
    this.room = () =>
      !(breaker?.state === 'open' || breaker?.state === 'half-open') &&
      (bulkhead === undefined || bulkhead.running < bulkhead.limit);
  }

  run<T>(work: (call: Call) => Promise<T>, options?: RunOptions<T>): Promise<T> {
    const result = this.limited(work, options?.signal);
    const fallback = options?.fallback;
    if (fallback === undefined) return result;
    return result.catch(error => {
      if (!this.mayFallBack(error, options?.signal)) throw error;
      return fallback(error);
    });
  }

  async outcome<T>(work: (call: Call) => Promise<T>, options?: RunOptions<T>): Promise<Outcome<T>> {
    try {
      return { ok: true, value: await this.run(work, options) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  private limited<T>(work: (call: Call) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { deadlineMilliseconds = Number.POSITIVE_INFINITY, breaker } = this.options;
    // Before anything is set up: this is the path on which nothing may cost.
    if (breaker?.refuses()) return breaker.refuse();
    if (deadlineMilliseconds === Number.POSITIVE_INFINITY && signal === undefined) {
      return this.repeated(work, currentDeadline());
    }
    return new Deadline(deadlineMilliseconds, this.clock, signal).run(deadline =>
      this.repeated(work, deadline),
    );
  }

  private repeated<T>(work: (call: Call) => Promise<T>, deadline: Deadline | undefined): Promise<T> {
    const { retry, random } = this.options;
    const make = (number: number) => new Attempt(deadline, number, false, deadline?.own === true);
    if (retry === undefined) return this.attempted(work, deadline, make(1));
    let latest: Attempt;
    const scope = {
      clock: this.clock,
      random,
      transient: this.parts.transient,
      cancellation: deadline,
      remaining: () => deadline?.remaining() ?? Number.POSITIVE_INFINITY,
      started: () => latest.started,
    };
    return retried(retry, scope, number => {
      latest = make(number);
      return this.attempted(work, deadline, latest);
    });
  }

  private attempted<T>(
    work: (call: Call) => Promise<T>,
    deadline: Deadline | undefined,
    first: Attempt,
  ): Promise<T> {
    const { hedge } = this.options;
    if (hedge === undefined) return runAttempt(this.parts, first, work);
    const make = () => new Attempt(deadline, first.number, true, deadline?.own === true);
    const run = (attempt: Attempt) => runAttempt(this.parts, attempt, work);
    return hedged(this.clock, hedge, { first, make, run, room: this.room });
  }

  private mayFallBack(error: unknown, signal: AbortSignal | undefined): boolean {
    if (signal?.aborted) return false;
    return this.parts.transient(error) !== false || isDeadline(error);
  }
}

const isDeadline = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'deadline';
