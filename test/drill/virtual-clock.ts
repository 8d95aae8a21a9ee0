import { HoldfastError } from '../../lib/errors';
import type { Clock } from '../../lib/ports';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when everybody waits for it. */
export class VirtualClock implements Clock {
  private time = 0;
  private wall = Date.parse('2026-11-26T10:00:00Z');
  private sleepers: Sleeper[] = [];
  private scheduled = false;
  private stopped = false;

  now = (): Date => new Date(this.wall + this.time);
  monotonic = (): number => this.time;

  /** Moves wall-clock time alone, as a correction by NTP does. */
  jumpWall(milliseconds: number): void {
    this.wall += milliseconds;
  }

  /** Time passes while the process stands still in the middle of its code. */
  skip(milliseconds: number): void {
    this.time += milliseconds;
  }

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const aborted = () => {
        this.sleepers = this.sleepers.filter(other => other !== sleeper);
        reject(new HoldfastError('aborted', 'the wait was aborted'));
      };
      const sleeper: Sleeper = {
        at: this.time + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      if (signal?.aborted) return aborted();
      signal?.addEventListener('abort', aborted, { once: true });
      this.sleepers.push(sleeper);
      this.schedule();
    });

  /** Ends time: whoever sleeps never wakes, so that nothing of a failed test runs on. */
  stop(): void {
    this.stopped = true;
    this.sleepers = [];
  }

  /** When nothing else runs, the earliest sleeper wakes. */
  private schedule(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const next = this.sleepers.reduce<Sleeper | undefined>(
        (first, other) => (first === undefined || other.at < first.at ? other : first),
        undefined,
      );
      if (next === undefined) return;
      this.sleepers = this.sleepers.filter(other => other !== next);
      this.time = Math.max(this.time, next.at);
      next.wake();
      if (this.sleepers.length > 0) this.schedule();
    });
  }
}
