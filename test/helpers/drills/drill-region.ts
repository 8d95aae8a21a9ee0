// One Region as a drill meets it: a clone with the real lease and fence, the real gate, and what it answers.
import { FencedTransactions } from '../../../lib/runtime/database/fence';
import { RuntimeError } from '../../../lib/runtime/errors';
import { Gate, type GateMemory } from '../../../lib/runtime/gate/gate';
import { type LeaseState, ReadLease } from '../../../lib/runtime/register/lease';
import { LeaseKeeper } from '../../../lib/runtime/register/lease-keeper';
import { isActive } from '../../../lib/runtime/register/register';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { SimulatedDatabase } from '../simulated-database';
import { SimulatedProcess } from '../simulation';
import type { DrillWorld } from './drill-world';
import type { Region } from './network';

export const LEASE = 10_000;
/** Clocks differ by at most this share; the margin of two seconds covers it. */
const DRIFT = 0.05;

/** A write's answer: 201 with the epoch it was acknowledged under, or a refusal. */
export interface WriteAnswer {
  readonly status: 201 | 503;
  readonly epoch?: number;
  readonly id?: number;
}

/** A clone, its database and its gate. */
export class DrillRegion {
  readonly process: SimulatedProcess;
  readonly database: SimulatedDatabase;
  /** Until then nothing of the Region runs. */
  deadUntil = 0;
  readonly gate: Gate;
  private readonly keeper: LeaseKeeper;
  private readonly fenced: FencedTransactions;
  private memory: GateMemory | undefined;

  constructor(
    private readonly world: DrillWorld,
    readonly name: Region,
  ) {
    const { simulation } = world;
    const { random } = simulation;
    this.process = new SimulatedProcess(simulation, random.between(1 - DRIFT, 1 + DRIFT));
    this.database = new SimulatedDatabase(this.process, random, true);
    this.keeper = new LeaseKeeper({
      lease: new ReadLease(name, LEASE),
      clock: this.process,
      register: { read: () => this.readRegister(this.process) },
      logger: silentLogger,
    });
    this.fenced = new FencedTransactions(this.database, () => this.lease());
    this.gate = new Gate({
      region: name,
      register: { read: () => this.readRegister() },
      store: {
        load: async () => this.memory,
        save: async memory => {
          this.memory = memory;
        },
      },
      logger: silentLogger,
    });
  }

  start(): void {
    void this.keeper.run(new AbortController().signal);
    void this.serve();
  }

  get dead(): boolean {
    return this.deadUntil > this.world.simulation.time;
  }

  /** Stops every process of the Region for so long, or until it is revived. */
  async die(milliseconds: number): Promise<void> {
    const { simulation } = this.world;
    this.deadUntil = Math.max(this.deadUntil, simulation.time + milliseconds);
    while (this.dead) {
      this.process.pause(2000);
      await simulation.delay(1000);
    }
  }

  revive(): void {
    this.deadUntil = 0;
  }

  /** The lease as the clone believes it; true of the real one alone. */
  lease(): LeaseState {
    const state = this.keeper.current();
    const { mutant } = this.world;
    const { record } = this.keeper;
    if (state.held || record === undefined) return state;
    const held = { held: true, epoch: record.epoch, validUntil: Number.POSITIVE_INFINITY } as const;
    if (mutant === 'skips the lease check' && isActive(record, this.name)) return held;
    return mutant === 'acknowledges without the register' && this.database.writable ? held : state;
  }

  /** Whether a write may be acknowledged here at this moment. */
  get mayAcknowledge(): boolean {
    return !this.dead && this.lease().held;
  }

  /** One write of a client that reaches this Region. */
  async write(): Promise<WriteAnswer> {
    const { world } = this;
    const lease = this.lease();
    if (!lease.held) return { status: 503 };
    const id = world.nextId();
    try {
      await this.fenced.run(lease.epoch, tx => tx.query('INSERT', [id, lease.epoch]));
      this.fenced.requireLease(lease.epoch);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return { status: 503 };
    }
    world.acknowledge(this.name, lease.epoch, id);
    return { status: 201, epoch: lease.epoch, id };
  }

  /** What `/readyz` says. */
  readiness(): object {
    const lease = this.lease();
    const { writable } = this.database;
    const { database } = this.world;
    return {
      ready: !lease.held || writable,
      role: lease.held ? 'active' : 'standby',
      epoch: lease.held ? lease.epoch : this.keeper.record?.epoch,
      database: {
        writable,
        lagSeconds: this.world.clonesTellLag ? database.lagSeconds(this.name) : undefined,
      },
    };
  }

  /** Writes of clients, which reach every Region whatever DNS says. */
  private async serve(): Promise<void> {
    const { random } = this.world.simulation;
    for (;;) {
      await this.process.wait(random.between(300, 3000));
      await this.write();
    }
  }

  private async readRegister(process?: SimulatedProcess) {
    const { world } = this;
    const { random } = world.simulation;
    const travel = () => {
      const milliseconds = random.chance(0.03) ? random.between(0, 12_000) : random.between(1, 100);
      return process === undefined ? world.simulation.delay(milliseconds / 20) : process.wait(milliseconds);
    };
    await travel();
    if (this.dead || !world.network.hasQuorum(this.name) || random.chance(0.03)) throw new Error('lost');
    const seen = world.register.record;
    await travel();
    return seen;
  }
}
