// Two Regions, their databases and the register, around the real lease, keeper and fence.
import type { Clock } from '../../lib/runtime/clock';
import { FencedTransactions } from '../../lib/runtime/database/fence';
import { RuntimeError } from '../../lib/runtime/errors';
import { ReadLease } from '../../lib/runtime/register/lease';
import { LeaseKeeper } from '../../lib/runtime/register/lease-keeper';
import { mayFollow, type RegisterRecord } from '../../lib/runtime/register/register';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { SimulatedDatabase } from './simulated-database';
import { SimulatedProcess, type Simulation } from './simulation';

/** What is taken out of the design, to see that a proof notices. */
export type Mutant =
  | 'no margin'
  | 'lease from the end of the read'
  | 'wall clock'
  | 'no check before the answer'
  | 'no fence';

const LEASE = 10_000;
const MARGIN = 2_000;
/** Clocks differ by at most this share; the margin covers it. */
const DRIFT = 0.05;

/** One Region with a writer. */
class SimulatedRegion {
  readonly process: SimulatedProcess;
  readonly database: SimulatedDatabase;
  private readonly keeper: LeaseKeeper;
  private readonly fenced: FencedTransactions;
  private reachable = true;
  /** A cut that lasts through a move, which is when moves happen. */
  cutUntil = 0;

  constructor(
    private readonly world: SimulatedRegions,
    readonly name: string,
  ) {
    const { simulation, mutant } = world;
    const { random } = simulation;
    this.process = new SimulatedProcess(
      simulation,
      random.pick([1 - DRIFT, random.between(1 - DRIFT, 1 + DRIFT)]),
    );
    this.database = new SimulatedDatabase(this.process, random, mutant !== 'no fence');
    const clock: Clock = this.process;
    const lease =
      mutant === 'lease from the end of the read' ? lateLease(name, clock) : new ReadLease(name, LEASE);
    this.keeper = new LeaseKeeper({
      lease,
      clock: mutant === 'wall clock' ? wallClock(this.process) : clock,
      register: { read: () => this.readRegister() },
      logger: silentLogger,
    });
    this.fenced = new FencedTransactions(this.database, () => this.keeper.current());
  }

  start(signal: AbortSignal): void {
    void this.keeper.run(signal);
    void this.write();
    void this.write();
    void this.suffer();
  }

  private async readRegister(): Promise<RegisterRecord> {
    const { random } = this.world.simulation;
    const slow = () => (random.chance(0.05) ? random.between(0, 12_000) : random.between(1, 200));
    await this.process.wait(slow());
    if (!this.reachable || this.cutUntil > this.world.simulation.time || random.chance(0.05))
      throw new Error('lost');
    const seen = this.world.record;
    await this.process.wait(slow());
    return seen;
  }

  private async write(): Promise<void> {
    const { world, process } = this;
    for (;;) {
      await process.wait(world.simulation.random.between(50, 900));
      const lease = this.keeper.current();
      if (!lease.held) continue;
      const id = world.nextId();
      try {
        await this.fenced.run(lease.epoch, tx => tx.query('INSERT', [id, lease.epoch]));
        if (world.mutant !== 'no check before the answer') this.fenced.requireLease(lease.epoch);
        world.acknowledge(id, lease.epoch);
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
      }
    }
  }

  /** Stops, jumps of the wall clock, and times without the register. */
  private async suffer(): Promise<void> {
    const { simulation } = this.world;
    const { random } = simulation;
    for (;;) {
      await simulation.delay(random.between(500, 8000));
      this.reachable = !random.chance(0.2);
      if (random.chance(0.4)) this.process.pause(random.between(0, 20_000));
      if (random.chance(0.3)) this.process.jumpWallClock(random.between(-8000, 8000));
    }
  }
}

/** What a schedule did, and what it did wrong. */
export interface ScheduleResult {
  readonly acknowledged: number;
  readonly moves: number;
  readonly violations: readonly string[];
}

/** The whole: Regions, register and the controller that moves the epoch. */
export class SimulatedRegions {
  record: RegisterRecord = { epoch: 1, phase: 'active', region: 'a' };
  private readonly regions: readonly [SimulatedRegion, SimulatedRegion];
  private readonly controller: SimulatedProcess;
  private writer: SimulatedRegion;
  private ids = 0;
  private moves = 0;
  private readonly acknowledged: number[] = [];
  private readonly violations: string[] = [];
  /** Epoch of the newest promotion. */
  private promoted = 1;

  constructor(
    readonly simulation: Simulation,
    readonly mutant?: Mutant,
  ) {
    this.regions = [new SimulatedRegion(this, 'a'), new SimulatedRegion(this, 'b')];
    this.writer = this.regions[0];
    this.writer.database.writable = true;
    this.controller = new SimulatedProcess(simulation, simulation.random.between(1 - DRIFT, 1 + DRIFT));
  }

  nextId(): number {
    this.ids += 1;
    return this.ids;
  }

  /** A writer gives an answer at this moment. */
  acknowledge(id: number, epoch: number): void {
    this.acknowledged.push(id);
    if (epoch < this.promoted)
      this.violations.push(`epoch ${epoch} acknowledged after ${this.promoted} was promoted`);
  }

  /** Runs a schedule of `milliseconds`. */
  async run(milliseconds: number): Promise<ScheduleResult> {
    const stop = new AbortController();
    for (const region of this.regions) region.start(stop.signal);
    void this.move();
    await this.simulation.run(milliseconds);
    stop.abort();
    this.judge();
    return { acknowledged: this.acknowledged.length, moves: this.moves, violations: this.violations };
  }

  private async move(): Promise<void> {
    const { random } = this.simulation;
    for (;;) {
      await this.simulation.delay(random.between(3000, 20_000));
      const from = this.writer;
      const to = this.regions[0] === from ? this.regions[1] : this.regions[0];
      if (random.chance(0.5)) from.cutUntil = this.simulation.time + random.between(0, 2 * LEASE);
      this.raise({ epoch: this.record.epoch + 1, phase: 'fencing', region: to.name });
      await this.controller.sleep(LEASE + (this.mutant === 'no margin' ? 0 : MARGIN));
      if (random.chance(0.3)) {
        this.raise({ epoch: this.record.epoch + 1, phase: 'active', region: from.name });
        this.promoted = this.record.epoch;
      } else {
        this.raise({ ...this.record, phase: 'promoting' });
        this.promote(from, to, random.chance(0.5));
        await this.simulation.delay(random.between(100, 3000));
        this.raise({ ...this.record, phase: 'active' });
      }
      this.moves += 1;
    }
  }

  /** The target continues with what the old database has at this moment; after a failover the old one still writes. */
  private promote(from: SimulatedRegion, to: SimulatedRegion, isSwitchover: boolean): void {
    this.checkDatabase(to);
    to.database.becomeWriterFrom(from.database);
    if (isSwitchover) from.database.writable = false;
    this.promoted = this.record.epoch;
    this.writer = to;
  }

  private raise(next: RegisterRecord): void {
    if (!mayFollow(this.record, next)) this.violations.push(`the register refused ${JSON.stringify(next)}`);
    this.record = next;
  }

  private judge(): void {
    for (const region of this.regions) this.checkDatabase(region);
    const kept = new Set(this.writer.database.commits.map(commit => commit.id));
    const lost = this.acknowledged.filter(id => !kept.has(id));
    if (lost.length > 0) this.violations.push(`${lost.length} acknowledged writes lost`);
  }

  private checkDatabase({ name, database }: SimulatedRegion): void {
    if (database.tookStaleWrites)
      this.violations.push(`the database of ${name} took a write of an older epoch`);
  }
}

/** Mutant: counts the lease from the moment the answer of a read came. */
function lateLease(region: string, clock: Clock): ReadLease {
  return new (class extends ReadLease {
    override observe(_startedAt: number, record: RegisterRecord): void {
      super.observe(clock.monotonic(), record);
    }
  })(region, LEASE);
}

/** Mutant: measures by the wall clock. */
function wallClock(process: SimulatedProcess): Clock {
  return {
    now: () => process.now(),
    monotonic: () => process.now().getTime(),
    sleep: milliseconds => process.sleep(milliseconds),
  };
}
