// A queue, Lambda's poller and functions that die, around the real batch, idempotency and parking.
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { PutItemCommand, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { RuntimeError } from '../../lib/runtime/errors';
import { DynamoIdempotency, type ItemEffects } from '../../lib/runtime/idempotency/dynamo-idempotency';
import type { IdempotencyStore } from '../../lib/runtime/idempotency/idempotency-store';
import { dynamoParking } from '../../lib/runtime/queue/dynamo-parking';
import { idempotentMessages } from '../../lib/runtime/queue/idempotent-messages';
import type { Parking } from '../../lib/runtime/queue/parking';
import { type QueueWork, queueHandler } from '../../lib/runtime/queue/queue-handler';
import type { BatchAnswer, QueueRecord } from '../../lib/runtime/queue/work-batch';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { MemoryPersistence } from './powertools-memory';
import { type SimulatedMessage, SimulatedQueue } from './simulated-queue';
import { SimulatedTables } from './simulated-tables';
import { type CallFaults, type Death, SimulatedLife, type Simulation } from './simulation';

/** What is taken out or put in the place of a part, to see that the proof notices. */
export type FunctionMutant =
  | 'record written after the effect'
  | 'later message run after a failed one'
  | 'removed before it is parked';

/** How a schedule is run. */
export interface FunctionScheduleOptions {
  /** Whose idempotency works the messages. */
  readonly idempotency: 'holdfast' | 'powertools';
  readonly mutant?: FunctionMutant;
  /** One death, at this step of the first function, in place of those that are drawn. */
  readonly death?: Death;
}

/** What a schedule came to. */
export interface FunctionScheduleResult {
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly violations: readonly string[];
  readonly effects: number;
  readonly parked: number;
  readonly deaths: number;
  /** Calls that the first function made. */
  readonly steps: number;
}

const FUNCTION_TIMEOUT = 30_000;
const VISIBILITY = 60_000;
const END = 3 * 3_600_000;
const MOST_DEATHS = 3;
const FAULTS: CallFaults = { lost: 0.03, answerLost: 0.03, slow: 0.05, slowMilliseconds: 40_000 };

/** One schedule: a few messages, and functions that work them until the queue is empty. */
export class SimulatedFunctions {
  private readonly tables = new SimulatedTables({
    keys: ['key_hash'],
    effects: ['id'],
    parked: ['queue', 'id'],
  });
  private readonly queue: SimulatedQueue;
  private readonly arn: string;
  private readonly expected: string[] = [];
  private readonly poison: string[] = [];
  private readonly powertools = new MemoryPersistence();
  private readonly lateKeys = new Set<string>();
  private made = 0;
  private deaths = 0;
  private invocations = 0;
  private firstLife: SimulatedLife | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly options: FunctionScheduleOptions,
  ) {
    const fifo = simulation.random.chance(0.5) || options.mutant === 'later message run after a failed one';
    this.queue = new SimulatedQueue(simulation, { fifo, visibilityMilliseconds: VISIBILITY, again: 0.1 });
    this.arn = fifo && options.mutant !== 'later message run after a failed one' ? 'arn:q.fifo' : 'arn:q';
  }

  async run(): Promise<FunctionScheduleResult> {
    this.fill();
    for (const at of [0, 7_000]) this.simulation.at(at, () => this.poll());
    await this.simulation.run(END);
    return this.judge();
  }

  /** Messages of one schedule; some cannot be worked, and (standard) some are sent twice by their producer. */
  private fill(): void {
    const { random } = this.simulation;
    const { fifo } = this.queue.options;
    const count = 2 + Math.floor(random.next() * 4);
    for (let number = 0; number < count; number += 1) {
      const key = `k${number}`;
      const kind = random.next();
      const body = kind < 0.08 ? '{not json' : JSON.stringify(kind < 0.16 ? { wrong: number } : { number });
      (kind < 0.16 ? this.poison : this.expected).push(key);
      const group = fifo ? `g${number % 2}` : undefined;
      const copies = !fifo && kind >= 0.16 && random.chance(0.2) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) this.queue.send(body, { idempotencyKey: key }, group);
    }
  }

  /** Lambda's poller: takes a batch, invokes, and removes what was worked; what was not comes again. */
  private poll(): void {
    const { simulation, queue } = this;
    if (queue.messages.length === 0) return;
    const batch = queue.take(4);
    if (batch.length > 0) this.invoke(batch);
    simulation.at(simulation.time + simulation.random.between(1000, 20_000), () => this.poll());
  }

  private invoke(batch: readonly SimulatedMessage[]): void {
    const { simulation } = this;
    const life = this.start();
    const records: QueueRecord[] = batch.map(message => ({
      messageId: message.messageId,
      body: message.body,
      eventSourceARN: this.arn,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
      },
      messageAttributes: { idempotencyKey: { stringValue: message.attributes.idempotencyKey } },
    }));
    simulation.at(simulation.time + FUNCTION_TIMEOUT, () => {
      life.dead = true;
    });
    this.handler(life)({ Records: records }).then(
      answer => this.settle(life, batch, answer),
      // A function that fails hands its whole batch back.
      () => undefined,
    );
    if (simulation.random.chance(0.1)) life.pause(simulation.random.between(0, 20_000));
  }

  private settle(life: SimulatedLife, batch: readonly SimulatedMessage[], answer: BatchAnswer): void {
    if (life.dead) return;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId } of batch) {
      // A removal may be lost too: then the message comes again although it was worked.
      if (!failed.has(messageId) && !this.simulation.random.chance(0.05)) this.queue.remove(messageId);
    }
  }

  private start(): SimulatedLife {
    const { simulation, options } = this;
    const { random } = simulation;
    this.invocations += 1;
    let death: Death | undefined;
    if (options.death !== undefined) death = this.invocations === 1 ? options.death : undefined;
    else if (this.deaths < MOST_DEATHS && random.chance(0.5)) {
      this.deaths += 1;
      death = { step: 1 + Math.floor(random.next() * 8), when: random.chance(0.5) ? 'before' : 'after' };
    }
    // After some time the world heals, so that everything can come to its end.
    const faults = simulation.time < 900_000 ? FAULTS : undefined;
    const life = new SimulatedLife(simulation, { death, faults, rate: random.between(0.99, 1.01) });
    this.firstLife ??= life;
    return life;
  }

  private handler(life: SimulatedLife) {
    const ours = this.options.idempotency === 'holdfast';
    const send = (command: object) => life.call(() => this.tables.run(command));
    const client = { send } as never;
    const parking = dynamoParking({ client, table: 'parked', clock: life });
    const store = new DynamoIdempotency({
      client,
      table: 'keys',
      clock: life,
      makeToken: () => this.nextId('t'),
    });
    return queueHandler({
      region: 'r',
      logger: silentLogger,
      work: ours ? this.work(store, life) : this.powertoolsWork(life),
      // Powertools does not tell whose fault a failure is, so its messages are never parked for failing often.
      parking: { parking: this.mutated(parking), ...(ours ? {} : { parkAfter: Number.POSITIVE_INFINITY }) },
    });
  }

  private work(store: IdempotencyStore<ItemEffects>, life: SimulatedLife): QueueWork {
    return idempotentMessages({
      store: this.options.mutant === 'record written after the effect' ? this.lateRecords(life) : store,
      scope: 'proof',
      effect: async ({ body }, effects) => {
        effects.write(this.effectOf(body));
        return { done: true };
      },
    });
  }

  /** Powertools as its guide shows it, with its records in memory behind the same calls. */
  private powertoolsWork(life: SimulatedLife): QueueWork {
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'key' });
    const started = this.simulation.time;
    config.registerLambdaContext({
      getRemainingTimeInMillis: () => FUNCTION_TIMEOUT - (this.simulation.time - started),
    } as never);
    const work = makeIdempotent(
      async ({ body }: { key: string; body: unknown }) => {
        const { Put } = this.effectOf(body);
        await life.call(() => this.tables.run(new PutItemCommand({ TableName: 'effects', Item: Put?.Item })));
        return { done: true };
      },
      { persistenceStore: this.powertools.through(effect => life.call(effect)), config, keyPrefix: 'proof' },
    );
    return async ({ body, attributes }) => void (await work({ key: attributes.idempotencyKey ?? '', body }));
  }

  private effectOf(body: unknown): TransactWriteItem {
    const { number } = body as { number?: unknown };
    if (typeof number !== 'number') throw new RuntimeError('invalid-input', 'no number');
    const Item = { id: { S: this.nextId('e') }, key: { S: `k${number}` } };
    return { Put: { TableName: 'effects', Item } };
  }

  private nextId(prefix: string): string {
    this.made += 1;
    return `${prefix}${this.made}`;
  }

  /** The record is written by itself, once the effect stands: what every "check, work, save" does. */
  private lateRecords(life: SimulatedLife): IdempotencyStore<ItemEffects> {
    return {
      once: async (call, effect) => {
        const found = await life.call(() => this.lateKeys.has(call.key));
        const items: TransactWriteItem[] = [];
        const response = await effect({ write: (...more) => void items.push(...more) });
        if (found) return { response, replayed: true };
        const TransactItems = items;
        await life.call(() => this.tables.run(new TransactWriteItemsCommand({ TransactItems })));
        await life.call(() => this.lateKeys.add(call.key));
        return { response, replayed: false };
      },
    };
  }

  private mutated(parking: Parking): Parking {
    if (this.options.mutant !== 'removed before it is parked') return parking;
    return {
      park: async message => {
        parking.park(message).catch(() => undefined);
      },
    };
  }

  private judge(): FunctionScheduleResult {
    const effects = this.tables.items('effects').map(({ key }) => key?.S ?? '');
    const parked = this.tables.items('parked').length;
    const lost = this.expected.filter(key => !effects.includes(key));
    const duplicated = [...new Set(effects.filter((key, index) => effects.indexOf(key) !== index))];
    const violations = [
      ...lost.map(key => `${key} was lost`),
      ...duplicated.map(key => `${key} took effect twice`),
      ...effects.filter(key => !this.expected.includes(key)).map(key => `${key} must not take effect`),
      ...(parked === this.poison.length ? [] : [`${parked} of ${this.poison.length} were parked`]),
      ...this.queue.messages.map(({ messageId }) => `${messageId} is still in the queue`),
      ...this.disorder(effects),
    ];
    const { deaths, firstLife } = this;
    const steps = firstLife?.steps ?? 0;
    return { lost, duplicated, violations, effects: effects.length, parked, deaths, steps };
  }

  /** In a FIFO queue the effects of a group come in the order in which its messages were sent. */
  private disorder(effects: readonly string[]): string[] {
    if (!this.queue.options.fifo) return [];
    return [0, 1].flatMap(group => {
      const own = effects.map(key => Number(key.slice(1))).filter(number => number % 2 === group);
      return own.some((number, index) => number < (own[index - 1] ?? 0))
        ? [`group ${group} is out of order`]
        : [];
    });
  }
}
