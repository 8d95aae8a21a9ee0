import { uptime } from 'node:os';
import { RuntimeError } from './errors';
import { onAbort } from './on-abort';

/** Time, so that tests can drive it. Structurally the toolkit's own `Clock` port. */
export interface Clock {
  /** Wall-clock time, for people and records; never used to measure a duration. */
  now(): Date;
  /** Milliseconds on a clock that never jumps; its zero has no meaning. */
  monotonic(): number;
  /** Milliseconds since the machine was started, those included in which it was suspended. @default - it cannot tell */
  sinceBoot?(): number;
  /** Resolves after `milliseconds`; rejects with an `aborted` error as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The machine's clocks. `monotonic` reads CLOCK_MONOTONIC, which goes on while a process is stopped (SIGSTOP) but
 * stands still while a whole machine is suspended; leases count that time too, by `register/waking-time.ts`.
 */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sinceBoot: () => uptime() * 1000,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const aborted = () => reject(new RuntimeError('aborted', 'the wait was aborted'));
      if (signal?.aborted) return aborted();
      const timer = setTimeout(() => {
        letGo?.();
        resolve();
      }, milliseconds);
      const letGo =
        signal &&
        onAbort(signal, () => {
          clearTimeout(timer);
          aborted();
        });
    }),
};
