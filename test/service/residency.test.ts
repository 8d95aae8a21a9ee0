// Attempts to get an order out of the Regions that may hold it: by the route, the replica, the queue, the cache, lists.
import { randomUUID } from 'node:crypto';
import { ChangeDelivery } from '../../lib/runtime/changes/change-delivery';
import { systemClock } from '../../lib/runtime/clock';
import { PostgresPool } from '../../lib/runtime/database/postgres-pool';
import { parseResidency } from '../../lib/runtime/residency/residency-policy';
import { jsonLogger, silentLogger } from '../../lib/runtime/telemetry/logger';
import { cartRoutes } from '../../lib/service/carts/shard-cart-routes';
import { placingTurn } from '../../lib/service/changes/change-worker';
import { CustomerOrders } from '../../lib/service/customers/customer-orders';
import { withCustomers } from '../../lib/service/customers/customer-routes';
import { HttpServer } from '../../lib/service/http/http-server';
import { orderCache, orderWarmer } from '../../lib/service/orders/order-cache';
import { OrderReads } from '../../lib/service/orders/order-reads';
import { orderRoutes } from '../../lib/service/orders/order-routes';
import { residentDelivery } from '../../lib/service/residency/residency-changes';
import { OrderResidency } from '../../lib/service/residency/residency-orders';
import { withResidency } from '../../lib/service/residency/residency-routes';
import { projectionTurn } from '../../lib/service/saga/saga-worker';
import { StockReads } from '../../lib/service/stock/stock-reads';
import { OutboxRelay } from '../../lib/service/worker/relay';
import { ModelCache, ModelCacheServer } from '../helpers/model-cache';
import { OrdersWorld, TestLease, TestQueue } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(60_000);

const HERE = 'us-east-2';
const THERE = 'us-west-2';
const BOTH = [HERE, THERE];
const SHARED = { application: 'orders', clock: systemClock, timeScale: 1 } as const;
let database: TestDatabase;
let world: OrdersWorld;
let replica: PostgresPool;
let caches: ModelCacheServer;
const servers: HttpServer[] = [];

beforeAll(async () => {
  database = await startDatabase([HERE, THERE]);
  world = new OrdersWorld(database, HERE);
  const settings = database.settings(THERE);
  const facts = { region: THERE, applicationName: 'replica', logger: silentLogger };
  replica = new PostgresPool({ settings, host: settings.host, ...facts });
});
beforeEach(async () => {
  await world.reset();
  caches = new ModelCacheServer(() => systemClock.monotonic());
});
afterEach(() => Promise.all(servers.splice(0).map(server => server.stop(0))));
afterAll(async () => {
  await Promise.all([world.pool.close(), replica.close()]);
  await database.stop();
});

/** The order service of this Region under a policy, composed as a clone does; without one, any order may be here. */
async function serve(rules?: string, copies: readonly string[] = BOTH) {
  const residency =
    rules === undefined
      ? undefined
      : new OrderResidency({ policy: parseResidency(rules), copies, changesReadIn: copies }, HERE);
  const process = world.process();
  const { fenced, orders } = process;
  const reads = new OrderReads(world.pool, residency);
  const cached = orderCache({
    ...SHARED,
    ...{ cache: new ModelCache(caches), reads, tagged: residency !== undefined },
    ...{ epoch: () => 1, cacheSeconds: () => 60 },
  });
  const consistent = async <T>(_: unknown, work: (on: OrderReads) => Promise<T>) => ({
    value: await work(new OrderReads(world.pool, residency)),
    from: 'leader' as const,
  });
  const maximumQuantity = () => 100;
  const position = async () => undefined;
  const routes = orderRoutes({ orders, reads, cached, residency, maximumQuantity, consistent, position });
  const customers = new CustomerOrders({
    ...{ application: 'orders', region: HERE, activation: process.lease.activation, fenced },
    ...{ makeId: randomUUID, idempotencySeconds: () => 3600 },
  });
  const search = new StockReads(world.pool, residency);
  const server = new HttpServer({
    routes: withResidency(
      withCustomers(routes, { orders: customers, reads: search, maximumQuantity }),
      residency,
    ),
    ...{ clock: systemClock, logger: silentLogger, makeId: randomUUID },
    facts: () => ({ region: HERE, epoch: 1, retryAfterSeconds: 1 }),
  });
  servers.push(server);
  const base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  const ask = async (path: string, tag?: string, body?: unknown) => {
    const headers: Record<string, string> = { 'idempotency-key': randomUUID() };
    if (tag !== undefined) headers['x-holdfast-jurisdiction'] = tag;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: text };
    const answer = await fetch(`${base}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { ask, cached, reads, residency, process };
}

const ORDER = { item: 'nut', quantity: 1, ledger: 'l', number: 1 };
const idOf = ({ body }: { body: Record<string, unknown> }): string => String(body.id);
const rowsIn = async (pool: PostgresPool) =>
  (
    await pool.query<{ jurisdiction: string | null }>('SELECT jurisdiction FROM orders ORDER BY created_at')
  ).rows.map(row => row.jurisdiction);
const refusal = (jurisdiction: string, ...regions: string[]) => ({
  error: {
    ...{ code: 'residency', jurisdiction, regions },
    message:
      regions.length > 0
        ? `records of jurisdiction ${jurisdiction} may not be held in ${HERE}`
        : `records of jurisdiction ${jurisdiction} may be held nowhere by this application`,
  },
});

test('by the route: 421 with the Regions that may, before the body is read, and nothing is stored', async () => {
  const { ask } = await serve(`eu=eu-west-1,eu-central-1;us=${BOTH}`);
  // A body that is not even JSON: whoever read it would say 400.
  const answer = await ask('/orders', 'eu', '{not json');
  expect(answer).toEqual({ status: 421, body: refusal('eu', 'eu-west-1', 'eu-central-1') });
  const customer = { customer: 'c', item: 'nut', quantity: 1, cents: 5 };
  expect((await ask('/orders', 'eu', customer)).status).toBe(421);
  expect(await ask('/orders', 'mars', ORDER)).toEqual({ status: 403, body: refusal('mars') });
  expect(await ask('/orders', undefined, ORDER)).toEqual({ status: 403, body: refusal('untagged') });
  expect((await ask('/orders', 'EU', ORDER)).status).toBe(400);
  expect(await rowsIn(world.pool)).toEqual([]);
  expect(await world.process().counts()).toMatchObject({ keys: 0, outbox: 0 });
  expect((await ask('/orders', 'us', ORDER)).status).toBe(201);
  expect((await ask('/orders', 'us', customer)).status).toBe(201);
  expect(await rowsIn(world.pool)).toEqual(['us', 'us']);
});

test('by replication: what may be here and not where the database is copied is refused, and gets to no replica', async () => {
  const { ask } = await serve(`east=${HERE},us-east-1;us=${BOTH};local=${HERE}`);
  expect(await ask('/orders', 'east', ORDER)).toEqual({ status: 421, body: refusal('east', 'us-east-1') });
  expect(await ask('/orders', 'local', ORDER)).toEqual({ status: 403, body: refusal('local') });
  await ask('/orders', 'us', ORDER);
  // The replica follows, so that what is missing there was not merely late.
  while ((await rowsIn(replica)).length === 0) await systemClock.sleep(5);
  expect(await rowsIn(replica)).toEqual(['us']);
  const alone = await serve(`east=${HERE},us-east-1`, [HERE]);
  expect((await alone.ask('/orders', 'east', ORDER)).status).toBe(201);
});

test('by reading: what an older policy let in is told by no route, list, search, cache or warmer', async () => {
  const before = await serve();
  const customer = { customer: 'c-9', item: 'nut', quantity: 1, cents: 5 };
  const id = idOf(await before.ask('/orders', 'eu', ORDER));
  const mine = idOf(await before.ask('/orders', 'us', ORDER));
  await before.ask('/orders', 'eu', customer);
  const turn = projectionTurn({ fenced: before.process.fenced, logger: silentLogger });
  while (await turn(1));
  expect((await before.ask(`/orders/${id}`)).status).toBe(200);
  expect((await before.ask('/orders?customer=c-9')).body.orders).toHaveLength(1);

  const after = await serve(`eu=eu-west-1;us=${BOTH};*=${BOTH}`);
  const refused = { status: 421, body: refusal('eu', 'eu-west-1') };
  expect(await after.ask(`/orders/${id}`)).toEqual(refused);
  expect(await after.ask(`/orders/${id}?consistency=strong`)).toEqual(refused);
  expect((await after.ask(`/orders/${mine}`)).body).toMatchObject({ id: mine, jurisdiction: 'us' });
  const { orders } = (await after.ask('/orders?ledger=l')).body as { orders: Array<{ id: string }> };
  expect(orders.map(order => order.id)).toEqual([mine]);
  expect((await after.ask('/orders?customer=c-9')).body.orders).toEqual([]);
  expect(await after.reads.recentIds(10)).toEqual([mine]);
  expect([...(await after.reads.findMany([id, mine])).keys()]).toEqual([mine]);
  const { cached, reads } = after;
  const cache = new ModelCache(caches);
  const warmer = orderWarmer(cached, { ...SHARED, cache, reads, epoch: () => 1, cacheSeconds: () => 60 });
  expect(await warmer.warm(1)).toMatchObject({ looked: 1 });
});

test('by the cache: an order that is kept with its tag is refused when the policy changes', async () => {
  const before = await serve(`eu=${BOTH}`);
  const id = idOf(await before.ask('/orders', 'eu', ORDER));
  expect((await before.ask(`/orders/${id}`)).status).toBe(200);
  const after = await serve('eu=eu-west-1');
  expect((await after.cached.read(id)).source).toBe('cache');
  expect(await after.ask(`/orders/${id}`)).toEqual({ status: 421, body: refusal('eu', 'eu-west-1') });
});

test('by the queue: what may not be here is not sent and stays open; the rest goes, and it too when it may', async () => {
  const before = await serve();
  const held = idOf(await before.ask('/orders', 'eu', ORDER));
  const free = idOf(await before.ask('/orders', 'us', ORDER));
  const { residency } = await serve(`eu=eu-west-1;us=${BOTH}`);
  const queue = new TestQueue();
  const parts = {
    activation: new TestLease().activation,
    fenced: before.process.fenced,
    logger: silentLogger,
  };
  const sent = () => [...queue.messages.values()].map(({ body }) => JSON.parse(body).orderId);
  await new OutboxRelay({ ...parts, queue, residency }).relay();
  expect(sent()).toEqual([free]);
  expect(await before.process.counts()).toMatchObject({ open: 2 });
  await new OutboxRelay({ ...parts, queue }).relay();
  expect(sent()).toEqual([free, held]);
});

test('by the change feed: a report or stream that is read elsewhere gets the rest, and is told what it does not', async () => {
  const before = await serve();
  const { fenced } = before.process;
  const lines: string[] = [];
  const logger = jsonLogger({ clock: systemClock, write: line => void lines.push(line), base: {} });
  const policy = parseResidency(`us=${BOTH};all=${BOTH},eu-west-1`);
  const residency = { policy, copies: BOTH, changesReadIn: [HERE, 'eu-west-1'] };
  const got: string[] = [];
  const deliver = residentDelivery({ residency, logger }, 'stream', async ({ changes }) => {
    got.push(...changes.map(({ key }) => key));
  });
  const delivery = new ChangeDelivery({ name: `stream-${randomUUID()}`, fenced, deliver });
  const deliverAll = async () => {
    while (await placingTurn({ fenced })(1));
    while (await delivery.turn(1));
  };
  // What the tests before this one have changed.
  await deliverAll();
  got.splice(0);
  lines.splice(0);
  const held = idOf(await before.ask('/orders', 'us', ORDER));
  const free = idOf(await before.ask('/orders', 'all', ORDER));
  await deliverAll();
  expect(got).toEqual([free]);
  const told = { level: 'error', message: 'changes.held', delivery: 'stream', held: 1, orders: [held] };
  expect(lines.map(line => JSON.parse(line))).toEqual([expect.objectContaining(told)]);

  // A person puts the tag right, or takes it away: each change shows the row as it was under the other one.
  for (const tag of ['all', 'us']) {
    await fenced.run(1, transaction =>
      transaction.query('UPDATE orders SET jurisdiction = $2 WHERE id = $1', [held, tag]),
    );
  }
  got.splice(0);
  lines.splice(0);
  await deliverAll();
  expect(got).toEqual([]);
  expect(lines.map(line => JSON.parse(line))).toEqual([expect.objectContaining({ ...told, held: 2 })]);
});

test('by a cart: a request is judged by its header, though the cart bears none', async () => {
  const residency = new OrderResidency(
    { policy: parseResidency(`us=${BOTH};eu=eu-west-1`), copies: BOTH, changesReadIn: BOTH },
    HERE,
  );
  const asked: string[] = [];
  const cart = async (customer: string) => {
    asked.push(customer);
    return { customer, version: 1, items: [] };
  };
  const carts = { find: cart, put: cart, interest: async () => 0 };
  const lines: string[] = [];
  const logger = jsonLogger({ clock: systemClock, write: line => void lines.push(line), base: {} });
  const server = new HttpServer({
    routes: cartRoutes({ carts, residency, maximumQuantity: () => 100 }),
    ...{ clock: systemClock, logger, makeId: randomUUID },
    facts: () => ({ region: HERE, epoch: 1, retryAfterSeconds: 1 }),
  });
  servers.push(server);
  const base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  const ask = async (method: string, tag?: string) => {
    const headers: Record<string, string> = tag === undefined ? {} : { 'x-holdfast-jurisdiction': tag };
    const body = method === 'GET' ? undefined : JSON.stringify({ item: 'nut', quantity: 1 });
    return (await fetch(`${base}/carts/jane.doe`, { method, headers, body })).status;
  };
  expect(await ask('POST', 'eu')).toBe(421);
  expect(await ask('GET', 'eu')).toBe(421);
  expect(await ask('POST')).toBe(403);
  expect(asked).toEqual([]);
  expect(await ask('POST', 'us')).toBe(200);
  expect(await ask('GET')).toBe(200);
  expect(await ask('PUT', 'us')).toBe(405);
  expect(asked).toEqual(['jane.doe', 'jane.doe']);
  // Nor does the log of a Region know who was turned away in it, or who was not.
  expect(lines.join()).toContain('/carts/:id');
  expect(lines.join()).not.toContain('jane');
});
