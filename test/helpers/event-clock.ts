import { RuntimeError } from '../../lib/runtime/errors';
import type { TimerClock } from '../../lib/runtime/policy/timer';
import type { Simulation } from './simulation';

/** The clock of a simulation, with timers that call back in the very event: a timer taken back costs no promise. */
export class EventClock implements TimerClock {
  /** Timers that are set and neither fired nor taken back. */
  timers = 0;

  constructor(private readonly simulation: Simulation) {}

  now(): Date {
    return new Date(this.simulation.time);
  }

  monotonic(): number {
    return this.simulation.time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    let set = true;
    this.timers += 1;
    const end = () => {
      if (set) this.timers -= 1;
      set = false;
    };
    this.simulation.at(this.simulation.time + milliseconds, () => {
      if (!set) return;
      end();
      callback();
    });
    return end;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        stop();
        reject(new RuntimeError('aborted', 'the wait was aborted'));
      };
      const stop = this.after(milliseconds, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
