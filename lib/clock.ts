import { HoldfastError } from './errors';
import type { Clock } from './ports';

/** The clock of this machine: the adapter behind the {@link Clock} port. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const aborted = () => reject(new HoldfastError('aborted', 'the wait was aborted'));
      if (signal?.aborted) return aborted();
      const onAbort = () => {
        clearTimeout(timer);
        aborted();
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** Randomness of this machine, from 0 to below 1, for jitter and ids; passed in so that tests can fix it. */
export const systemRandom = (): number => Math.random();
