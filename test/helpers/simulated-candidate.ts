// A process that stands for a leadership: its clock drifts, its wall clock is wrong, it stops, dies and comes back.
import type { Clock } from '../../lib/runtime/clock';
import { LeaderElection } from '../../lib/runtime/leader/leader-election';
import type { Tenure } from '../../lib/runtime/leader/leader-lease';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { wallClock } from './leader-mutants';
import type { SimulatedLeaders } from './simulated-leaders';

/** Clocks run at most this share fast or slow, and wall clocks are this far off, in milliseconds. */
export const DRIFT = 0.02;
const SKEW = 5_000;
export const LONGEST_PAUSE = 27_000;

/** One machine; each run of its process is another holder. */
export class Candidate implements Clock {
  readonly rate: number;
  private wallOffset: number;
  private pausedUntil = 0;
  /** Raised by each crash and restart: what an earlier life waited for never comes. */
  life = 0;
  private wake: (() => void) | undefined;
  private controller = new AbortController();
  private writing = false;
  election: LeaderElection | undefined;
  cutUntil = 0;
  /** Epoch that its Region's register lease allows, by true time. */
  epochs: ReadonlyArray<{ readonly epoch: number; readonly from: number; readonly until: number }> = [];

  constructor(
    readonly world: SimulatedLeaders,
    readonly name: string,
  ) {
    const { random } = world.simulation;
    this.rate = random.pick([1 - DRIFT, 1 + DRIFT, random.between(1 - DRIFT, 1 + DRIFT)]);
    this.wallOffset = random.between(-SKEW, SKEW);
  }

  now(): Date {
    return new Date(1_000_000 + this.world.simulation.time + this.wallOffset);
  }

  monotonic(): number {
    return this.world.simulation.time * this.rate;
  }

  sleep(milliseconds: number): Promise<void> {
    return this.sleepIn(this.life, milliseconds);
  }

  /** Sleep of one life: what goes on in the microtasks after a crash sleeps for ever. */
  private sleepIn(life: number, milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      if (life === this.life) this.wake = resolve;
      this.after(milliseconds / this.rate, resolve, life);
    });
  }

  /** Happens in this process after true time has passed: later while it stands still, never once it has died. */
  after(milliseconds: number, happen: () => void, life = this.life): void {
    const { simulation } = this.world;
    const due = () => {
      if (life !== this.life) return;
      if (this.pausedUntil > simulation.time) return simulation.at(this.pausedUntil, due);
      // Each wait is an await of the real code: it may be the last thing that the process does.
      if (!this.world.isCalm && simulation.random.chance(0.002)) return this.crash();
      simulation.woke = true;
      happen();
    };
    simulation.at(simulation.time + milliseconds, due);
  }

  start(): void {
    const { world } = this;
    this.controller = new AbortController();
    const { life } = this;
    const holder = `${this.name}/${life}`;
    const lease = world.lease(holder, this);
    const own: Clock = {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      sleep: milliseconds => this.sleepIn(life, milliseconds),
    };
    const clock = world.mutant === 'wall clock' ? wallClock(own) : own;
    const store = world.store.portOf(this, life);
    const epoch = () => this.epoch();
    const election = new LeaderElection({ name: 'x', lease, store, clock, logger: silentLogger, epoch });
    this.election = election;
    this.writing = false;
    election.onChange(tenure => {
      if (tenure !== undefined) this.won(holder, tenure);
    });
    void election.run(this.controller.signal);
    world.simulation.woke = true;
  }

  private epoch(): number | undefined {
    const { time } = this.world.simulation;
    for (const { epoch, from, until } of this.epochs) if (time >= from && time < until) return epoch;
    return undefined;
  }

  private won(holder: string, { token }: Tenure): void {
    this.world.oracle.won(holder, token);
    if (this.writing) return;
    this.writing = true;
    this.write(holder);
  }

  /** Looks whether it leads, is at times stopped right then, and writes. */
  private write(holder: string): void {
    const { world } = this;
    const { random } = world.simulation;
    const tenure = this.election?.current();
    if (tenure === undefined) {
      this.writing = false;
      return;
    }
    world.checkBelievers(this);
    if (!world.isCalm && random.chance(0.05)) this.pause(random.between(0, LONGEST_PAUSE));
    // The deed comes after the look, and what is on its way arrives whatever becomes of the process.
    this.after(random.between(0, 20), () => world.send(holder, tenure.token));
    this.after(random.between(400, 1600), () => this.write(holder));
  }

  pause(milliseconds: number): void {
    const { simulation, calmAt } = this.world;
    this.pausedUntil = Math.max(this.pausedUntil, Math.min(simulation.time + milliseconds, calmAt));
  }

  jump(): void {
    this.wallOffset = this.world.simulation.random.between(-SKEW, SKEW);
  }

  get isUp(): boolean {
    return this.election !== undefined;
  }

  /** Whether it may lead now. */
  get isEligible(): boolean {
    return this.isUp && this.epoch() !== undefined;
  }

  /** The process is gone, wherever it was. */
  crash(restarts = true): void {
    const { simulation } = this.world;
    this.life += 1;
    this.election = undefined;
    this.wake = undefined;
    this.pausedUntil = 0;
    if (!restarts) return;
    const { life } = this;
    const down = this.world.isCalm ? 500 : simulation.random.between(0, 12_000);
    simulation.at(simulation.time + down, () => {
      if (life === this.life) this.start();
    });
  }

  /** Ends as a deploy does: told to stop, it gives the lease back; then the next life starts. */
  stop(): void {
    const { simulation } = this.world;
    this.controller.abort();
    this.wake?.();
    simulation.woke = true;
    const { life } = this;
    simulation.at(simulation.time + 3_000, () => {
      if (life === this.life) this.crash();
    });
  }

  heal(): void {
    this.cutUntil = 0;
  }
}
