import type { Clock } from '../clock';
import type { Backoff } from './backoff';
import type { Budget } from './budget';
import type { Cancellation } from './cancellation';
import { CircuitOpenError } from './refusals';
import { markRetried, wasRetried } from './retried';
import { after } from './timer';
import type { TransientWhen } from './transient';

/** When and how often a failed attempt is made again. Only for work that may run twice. */
export interface RetryOptions {
  /** Most attempts of one call, the first counted. @default 3 */
  readonly attempts?: number;
  readonly backoff: Backoff;
  /** What all retries together may cost; earned by every call that succeeds, so that a dead dependency earns nothing. */
  readonly budget: Budget;
}

/** What a retry needs to know of its call. */
export interface RetryScope {
  readonly clock: Clock;
  readonly random: () => number;
  readonly transient: TransientWhen;
  /** Ends a pause. */
  readonly cancellation: Cancellation | undefined;
  /** Milliseconds left for the call. */
  readonly remaining: () => number;
  /** Whether the last attempt reached the work. */
  readonly started: () => boolean;
}

/**
 * Runs `attempt` until it succeeds, its error is final, the attempts, the budget or the time are used up. An error that
 * was worth a retry and leaves here is marked, and no policy around this one retries it again: two layers of three
 * attempts would be nine.
 */
export async function retried<T>(
  { attempts = 3, backoff, budget }: RetryOptions,
  scope: RetryScope,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      const value = await attempt(number);
      budget.earn();
      return value;
    } catch (error) {
      if (number > 1 && !scope.started()) budget.giveBack();
      if (scope.cancellation?.cancelled) throw error;
      const pause = pauseAfter(error, number, backoff, scope);
      if (pause === undefined) throw error;
      if (number >= attempts || pause >= scope.remaining() || !budget.take()) {
        markRetried(error);
        throw error;
      }
      await wait(pause, scope, budget);
    }
  }
}

/** Milliseconds to wait, or undefined when to try again would not help. */
function pauseAfter(error: unknown, number: number, backoff: Backoff, scope: RetryScope): number | undefined {
  // An open circuit is there to be left alone; whoever waits for it holds what others could use.
  if (wasRetried(error) || error instanceof CircuitOpenError) return undefined;
  const verdict = scope.transient(error);
  if (verdict === false) return undefined;
  const pause = backoff(number, scope.random);
  // On top of the hint, since everybody else has heard the same one.
  return verdict === true ? pause : verdict.afterMilliseconds + pause;
}

/** Waits; a call that is given up meanwhile returns the token, since its retry was not made. */
function wait(milliseconds: number, { clock, cancellation }: RetryScope, budget: Budget): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopTimer = after(clock, milliseconds, () => {
      leave?.();
      resolve();
    });
    const leave = cancellation?.listen(reason => {
      stopTimer();
      budget.giveBack();
      reject(reason);
    });
  });
}
