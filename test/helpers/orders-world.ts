// The reference service's parts on a real database, with a lease, a register and a queue that a test drives.
import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/runtime/clock';
import { FencedTransactions } from '../../lib/runtime/database/fence';
import { PostgresPool } from '../../lib/runtime/database/postgres-pool';
import type { IncomingMessage, OutgoingMessage, Queue } from '../../lib/runtime/queue/queue';
import type { LeaseState } from '../../lib/runtime/register/lease';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { type FinishedSpan, Tracer } from '../../lib/runtime/telemetry/tracer';
import type { ActivationState } from '../../lib/service/activation';
import { Fulfilment } from '../../lib/service/orders/fulfilment';
import { OrderReads } from '../../lib/service/orders/order-reads';
import { Orders } from '../../lib/service/orders/orders';
import { ensureSchema } from '../../lib/service/schema';
import { Consumer } from '../../lib/service/worker/consumer';
import { OutboxRelay } from '../../lib/service/worker/relay';
import { FaultyDatabase } from './faulty-database';
import type { TestDatabase } from './postgres';

/** A lease that a test holds in its hand. */
export class TestLease {
  constructor(
    public epoch = 1,
    public held = true,
  ) {}

  readonly state = (): LeaseState =>
    this.held
      ? { held: true, epoch: this.epoch, validUntil: Number.POSITIVE_INFINITY }
      : { held: false, reason: 'expired' };

  readonly activation = {
    state: (): ActivationState =>
      this.held ? { active: true, epoch: this.epoch } : { active: false, reason: 'the lease is not held' },
    requireEpoch: () => this.epoch,
  };
}

/** A queue in memory that keeps every message until it is removed and delivers as often as a test likes. */
export class TestQueue implements Queue {
  readonly messages = new Map<string, IncomingMessage>();
  released = 0;

  async send(messages: readonly OutgoingMessage[]): Promise<readonly string[]> {
    for (const { body, attributes } of messages) {
      const receipt = randomUUID();
      this.messages.set(receipt, { messageId: receipt, receipt, body, attributes, receiveCount: 1 });
    }
    return [];
  }

  async receive(
    _waitSeconds?: number,
    _signal?: AbortSignal,
    most = 10,
  ): Promise<readonly IncomingMessage[]> {
    return [...this.messages.values()].slice(0, most);
  }

  async remove(receipts: readonly string[]): Promise<void> {
    for (const receipt of receipts) this.messages.delete(receipt);
  }

  async release(receipts: readonly string[]): Promise<void> {
    this.released += receipts.length;
  }

  async extend(): Promise<void> {}

  async check(): Promise<void> {}
}

/** One process of the service in one Region, with faults at hand. */
export class TestProcess {
  readonly database: FaultyDatabase;
  readonly fenced: FencedTransactions;
  readonly orders: Orders;
  readonly relay: OutboxRelay;
  readonly consumer: Consumer;
  readonly reads: OrderReads;
  /** Spans of the consumer. */
  readonly spans: FinishedSpan[] = [];

  constructor(
    private readonly pool: PostgresPool,
    readonly lease: TestLease,
    readonly queue: TestQueue,
    region: string,
  ) {
    this.database = new FaultyDatabase(pool);
    this.fenced = new FencedTransactions(this.database, lease.state);
    const { fenced } = this;
    const { activation } = lease;
    const logger = silentLogger;
    this.orders = new Orders({
      application: 'orders',
      region,
      activation,
      fenced,
      makeId: randomUUID,
      idempotencySeconds: () => 3600,
    });
    this.relay = new OutboxRelay({ activation, fenced, queue, logger });
    this.consumer = new Consumer({
      activation,
      telemetry: {
        monotonic: () => systemClock.monotonic(),
        tracer: new Tracer({
          clock: systemClock,
          makeHex: digits => randomBytes(digits / 2).toString('hex'),
          export: span => void this.spans.push(span),
        }),
      },
      queue,
      fulfilment: new Fulfilment({ fenced, worker: 'test' }),
      changed: async () => undefined,
      fenced,
      source: { queue: 'test', region },
      worker: 'test',
      limits: () => ({ paused: false, perSecond: 10_000, maximumInFlight: 20 }),
      clock: systemClock,
      logger,
      waitSeconds: 1,
      visibilitySeconds: 30,
      pauseMilliseconds: 10,
    });
    this.reads = new OrderReads(pool);
  }

  /** Orders one nut under a key. */
  order(key: string, quantity = 1) {
    return this.orders.accept({
      request: { item: 'nut', quantity, ledger: 'test', number: 1 },
      idempotencyKey: key,
      correlationId: `correlation-${key}`,
    });
  }

  /** Works one batch of messages. */
  consume(): Promise<boolean> {
    return this.consumer.consume(new AbortController().signal);
  }

  /** How many rows the three tables of an order hold. */
  async counts(): Promise<{ orders: number; keys: number; outbox: number; effects: number; open: number }> {
    const { rows } = await this.pool.query<{
      orders: number;
      keys: number;
      outbox: number;
      effects: number;
      open: number;
    }>(
      `SELECT (SELECT count(*) FROM orders)::int AS orders, (SELECT count(*) FROM idempotency_keys)::int AS keys,
        (SELECT count(*) FROM outbox)::int AS outbox, (SELECT count(*) FROM effects)::int AS effects,
        (SELECT count(*) FROM outbox WHERE closed_at IS NULL)::int AS open`,
    );
    return rows[0] as never;
  }
}

/** Brings the schema and makes processes on one Region's database. */
export class OrdersWorld {
  readonly pool: PostgresPool;

  constructor(
    database: TestDatabase,
    readonly region: string,
  ) {
    const settings = database.settings(region);
    this.pool = new PostgresPool({
      settings,
      host: settings.host,
      region,
      applicationName: 'test',
      logger: silentLogger,
    });
  }

  /** An empty schema with the fence at 0. */
  async reset(): Promise<void> {
    await ensureSchema(this.pool);
    await this.pool.query(
      'TRUNCATE orders, idempotency_keys, outbox, effects, parked_messages, job_attempts',
    );
    await this.pool.query('UPDATE fence SET epoch = 0');
  }

  process(lease = new TestLease(), queue = new TestQueue()): TestProcess {
    return new TestProcess(this.pool, lease, queue, this.region);
  }

  async fence(): Promise<number> {
    const { rows } = await this.pool.query<{ epoch: string }>('SELECT epoch FROM fence');
    return Number(rows[0]?.epoch);
  }
}
