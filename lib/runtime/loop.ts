import type { Clock } from './clock';

/** What a loop needs to know about its work. */
export interface LoopOptions {
  readonly clock: Clock;
  /** Ends the loop, at once when it is asleep. */
  readonly signal: AbortSignal;
  /** Pause between the end of one turn and the start of the next, in milliseconds. */
  readonly pauseMilliseconds: number;
  /** Told of a turn that threw; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Runs `turn` again and again until the signal aborts. A turn that returns a number asks for that pause, in
 * milliseconds, instead of the usual one. Never rejects.
 */
export async function loop(options: LoopOptions, turn: () => Promise<number | undefined>): Promise<void> {
  const { clock, signal } = options;
  while (!signal.aborted) {
    let pause = options.pauseMilliseconds;
    try {
      pause = (await turn()) ?? pause;
    } catch (error) {
      if (signal.aborted) return;
      options.onError(error);
    }
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}
