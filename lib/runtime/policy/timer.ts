import { type Clock, systemClock } from '../clock';

/** A clock that also calls back without a promise; a test's clock may have it, the machine's is used as if it had. */
export interface TimerClock extends Clock {
  /** Calls back once after `milliseconds`; the function returned takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Longest wait that Node's timers keep; a longer one would fire at once. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/**
 * Calls back once after `milliseconds` on this clock; the function returned takes it back. On the machine's clock it
 * costs one timer and no promise, since a policy sets one for every call and takes nearly all of them back.
 */
export function after(clock: Clock, milliseconds: number, callback: () => void): () => void {
  if (clock === systemClock) {
    const timer = setTimeout(callback, Math.min(Math.ceil(milliseconds), LONGEST_MILLISECONDS));
    return () => clearTimeout(timer);
  }
  if ('after' in clock) return (clock as TimerClock).after(milliseconds, callback);
  const controller = new AbortController();
  void clock.sleep(milliseconds, controller.signal).then(
    () => controller.signal.aborted || callback(),
    () => undefined,
  );
  return () => controller.abort();
}
