import { reasonOf } from '../errors';
import type { ReleaseItem } from './release-store';
import {
  type ReleaseControllerOptions,
  type ReleaseMemory,
  type ReleaseTurn,
  turnRelease,
} from './release-turn';

/** What a loop needs beside what its controller works with. */
export interface ReleaseLoopOptions extends ReleaseControllerOptions {
  /** Ends the loop, and not the release. */
  readonly signal?: AbortSignal;
  /** Told after each turn. */
  readonly onTurn?: (turn: ReleaseTurn) => void;
  /** Told when a turn could not be made; it is tried again. */
  readonly onProblem?: (problem: string) => void;
  /** How a turn is made; another one is for tests. @default {@link turnRelease} */
  readonly turn?: typeof turnRelease;
}

/** Seconds until the next turn, after one that failed. */
const RETRY_SECONDS = 2;

/**
 * Turns until the release has ended. While another controller leads, it looks on, and follows it when it has died.
 * @returns the ended release; nothing when there is none or the signal ended the loop
 */
export async function followRelease(options: ReleaseLoopOptions): Promise<ReleaseItem | undefined> {
  const { clock, signal, onTurn, onProblem, turn = turnRelease } = options;
  let memory: ReleaseMemory = {};
  while (signal?.aborted !== true) {
    let waitSeconds = RETRY_SECONDS;
    try {
      const made = await turn(options, memory);
      if (made === undefined) return undefined;
      onTurn?.(made);
      if (made.ended) return made.item;
      memory = { waited: made.waited, wroteAt: made.wroteAt };
      waitSeconds = made.waitSeconds;
    } catch (error) {
      // What was written may or may not have been: the next turn reads it.
      memory = {};
      onProblem?.(reasonOf(error));
    }
    if (waitSeconds > 0) await clock.sleep(waitSeconds * 1000, signal).catch(() => undefined);
  }
  return undefined;
}
