import type { Clock } from '../clock';

/** How often the event loop is looked at, in milliseconds: while there is work, and while there is none. */
const PERIOD = 25;
const IDLE_PERIOD = 250;

/**
 * Tells how late the event loop is, again and again until the signal aborts: a timer that fires late has waited behind
 * everything else that waits. The timer's own millisecond is not taken off.
 *
 * @param busy whether there was work since it was asked last: a loop without any is looked at ten times less often
 */
export async function watchLoop(
  clock: Clock,
  signal: AbortSignal,
  tell: (delayMilliseconds: number) => void,
  busy: () => boolean = () => true,
): Promise<void> {
  while (!signal.aborted) {
    const period = busy() ? PERIOD : IDLE_PERIOD;
    const before = clock.monotonic();
    await clock.sleep(period, signal).catch(() => undefined);
    if (!signal.aborted) tell(Math.max(0, clock.monotonic() - before - period));
  }
}
