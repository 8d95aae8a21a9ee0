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

  /** Lets everything happen until `end`, or until it is `enough`. */
  async run(end: number, enough: () => boolean = () => false): Promise<void> {
    for (let next = this.queue.pop(); next !== undefined && next.at <= end; next = this.queue.pop()) {
      this.time = next.at;
      next.happen();
      // Node runs the next tick only after every promise that is due: all that needs no time happens now.
      await new Promise<void>(resolve => process.nextTick(resolve));
      if (enough()) return;
    }
  }

  /** As `run`, without a turn of Node's loop for each event, and until `enough`. */
  async runFast(end: number, enough: () => boolean): Promise<void> {
    for (let next = this.queue.pop(); next !== undefined && next.at <= end; next = this.queue.pop()) {
      this.time = next.at;
      next.happen();
      for (let link = 0; link < CHAIN; link += 1) await undefined;
      if (enough()) return;
    }
  }
}

/** Promises that may follow one event: more than the longest chain of awaits between two ports. */
const CHAIN = 24;

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

  /** Until then it does nothing, in true time. */
  protected get standsStillUntil(): number {
    return this.pausedUntil;
  }

  jumpWallClock(milliseconds: number): void {
    this.wallOffset += milliseconds;
  }
}

/** Where a life ends: at its n-th call to the outside, before it is sent or after it took effect. */
export interface Death {
  readonly step: number;
  readonly when: 'before' | 'after';
}

/** What may happen to a call, as probabilities. */
export interface CallFaults {
  /** It never arrives; the caller learns that no answer came. */
  readonly lost: number;
  /** It takes effect; the caller learns that no answer came. */
  readonly answerLost: number;
  /** It takes up to `slowMilliseconds` to arrive. */
  readonly slow: number;
  readonly slowMilliseconds: number;
}

/** Nothing goes wrong. */
export const NO_FAULTS: CallFaults = { lost: 0, answerLost: 0, slow: 0, slowMilliseconds: 0 };

/**
 * One life of a process. Every call to the outside is a step at which it may die; since code that does not call
 * outside cannot be told from code that ran later, that is a crash at every await. What it sent before it died still
 * arrives; no promise of a dead process is ever settled.
 */
export class SimulatedLife extends SimulatedProcess {
  dead = false;
  /** Calls made so far. */
  steps = 0;
  /** Until then no call arrives and none is answered, in true time. */
  cutUntil = 0;

  constructor(
    private readonly world: Simulation,
    private readonly plan: {
      readonly rate?: number;
      readonly faults?: CallFaults;
      readonly death?: Death;
    } = {},
  ) {
    super(world, plan.rate ?? 1);
  }

  /** Calls the outside: `effect` happens there, at one moment, if the call arrives. */
  call<T>(effect: () => T | Promise<T>): Promise<T> {
    const { world } = this;
    const { death, faults = NO_FAULTS } = this.plan;
    this.steps += 1;
    const last = death?.step === this.steps;
    if (last && death.when === 'before') this.dead = true;
    if (this.dead) return new Promise(() => undefined);
    const { random } = world;
    const cut = this.cutUntil > world.time;
    const lost = cut || random.chance(faults.lost);
    const answerLost = random.chance(faults.answerLost);
    return new Promise((resolve, reject) => {
      const answer = (tell: () => void) => {
        if (last) this.dead = true;
        world.at(world.time + random.between(1, 20), () => this.resume(tell));
      };
      const noAnswer = () => reject(new Error('no answer'));
      world.at(world.time + this.way(faults), () => {
        if (lost) return answer(noAnswer);
        try {
          const outcome = effect();
          const tell = (value: T) => answer(answerLost ? noAnswer : () => resolve(value));
          if (outcome instanceof Promise) outcome.then(tell, error => answer(() => reject(error)));
          else tell(outcome);
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }

  override async wait(milliseconds: number): Promise<void> {
    await super.wait(milliseconds);
    if (this.dead) await new Promise(() => undefined);
  }

  private way({ slow, slowMilliseconds }: CallFaults): number {
    const { random } = this.world;
    return random.chance(slow) ? random.between(20, slowMilliseconds) : random.between(1, 20);
  }

  /** Goes on with an answer, unless it died; later, when it stands still. */
  private resume(tell: () => void): void {
    if (this.dead) return;
    if (this.standsStillUntil > this.world.time)
      this.world.at(this.standsStillUntil, () => this.resume(tell));
    else tell();
  }
}
