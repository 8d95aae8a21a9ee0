// Clients that append, processes that order and project, crashes, pauses and raises of the epoch, by seed.
import { RuntimeError } from '../../lib/runtime/errors';
import { type OrderedProjection, Projector } from '../../lib/runtime/events/projector';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import {
  type EventMutant,
  type Rows,
  SimulatedEventDatabase,
  SimulatedProjectorStore,
} from './simulated-event-database';
import { Random, Simulation } from './simulation';

/** What a schedule did, and what it did wrong. */
export interface EventScheduleResult {
  readonly events: number;
  readonly conflicts: number;
  readonly swaps: number;
  readonly fenced: number;
  readonly crashes: number;
  readonly violations: readonly string[];
}

const FAULTS_END = 5_000;
const END = 40_000;
const PROCESSES = 3;
const CLIENTS = 3;
const STREAMS = ['a', 'b'];

const MODEL: OrderedProjection<Rows> = {
  name: 'model',
  shape: 1,
  apply: async (rows, generation, event) => rows.put(generation, event.id),
  discard: async (rows, generation) => rows.clear(generation),
};

/** The whole. */
export class SimulatedEvents {
  private readonly random: Random;
  private readonly simulation: Simulation;
  private readonly database: SimulatedEventDatabase;
  private epoch = 1;
  private faults = 1;
  private acknowledged = 0;
  private conflicts = 0;
  private crashes = 0;

  constructor(seed: number, mutant?: EventMutant) {
    this.random = new Random(seed);
    this.simulation = new Simulation(this.random);
    this.database = new SimulatedEventDatabase(mutant);
  }

  async run(): Promise<EventScheduleResult> {
    const { simulation, random, database } = this;
    for (let index = 0; index < CLIENTS; index += 1) void this.client();
    for (let index = 0; index < PROCESSES; index += 1) this.spawn();
    for (let raises = Math.floor(random.next() * 4); raises > 0; raises -= 1)
      simulation.at(random.between(200, FAULTS_END), () => {
        this.epoch += 1;
        database.restart(this.epoch);
      });
    simulation.at(FAULTS_END, () => {
      this.faults = 0;
    });
    await simulation.runFast(END, () => database.violations.length > 0 || this.settled());
    this.account();
    const { swaps, fenced, violations, events } = database;
    return {
      events: events.length,
      conflicts: this.conflicts,
      ...{ swaps, fenced, violations },
      crashes: this.crashes,
    };
  }

  /** Takes a number when it inserts, and commits later: another one may be faster. */
  private async client(): Promise<void> {
    const { random, database, simulation } = this;
    while (this.faults > 0) {
      await simulation.delay(random.between(20, 500));
      const stream = random.pick(STREAMS);
      const { epoch } = this;
      const expected = database.events.filter(event => event.stream === stream).length;
      const number = ++database.numbers;
      await simulation.delay(random.between(1, 120));
      try {
        database.enter(epoch);
        database.append(stream, expected, number, epoch);
        this.acknowledged += 1;
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        if (error.code === 'conflict') this.conflicts += 1;
      }
    }
  }

  private spawn(): void {
    const { simulation, random } = this;
    const life = { dead: false, pausedUntil: 0 };
    void this.process(life);
    const suffer = () => {
      if (this.faults === 0) return;
      if (random.chance(0.5)) life.pausedUntil = simulation.time + random.between(0, 3000);
      else {
        life.dead = true;
        this.crashes += 1;
        return simulation.at(simulation.time + random.between(10, 500), () => this.spawn());
      }
      simulation.at(simulation.time + random.between(200, 3000), suffer);
    };
    simulation.at(simulation.time + random.between(0, 3000), suffer);
  }

  private async process(life: { dead: boolean; pausedUntil: number }): Promise<void> {
    const { simulation, random, database } = this;
    const travel = async () => {
      await simulation.delay(random.between(1, 40));
      while (life.pausedUntil > simulation.time) await simulation.delay(life.pausedUntil - simulation.time);
      // The database sees the connection end, and rolls back what was not committed.
      if (life.dead) throw new Died();
      if (random.chance(this.faults * 0.01)) throw new RuntimeError('unavailable', 'lost');
    };
    const store = new SimulatedProjectorStore(database, travel);
    const projector = new Projector({ store, projection: MODEL, logger: silentLogger, batch: 4 });
    while (!life.dead) {
      const { epoch } = this;
      try {
        await travel();
        database.enter(epoch);
        database.order();
        if (random.chance(this.faults * 0.1)) await projector.rebuild(epoch);
        await projector.turn(epoch);
      } catch (error) {
        if (error instanceof Died) return;
        if (!(error instanceof RuntimeError)) throw error;
      }
      await simulation.delay(random.between(10, 200));
    }
  }

  /** Whether faults are over and one generation, which readers are given, has every event. */
  private settled(): boolean {
    const { events, generations } = this.database;
    const [only, another] = generations;
    return (
      this.faults === 0 &&
      another === undefined &&
      only?.served === true &&
      this.database.places === events.length &&
      only.position === events.length &&
      events.length >= this.acknowledged
    );
  }

  private account(): void {
    const { violations, events, generations, models } = this.database;
    if (events.length !== this.acknowledged)
      violations.push(`${this.acknowledged} appends were acknowledged and ${events.length} events are there`);
    const inOrder = events
      .filter(event => event.position !== undefined)
      .sort((a, b) => (a.position as number) - (b.position as number))
      .map(event => event.id);
    for (const { generation, position } of generations) {
      const had = (models.get(generation) ?? []).join();
      const right = inOrder.slice(0, position).join();
      if (had !== right) violations.push(`generation ${generation} at ${position} has ${had}, not ${right}`);
    }
    if (violations.length === 0 && !this.settled()) violations.push('it never came to rest');
  }
}

/** What ends the work of a process that died; caught by nobody but its loop. */
class Died extends Error {}
