// A seeded world on virtual time: every wait, loss and pause is drawn from one generator, so a seed is a schedule.
import type { Clock } from '../../lib/runtime/clock';

/** Numbers from a seed (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.next() * values.length)] as T;
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Time that jumps from one event to the next. */
export class Simulation {
  /** True time in milliseconds; no process can read it. */
  time = 0;
  private order = 0;
  private readonly queue: Due[] = [];

  constructor(readonly random: Random) {}

  /** Resolves after `milliseconds` of true time. */
  delay(milliseconds: number): Promise<void> {
    return new Promise(resolve => this.at(this.time + milliseconds, resolve));
  }

  at(time: number, happen: () => void): void {
    const due = { at: time, order: this.order++, happen };
    let low = 0;
    let high = this.queue.length;
    // Latest first, so that the next one is taken from the end.
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.queue[middle] as Due;
      if (other.at > due.at || (other.at === due.at && other.order > due.order)) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, due);
  }

  /** Lets everything happen until `end`. */
  async run(end: number): Promise<void> {
    for (let next = this.queue.pop(); next !== undefined && next.at <= end; next = this.queue.pop()) {
      this.time = next.at;
      next.happen();
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}

/** A process: its clock runs at a rate of its own, its wall clock jumps, and it stands still at times. */
export class SimulatedProcess implements Clock {
  private pausedUntil = 0;
  private wallOffset = 0;

  constructor(
    private readonly simulation: Simulation,
    /** Seconds that its monotonic clock counts in a true second. */
    private readonly rate: number,
  ) {}

  now(): Date {
    return new Date(this.simulation.time + this.wallOffset);
  }

  monotonic(): number {
    return this.simulation.time * this.rate;
  }

  sleep(milliseconds: number): Promise<void> {
    return this.wait(milliseconds / this.rate);
  }

  /** Waits in true time, and longer while the process stands still. */
  async wait(milliseconds: number): Promise<void> {
    await this.simulation.delay(milliseconds);
    while (this.pausedUntil > this.simulation.time) {
      await this.simulation.delay(this.pausedUntil - this.simulation.time);
    }
  }

  pause(milliseconds: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.simulation.time + milliseconds);
  }

  jumpWallClock(milliseconds: number): void {
    this.wallOffset += milliseconds;
  }
}
