import type { Clock } from '../clock';

/** How often the event loop is looked at, in milliseconds. */
const PERIOD = 25;

/**
 * Tells how late the event loop is, again and again until the signal aborts: a timer that fires late has waited behind
 * everything else that waits. The timer's own millisecond is not taken off.
 */
export async function watchLoop(
  clock: Clock,
  signal: AbortSignal,
  tell: (delayMilliseconds: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const before = clock.monotonic();
    await clock.sleep(PERIOD, signal).catch(() => undefined);
    if (!signal.aborted) tell(Math.max(0, clock.monotonic() - before - PERIOD));
  }
}
