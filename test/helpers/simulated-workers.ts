// Workers of two Regions that die and begin again, around the real relay, consumer, fulfilment, fence and parking.
import { FencedTransactions } from '../../lib/runtime/database/fence';
import { loop } from '../../lib/runtime/loop';
import type { IncomingMessage, Queue } from '../../lib/runtime/queue/queue';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import type { ActivationState } from '../../lib/service/activation';
import { Fulfilment } from '../../lib/service/orders/fulfilment';
import { Consumer } from '../../lib/service/worker/consumer';
import { OutboxRelay } from '../../lib/service/worker/relay';
import { SimulatedOrdersDatabase } from './simulated-orders-database';
import { SimulatedQueue } from './simulated-queue';
import { type CallFaults, type Death, SimulatedLife, type Simulation } from './simulation';

/** What is taken out, to see that the proof notices. */
export type WorkerMutant = 'ack before commit' | 'fence removed';

/** What a schedule came to. */
export interface WorkerScheduleResult {
  readonly violations: readonly string[];
  readonly effects: number;
  readonly parked: number;
  readonly deaths: number;
  readonly epochs: number;
  /** Calls that the first process made. */
  readonly steps: number;
}

const END = 3_600_000;
const VISIBILITY = 30_000;
const MOST_DEATHS = 4;
/** From then on nothing goes wrong any more. */
const HEALED = 120_000;
const FAULTS: CallFaults = { lost: 0.02, answerLost: 0.02, slow: 0.04, slowMilliseconds: 15_000 };

interface Period {
  readonly epoch: number;
  readonly from: number;
  readonly until: number;
}

/** One schedule: orders that are owed, and workers that fulfil them while the epoch moves from Region to Region. */
export class SimulatedWorkers {
  private readonly database: SimulatedOrdersDatabase;
  private readonly queues: readonly SimulatedQueue[];
  private readonly periods: readonly Period[];
  private readonly orders: string[] = [];
  private readonly stop = new AbortController();
  private poison = 0;
  private deaths = 0;
  private started = 0;
  private firstLife: SimulatedLife | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly options: { readonly mutant?: WorkerMutant; readonly death?: Death } = {},
  ) {
    this.database = new SimulatedOrdersDatabase(simulation, options.mutant !== 'fence removed');
    const queue = () =>
      new SimulatedQueue(simulation, { fifo: false, visibilityMilliseconds: VISIBILITY, again: 0.1 });
    this.queues = [queue(), queue()];
    this.periods = this.draw();
  }

  async run(): Promise<WorkerScheduleResult> {
    const { simulation } = this;
    this.place();
    for (const { epoch, from } of this.periods) {
      for (let worker = 0; worker < 2; worker += 1) simulation.at(from, () => this.start(epoch));
    }
    const last = this.periods.at(-1) as Period;
    await simulation.run(END, () => simulation.time > last.from && this.finished(last.epoch));
    this.stop.abort();
    return this.judge();
  }

  /** One to three epochs, turn by turn in the two Regions; a new one begins only after the old lease is over. */
  private draw(): Period[] {
    const { random } = this.simulation;
    const count = random.pick([1, 2, 3]);
    let from = 0;
    return Array.from({ length: count }, (_, index) => {
      const until = index === count - 1 ? Number.POSITIVE_INFINITY : from + random.between(200, 20_000);
      const period = { epoch: index + 1, from, until };
      from = until + 500;
      return period;
    });
  }

  private place(): void {
    const { random } = this.simulation;
    const count = 2 + Math.floor(random.next() * 4);
    for (let number = 0; number < count; number += 1) {
      const id = `00000000-0000-0000-0000-00000000000${number}`;
      this.orders.push(id);
      this.database.outbox.set(id, { epochSent: null, closed: false });
    }
    const last = this.queues[(this.periods.length + 1) % 2] as SimulatedQueue;
    if (!random.chance(0.3)) return;
    this.poison += 1;
    last.send('{not json', {});
  }

  private queueOf(epoch: number): SimulatedQueue {
    return this.queues[(epoch + 1) % 2] as SimulatedQueue;
  }

  private finished(epoch: number): boolean {
    return (
      this.database.open === 0 &&
      this.queueOf(epoch).messages.length === 0 &&
      this.database.parked.length >= this.poison
    );
  }

  /** Starts a worker of an epoch; when it dies another one begins. */
  private start(epoch: number): void {
    const { simulation, options } = this;
    const { random } = simulation;
    const period = this.periods[epoch - 1] as Period;
    if (simulation.time >= period.until) return;
    this.started += 1;
    let death: Death | undefined;
    if (options.death !== undefined) death = this.started === 1 ? options.death : undefined;
    else if (this.deaths < MOST_DEATHS && random.chance(0.6)) {
      death = { step: 1 + Math.floor(random.next() * 30), when: random.chance(0.5) ? 'before' : 'after' };
    }
    const faults = simulation.time < HEALED ? FAULTS : undefined;
    const life = new SimulatedLife(simulation, { death, faults, rate: random.between(0.99, 1.01) });
    this.firstLife ??= life;
    if (random.chance(0.3))
      simulation.at(simulation.time + random.between(0, 5000), () => life.pause(random.between(0, 15_000)));
    this.watch(life, epoch);
    this.work(life, period);
  }

  private watch(life: SimulatedLife, epoch: number): void {
    const { simulation } = this;
    const look = () => {
      if (life.dead) {
        this.deaths += 1;
        this.start(epoch);
      } else if (!this.stop.signal.aborted) simulation.at(simulation.time + 5000, look);
    };
    simulation.at(simulation.time + 1000, look);
  }

  private work(life: SimulatedLife, { epoch, until }: Period): void {
    const held = () => this.simulation.time < until;
    const state = (): ActivationState =>
      held() ? { active: true, epoch } : { active: false, reason: 'the lease is over' };
    const fenced = new FencedTransactions(this.database.connect(life), () =>
      held() ? { held: true, epoch, validUntil: until } : { held: false, reason: 'expired' },
    );
    const queue = this.queueFor(life, epoch);
    const shared = { activation: { state }, fenced, queue, logger: silentLogger };
    const relay = new OutboxRelay(shared);
    const consumer = new Consumer({
      ...shared,
      fulfilment: new Fulfilment({ fenced, worker: 'w' }),
      changed: async () => undefined,
      source: { queue: 'q', region: 'r' },
      worker: 'w',
      limits: () => ({ paused: false, perSecond: 1000, maximumInFlight: 10 }),
      clock: life,
      waitSeconds: 1,
      pauseMilliseconds: 10_000,
      visibilitySeconds: VISIBILITY / 1000,
    });
    const { signal } = this.stop;
    void consumer.run(signal);
    void loop({ clock: life, signal, pauseMilliseconds: 3000, onError: () => undefined }, async () =>
      (await relay.relay()) ? 0 : undefined,
    );
  }

  private queueFor(
    life: SimulatedLife,
    epoch: number,
  ): Pick<Queue, 'send' | 'receive' | 'remove' | 'release' | 'extend'> {
    const queue = this.queueOf(epoch);
    const each = (receipts: readonly string[], act: (id: string) => void) =>
      life.call(() => {
        for (const receipt of receipts) act(receipt);
      });
    return {
      send: messages =>
        life.call(() => {
          const taken = messages.filter(() => !this.simulation.random.chance(0.03));
          for (const { body, attributes } of taken) queue.send(body, attributes);
          return messages.filter(message => !taken.includes(message)).map(({ id }) => id);
        }),
      receive: async (_wait, _signal, most = 10): Promise<readonly IncomingMessage[]> => {
        const taken = await life.call(() => {
          const messages = queue.take(most);
          if (this.options.mutant === 'ack before commit')
            for (const { messageId } of messages) queue.remove(messageId);
          return messages;
        });
        if (taken.length === 0) await life.wait(3000);
        return taken.map(message => ({ ...message, receipt: message.messageId }));
      },
      remove: receipts => each(receipts, id => queue.remove(id)),
      release: receipts => each(receipts, id => queue.hide(id, 0)),
      extend: (receipts, seconds) => each(receipts, id => queue.hide(id, seconds * 1000)),
    };
  }

  private judge(): WorkerScheduleResult {
    const { effects, parked } = this.database;
    const counts = this.orders.map(id => effects.filter(({ orderId }) => orderId === id).length);
    const stale = effects.some(({ epoch }, index) => epoch < (effects[index - 1]?.epoch ?? 0));
    const violations = [
      ...counts.flatMap((count, index) => (count === 1 ? [] : [`order ${index} has ${count} effects`])),
      ...(this.database.open === 0 ? [] : [`${this.database.open} rows are open`]),
      ...(parked.length === this.poison ? [] : [`${parked.length} of ${this.poison} were parked`]),
      ...(stale ? ['an effect of an older epoch stands after one of a newer epoch'] : []),
    ];
    return {
      violations,
      effects: effects.length,
      parked: parked.length,
      deaths: this.deaths,
      epochs: this.periods.length,
      steps: this.firstLife?.steps ?? 0,
    };
  }
}
