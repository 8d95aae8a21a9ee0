import type { Clock } from '../clock';
import { RuntimeError } from '../errors';
import type { Attempt } from './attempt';
import type { Budget } from './budget';
import type { HedgeDelay } from './hedge-delay';
import { after } from './timer';

/** When a second attempt starts beside a slow one. Only for work that may run twice. */
export interface HedgeOptions {
  readonly delay: HedgeDelay;
  /** What all hedges together may cost; earned by every call, so a share of 0.05 means at most 5 % more load. */
  readonly budget: Budget;
}

/** What a hedge does with attempts. */
export interface HedgedAttempts<T> {
  readonly first: Attempt;
  /** Makes the attempt that runs beside it. */
  readonly make: () => Attempt;
  readonly run: (attempt: Attempt) => Promise<T>;
  /** Whether one more would be let through right now. */
  readonly room: () => boolean;
}

/**
 * Runs an attempt and, when it is silent for longer than the delay, one more beside it; the first answer wins and the
 * other is cancelled ("The Tail at Scale", Dean and Barroso, 2013). An error before that is the result: to try again
 * after a failure is the retry's work. Once both run, the last error counts.
 */
export function hedged<T>(clock: Clock, options: HedgeOptions, attempts: HedgedAttempts<T>): Promise<T> {
  const { delay, budget } = options;
  const wait = delay.current();
  const { first } = attempts;
  // One that is refused, or has to wait for room, is no load that a hedge could be a share of.
  const run = () => {
    const result = attempts.run(first);
    if (first.started) budget.earn();
    return result;
  };
  if (wait === Number.POSITIVE_INFINITY) return run();
  return new Promise<T>((resolve, reject) => {
    let running = 1;
    let second: Attempt | undefined;
    const stopTimer = after(clock, wait, () => {
      if (first.cancelled || !attempts.room() || !budget.take()) return;
      running += 1;
      second = attempts.make();
      attempts.run(second).then(won, lost);
    });
    const won = (value: T) => {
      stopTimer();
      // The winner has ended; to cancel it changes nothing.
      if (second !== undefined) {
        const slower = new RuntimeError('aborted', 'another attempt was faster');
        first.cancel(slower);
        second.cancel(slower);
      }
      resolve(value);
    };
    const lost = (error: unknown) => {
      running -= 1;
      if (running > 0) return;
      stopTimer();
      reject(error);
    };
    run().then(won, lost);
  });
}
