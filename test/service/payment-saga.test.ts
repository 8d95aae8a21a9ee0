import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/runtime/clock';
import { PostgresSagaStore } from '../../lib/runtime/saga/postgres-saga-store';
import { listSagas, sagaHistory } from '../../lib/runtime/saga/saga-reads';
import { SagaRunner } from '../../lib/runtime/saga/saga-runner';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { formatTraceparent, withinSpan } from '../../lib/runtime/telemetry/trace-context';
import { CustomerOrders } from '../../lib/service/customers/customer-orders';
import { OrderReads } from '../../lib/service/orders/order-reads';
import { LabPaymentProvider } from '../../lib/service/payment/payment-provider';
import { paymentSaga } from '../../lib/service/saga/saga-payment';
import { projectionTurn } from '../../lib/service/saga/saga-worker';
import { StockReads } from '../../lib/service/stock/stock-reads';
import { StockStore } from '../../lib/service/stock/stock-store';
import { OrdersWorld, TestLease, type TestProcess } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
let database: TestDatabase;
let world: OrdersWorld;
let item: string;

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(async () => {
  await world.reset();
  await world.pool.query('TRUNCATE sagas, saga_steps, lab_payments, stock_reservations');
  item = `nut-${randomUUID()}`;
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

const place = (process: TestProcess, customer: string, cents = 500, key = 'key', quantity = 2) =>
  new CustomerOrders({
    application: 'orders',
    region: REGION,
    activation: process.lease.activation,
    fenced: process.fenced,
    makeId: randomUUID,
    idempotencySeconds: () => 3600,
  }).accept({ request: { customer, item, quantity, cents }, idempotencyKey: key, correlationId: 'c' });

const runner = ({ fenced }: TestProcess) =>
  new SagaRunner({
    store: new PostgresSagaStore(fenced),
    sagas: [paymentSaga({ fenced, provider: new LabPaymentProvider(world.pool) })],
    clock: systemClock,
    random: () => 0,
    logger: silentLogger,
    worker: 'w',
    timeScale: 10,
  });

const receive = (process: TestProcess, quantity: number) =>
  process.fenced.run(process.lease.epoch, tx =>
    new StockStore(tx, { actor: 't', correlationId: 'c', epoch: process.lease.epoch }).receive(
      item,
      quantity,
    ),
  );

const payments = async () => (await world.pool.query('SELECT status, calls FROM lab_payments')).rows;

test('an order is reserved, paid, handed on, fulfilled once, and found by its customer', async () => {
  const process = world.process();
  await receive(process, 5);
  const customer = `c-${randomUUID()}`;
  const { order } = await place(process, customer);
  expect(await place(process, customer)).toEqual({ order, replayed: true });
  expect(await runner(process).turn(1)).toBe(true);
  expect(await runner(process).turn(1)).toBe(false);
  expect(await payments()).toEqual([{ status: 'charged', calls: 1 }]);
  await process.relay.relay();
  const { rows } = await world.pool.query<{ order_id: string; epoch_sent: string }>(
    'SELECT order_id, epoch_sent FROM outbox',
  );
  expect(rows).toEqual([{ order_id: order.id, epoch_sent: '1' }]);
  const turn = projectionTurn({ fenced: process.fenced, logger: silentLogger });
  while (await turn(1));
  const reads = new StockReads(world.pool);
  expect(await reads.level(item)).toEqual({ item, available: 3, reserved: 2 });
  expect(await reads.byCustomer(customer, 0, 10)).toEqual({
    orders: [{ id: order.id, item, quantity: 2, cents: 500, status: 'confirmed' }],
    next: null,
  });
});

test('the trace of the request comes out at the other end of the saga, and stands in no event', async () => {
  const process = world.process();
  await receive(process, 5);
  const request = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
  const { order } = await withinSpan(request, () => place(process, 'traced'));
  await runner(process).turn(1);
  await process.relay.relay();
  const [message] = [...process.queue.messages.values()];
  expect(message?.attributes.traceparent).toBe(formatTraceparent(request));
  const { rows } = await world.pool.query('SELECT data FROM events WHERE stream = $1', [`order-${order.id}`]);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain(request.traceId);
});

test('what is not in stock is not charged; what is declined gives its stock back; both are rejected', async () => {
  const process = world.process();
  await receive(process, 2);
  const missing = await place(process, 'a', 500, 'missing', 3);
  const declined = await place(process, 'b', 2_000_000, 'declined');
  for (let turn = 0; turn < 2; turn += 1) await runner(process).turn(1);
  expect(await listSagas(world.pool, 'undone')).toHaveLength(2);
  const reads = new OrderReads(world.pool);
  for (const { order } of [missing, declined]) {
    expect(await reads.find(order.id)).toMatchObject({ status: 'rejected', fulfilments: 0 });
  }
  expect(await payments()).toEqual([{ status: 'refused', calls: 1 }]);
  const turn = projectionTurn({ fenced: process.fenced, logger: silentLogger });
  while (await turn(1));
  expect(await new StockReads(world.pool).level(item)).toMatchObject({ available: 2, reserved: 0 });
  expect((await process.counts()).outbox).toBe(0);
});

test('after a crash at any commit, and in another epoch, it goes on under the same tokens and charges once', async () => {
  for (let crashes = 1; crashes <= 5; crashes += 1) {
    await world.pool.query('TRUNCATE sagas, saga_steps, lab_payments, stock_reservations');
    const old = world.process(new TestLease(crashes * 2 - 1));
    await receive(old, 5);
    await place(old, 'c', 500, `key-${crashes}`);
    let commits = 0;
    const transaction = old.database.transaction.bind(old.database);
    old.database.transaction = async work => {
      commits += 1;
      if (commits > crashes) return new Promise(() => undefined);
      return transaction(work);
    };
    void runner(old).turn(crashes * 2 - 1);
    while (commits <= crashes) await new Promise(resolve => setImmediate(resolve));
    const next = world.process(new TestLease(crashes * 2));
    await runner(next).turn(crashes * 2);
    const [saga] = await listSagas(world.pool, 'done');
    expect((await payments()).map(row => (row as { status: string }).status)).toEqual(['charged']);
    const history = await sagaHistory(world.pool, saga?.id ?? '');
    expect(history?.steps.at(-1)).toMatchObject({
      step: 'confirm',
      outcome: 'ok',
      epoch: crashes * 2,
      worker: 'w',
    });
  }
});

test('a hand that lost the saga records nothing', async () => {
  const process = world.process();
  await receive(process, 5);
  await place(process, 'c');
  const store = new PostgresSagaStore(process.fenced);
  const request = { names: ['payment'], epoch: 1, worker: 'w', leaseMilliseconds: 0 };
  const first = await store.claim(request);
  const second = await store.claim(request);
  expect(second?.lease).toBe((first?.lease ?? 0) + 1);
  expect(await store.claim({ ...request, names: ['other'] })).toBeUndefined();
  if (first === undefined) throw new Error('nothing was claimed');
  const entry = {
    step: 'order',
    direction: 'take',
    attempt: 1,
    token: 't',
    outcome: 'ok',
    reason: undefined,
  } as const;
  await store.record(first, { ...first.state, status: 'done' }, entry, { go: 'over' });
  expect(await listSagas(world.pool, 'done')).toEqual([]);
  expect((await sagaHistory(world.pool, first.id))?.steps).toEqual([]);
});
