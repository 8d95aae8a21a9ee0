// One worker on virtual time around the real runner: it dies, stands still, and its calls are slow, lost or doubled.
import type { Clock } from '../../lib/runtime/clock';
import { RuntimeError } from '../../lib/runtime/errors';
import {
  Refused,
  type SagaCall,
  type SagaDefinition,
  type SagaStep,
  sagaToken,
} from '../../lib/runtime/saga/saga';
import { SagaRunner } from '../../lib/runtime/saga/saga-runner';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { SimulatedSagaStore } from './simulated-saga-store';
import type { SimulatedSagas, StepKind } from './simulated-sagas';

/** A process from its start to its death. */
export class SimulatedSagaProcess implements Clock {
  private dead = false;
  private pausedUntil = 0;
  private tries = 0;

  constructor(
    private readonly world: SimulatedSagas,
    private readonly region: string,
  ) {}

  now(): Date {
    return new Date(this.world.time);
  }

  monotonic(): number {
    return this.world.time;
  }

  sleep(milliseconds: number): Promise<void> {
    return this.wait(milliseconds);
  }

  crash(): void {
    this.dead = true;
  }

  pause(milliseconds: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.world.time + milliseconds);
  }

  async run(): Promise<void> {
    const { world, region } = this;
    const store = new SimulatedSagaStore(
      () => world.database(region),
      {
        now: () => world.time,
        travel: () => this.travel(),
        mayCommit: epoch => world.epochOf(region) === epoch,
      },
      world.mutant,
    );
    const runner = new SagaRunner({
      store,
      sagas: world.kinds.map((steps, index) => this.definition(`kind-${index}`, steps)),
      clock: this,
      random: () => world.random.next(),
      logger: silentLogger,
      worker: region,
    });
    while (!this.dead) {
      const epoch = world.epochOf(region);
      const worked = epoch !== undefined && (await runner.turn(epoch).catch(passing));
      if (!worked) await this.wait(world.random.between(200, 2000));
    }
  }

  private definition(name: string, kinds: readonly StepKind[]): SagaDefinition {
    return { name, steps: kinds.map((kind, index) => this.step(kind, index)) };
  }

  private step(kind: StepKind, index: number): SagaStep {
    const { mutant, party } = this.world;
    const name = `step-${index}`;
    const take = (call: SagaCall) =>
      this.call(() => party.take(this.key(call), call.sagaId, index, kind !== 'last'));
    const ask = (call: SagaCall) => this.call(() => party.settle(this.key(call)));
    const undo = (call: SagaCall) => {
      const taking = sagaToken(call.sagaId, name, 'take');
      return this.call(() => party.undo(this.key(call), taking, call.sagaId, index));
    };
    const assumed =
      mutant === 'no answer is taken for no'
        ? 'not-taken'
        : mutant === 'undone unasked'
          ? 'taken'
          : undefined;
    const settle = assumed === undefined ? ask : async () => assumed as 'taken' | 'not-taken';
    const common = { name, timeoutMilliseconds: 2000 };
    if (kind === 'check')
      return {
        ...common,
        action: call => this.call(() => party.check(this.key(call))),
        compensation: 'nothing',
      };
    if (kind === 'last')
      return { ...common, action: take, compensation: 'nothing', retries: Number.POSITIVE_INFINITY };
    const undoable = { ...common, action: take, compensation: undo, retries: 2 };
    return kind === 'asked' || assumed !== undefined ? { ...undoable, settle } : undoable;
  }

  private key({ token }: SagaCall): string {
    this.tries += 1;
    return this.world.mutant === 'key changes on retry' ? `${token}#${this.region}${this.tries}` : token;
  }

  /** A call over the network. What is on its way arrives whatever becomes of the caller. */
  private call<T extends string>(arrive: () => T): Promise<T> {
    const { world } = this;
    const { random } = world;
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void) =>
        void this.wait(world.delay()).then(() => !random.chance(world.faults * 0.1) && settle());
      const happen = () => {
        world.underWay -= 1;
        if (world.partyIsDown) return answer(() => reject(new Error('503')));
        const result = arrive();
        answer(() => (result === 'refused' ? reject(new Refused('no')) : resolve(result)));
      };
      const send = () => {
        world.underWay += 1;
        world.at(world.time + world.delay(), happen);
      };
      if (random.chance(world.faults * 0.1)) return;
      send();
      if (random.chance(world.faults * 0.1)) send();
    });
  }

  private async travel(): Promise<void> {
    const { random, faults } = this.world;
    await this.wait(random.between(1, 40));
    if (random.chance(faults * 0.05)) throw new RuntimeError('unavailable', 'lost');
  }

  /** Waits in true time, longer while this process stands still, and for ever once it is dead. */
  private async wait(milliseconds: number): Promise<void> {
    await this.world.wait(milliseconds);
    while (this.pausedUntil > this.world.time) await this.world.wait(this.pausedUntil - this.world.time);
    // One each: a shared one would keep everybody who ever waited for it.
    if (this.dead) await new Promise<never>(() => undefined);
  }
}

function passing(error: unknown): boolean {
  if (error instanceof RuntimeError) return false;
  throw error;
}
