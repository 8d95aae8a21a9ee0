import { HoldfastError } from '../../lib/errors';
import type { Clock } from '../../lib/ports';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it; wakes sleepers in the order of their times. */
export class VirtualClock implements Clock {
  private time = 0;
  private sleepers: Sleeper[] = [];

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.time);
  }

  monotonic(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper: Sleeper = { at: this.time + milliseconds, wake };
      const abort = () => {
        this.sleepers = this.sleepers.filter(other => other !== sleeper);
        reject(new HoldfastError('aborted', 'the wait was aborted'));
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  /** Moves on by `milliseconds`; everything that is due happens at its own time. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const next = this.sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) => (first === undefined || sleeper.at < first.at ? sleeper : first),
        undefined,
      );
      if (next === undefined || next.at > end) break;
      this.time = Math.max(this.time, next.at);
      this.sleepers = this.sleepers.filter(other => other !== next);
      next.wake();
      await settle();
    }
    this.time = end;
    await settle();
  }
}

/** Lets everything that needs no time happen. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
