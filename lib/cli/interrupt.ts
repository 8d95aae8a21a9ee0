import type { Clock } from '../ports';

/** What delivers signals: a Node process, in effect. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** A second signal within this time is the same Ctrl-C: npm hands it on, and so does the terminal. */
const SAME_INTERRUPT_MILLISECONDS = 2000;

/**
 * An abort signal for the first Ctrl-C or SIGTERM, on which everything is cleaned up. A later one gives up the
 * clean-up and ends the process.
 */
export function interruptSignal(source: SignalSource, clock: Clock, giveUp: () => void): AbortSignal {
  const interrupt = new AbortController();
  let first: number | undefined;
  const interrupted = () => {
    const now = clock.monotonic();
    first ??= now;
    if (!interrupt.signal.aborted) interrupt.abort();
    else if (now - first > SAME_INTERRUPT_MILLISECONDS) giveUp();
  };
  source.on('SIGINT', interrupted);
  source.on('SIGTERM', interrupted);
  return interrupt.signal;
}
