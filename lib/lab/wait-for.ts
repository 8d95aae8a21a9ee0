import { HoldfastError } from '../errors';
import type { Clock } from '../ports';

/** What {@link waitFor} waits for and how long. */
export interface WaitOptions {
  readonly clock: Clock;
  /** Milliseconds until it gives up. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 50 */
  readonly interval?: number;
  readonly signal?: AbortSignal;
  /** What is awaited, for the message: "PostgreSQL of us-east-2". */
  readonly what: string;
}

/**
 * Looks again and again until `look` returns a value other than `undefined` or `false`; an error thrown by `look`
 * counts as "not yet".
 * @throws HoldfastError `timeout` with the last error as its cause, or `aborted`
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const { clock, timeout, interval = 50, signal, what } = options;
  const start = clock.monotonic();
  for (;;) {
    let cause: unknown;
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      cause = error;
    }
    if (clock.monotonic() - start >= timeout) {
      const reason = cause instanceof Error ? `: ${cause.message}` : '';
      throw new HoldfastError('timeout', `waited ${timeout / 1000} s for ${what}${reason}`, [], { cause });
    }
    await clock.sleep(interval, signal);
  }
}
