import { systemClock } from '../../lib/runtime/clock';
import { RuntimeError } from '../../lib/runtime/errors';
import type { RingDocument } from '../../lib/runtime/shards/shard-ring';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { cartRoutes } from '../../lib/service/carts/shard-cart-routes';
import { Carts, MOST_LINES } from '../../lib/service/carts/shard-carts';
import { makeShards } from '../../lib/service/carts/shard-parts';
import { DEFAULT_RING } from '../../lib/service/carts/shard-ring';
import { HttpServer } from '../../lib/service/http/http-server';
import { rebalanceTurn } from '../../lib/service/leader/leader-rebalance';
import { DEFAULT_CONFIG, parseServiceConfig } from '../../lib/service/service-config';
import { FaultyDatabase } from '../helpers/faulty-database';
import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(60_000);

const REGION = 'us-east-2';
let database: TestDatabase;
let world: OrdersWorld;
const servers: HttpServer[] = [];

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(async () => {
  await world.reset();
  for (const shard of ['a', 'b', 'c', 'd'])
    await world.pool.query(`DROP SCHEMA IF EXISTS shard_${shard} CASCADE`);
});
afterEach(() => Promise.all(servers.splice(0).map(server => server.stop(0))));
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

/** A clone's carts, with its lease and its configuration in a test's hand. */
async function clone(lease = new TestLease()) {
  const process = world.process(lease);
  const lines: Array<Record<string, unknown>> = [];
  const logger = jsonLogger({ clock: systemClock, write: line => lines.push(JSON.parse(line)), base: {} });
  const config: { ring: RingDocument } = { ring: DEFAULT_RING };
  const activation = {
    state: lease.activation.state,
    requireEpoch: () => {
      if (!lease.held) throw new RuntimeError('not-active', 'this Region takes no writes');
      return lease.epoch;
    },
  };
  const shards = makeShards({
    ...{ database: process.database, fenced: process.fenced, activation, clock: systemClock, logger },
    configured: () => config.ring,
  });
  let turn = 0;
  const carts = new Carts({ ...shards, clock: systemClock, logger, random: () => (turn++ % 8) / 8 });
  const server = new HttpServer({
    routes: cartRoutes({ carts, maximumQuantity: () => 100 }),
    ...{ clock: systemClock, logger, makeId: () => 'id' },
    facts: () => ({ region: REGION, epoch: lease.epoch, retryAfterSeconds: 1 }),
  });
  servers.push(server);
  const base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  const call = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${base}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  return { lease, lines, config, shards, carts, call };
}

test('a cart is set, set again to the same end, emptied, and found', async () => {
  const { shards, call } = await clone();
  await shards.ring.turn();
  expect(await call('/carts/c-1')).toEqual({ status: 200, body: { customer: 'c-1', version: 0, items: [] } });
  await call('/carts/c-1', { item: 'nut', quantity: 2 });
  await call('/carts/c-1', { item: 'nut', quantity: 3 });
  await call('/carts/c-1', { item: '__proto__', quantity: 1 });
  expect((await call('/carts/c-1', { item: 'nut', quantity: 3 })).body).toEqual({
    customer: 'c-1',
    version: 4,
    items: [
      { item: '__proto__', quantity: 1 },
      { item: 'nut', quantity: 3 },
    ],
  });
  expect((await call('/carts/c-1', { item: 'nut', quantity: 0 })).body.items).toHaveLength(1);
  expect((await call('/carts/c-1')).body).toMatchObject({ version: 5, items: [{ item: '__proto__' }] });
  expect((await call('/interest/nut')).body).toEqual({ item: 'nut', added: 3 });
});

test('what is no cart, no item or does not fit is told with its fix', async () => {
  const { shards, carts, call } = await clone();
  await shards.ring.turn();
  const statusOf = async (path: string, body?: unknown) => (await call(path, body)).status;
  expect(await statusOf('/carts/c%201')).toBe(400);
  expect(await statusOf('/carts/%zz')).toBe(400);
  for (const wrong of [{ item: '', quantity: 1 }, { item: 'nut' }, { item: 'nut', quantity: 101 }, [], null])
    expect(await statusOf('/carts/c', wrong)).toBe(400);
  expect(await statusOf('/carts/c', { item: 'nut', quantity: -1 })).toBe(400);
  for (let line = 0; line < MOST_LINES; line += 1)
    await carts.put('full', { item: `item-${line}`, quantity: 1 });
  const full = await call('/carts/full', { item: 'one more', quantity: 1 });
  expect(full.status).toBe(400);
  expect(full.body.error).toMatchObject({ problems: [{ received: 'one more', fix: expect.any(String) }] });
  expect(await statusOf('/carts/full', { item: 'item-0', quantity: 2 })).toBe(200);
});

test('a standby refuses changes, reads what came by replication, and makes schemas once it writes', async () => {
  const { lease, shards, call } = await clone(new TestLease(1, false));
  expect((await call('/carts/c')).body.error).toMatchObject({ code: 'unavailable' });
  await shards.ring.turn();
  expect((await call('/carts/c')).status).toBe(503);
  lease.held = true;
  await shards.ring.turn();
  expect((await call('/carts/c', { item: 'nut', quantity: 1 })).status).toBe(200);
  lease.held = false;
  expect((await call('/carts/c')).body.items).toHaveLength(1);
  const refused = await call('/carts/c', { item: 'nut', quantity: 2 });
  expect([refused.status, refused.body.error]).toMatchObject([503, { code: 'not-active' }]);
});

test('a writer of an older epoch is refused by the database, in every shard', async () => {
  const [old, young] = [await clone(new TestLease(1)), await clone(new TestLease(2))];
  await old.shards.ring.turn();
  await young.shards.ring.turn();
  await young.carts.put('anyone', { item: 'nut', quantity: 1 });
  for (const customer of ['a', 'b', 'c', 'd', 'e'])
    await expect(old.carts.put(customer, { item: 'nut', quantity: 1 })).rejects.toMatchObject({
      code: 'fenced',
    });
});

test('a new ring of the configuration is made, moved to by the leader, and learnt by clones that have not heard', async () => {
  const [leader, other] = [await clone(), await clone()];
  await leader.shards.ring.turn();
  await other.shards.ring.turn();
  const customers = Array.from({ length: 60 }, (_, number) => `c-${number}`);
  for (const customer of customers) await leader.carts.put(customer, { item: 'nut', quantity: 1 });
  leader.config.ring = {
    ...DEFAULT_RING,
    version: 2,
    shards: ['a', 'b', 'c', 'd'],
    movingFrom: ['a', 'b', 'c'],
  };
  await leader.shards.ring.turn();
  const token = { epoch: 1, term: 1 };
  let leads = false;
  const logger = jsonLogger({
    clock: systemClock,
    write: line => leader.lines.push(JSON.parse(line)),
    base: {},
  });
  const turn = rebalanceTurn({
    election: { current: () => (leads ? { token, validUntil: 0 } : undefined) },
    ...{ shards: leader.shards, clock: systemClock, logger, pauseMilliseconds: 1 },
  });
  expect(await turn()).toBeUndefined();
  leads = true;
  while (!(await turn())?.done);
  const { rows } = await world.pool.query<{ there: number }>(
    'SELECT count(*)::int AS there FROM shard_d.records',
  );
  expect(rows[0]?.there).toBeGreaterThan(0);
  expect(leader.lines).toContainEqual(
    expect.objectContaining({ message: 'shards.moved', version: 2, moved: rows[0]?.there }),
  );
  expect(other.shards.directory.status?.version).toBe(1);
  for (const customer of customers) expect((await other.carts.find(customer)).items).toHaveLength(1);
  expect(other.shards.directory.status?.version).toBe(2);
  // What its configuration still says is older, and changes nothing.
  other.config.ring = { ...DEFAULT_RING };
  await other.shards.ring.turn();
  expect(other.lines).toContainEqual(expect.objectContaining({ message: 'shards.ring-refused', inForce: 2 }));
  expect((await other.carts.put('c-1', { item: 'nut', quantity: 5 })).version).toBe(2);
});

test('a hot item is found, and once its counter is spread nothing is lost, over several shards', async () => {
  const { shards, carts, config, lines } = await clone();
  await shards.ring.turn();
  for (let count = 0; count < 100; count += 1) await carts.put('c', { item: 'hot', quantity: count + 1 });
  carts.report();
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: 'shards.hot-keys',
      keys: [{ key: 'interest:hot', count: 100, spread: 1 }],
    }),
  );
  config.ring = { ...DEFAULT_RING, version: 2, spread: { 'interest:hot': 8 } };
  await shards.ring.turn();
  for (let count = 0; count < 16; count += 1) await carts.put('c', { item: 'hot', quantity: 1 });
  expect(await carts.interest('hot')).toBe(116);
  const { rows } = await world.pool.query(
    ['a', 'b', 'c']
      .map(shard => `SELECT '${shard}' FROM shard_${shard}.records WHERE key LIKE 'interest:hot%'`)
      .join(' UNION ALL '),
  );
  expect(rows).toHaveLength(8);
});

test('a ring whose schemas cannot be made stays away, is told, and is taken once they can be', async () => {
  const denied = new Error('permission denied for database orders');
  const transaction = jest.spyOn(FaultyDatabase.prototype, 'transaction').mockRejectedValueOnce(denied);
  const { shards, call, lines } = await clone();
  await shards.ring.follow();
  transaction.mockRestore();
  expect(lines).toContainEqual(
    expect.objectContaining({ message: 'shards.ring-not-taken', reason: denied.message }),
  );
  expect((await call('/carts/c')).body.error).toMatchObject({ code: 'unavailable' });
  await shards.ring.follow();
  expect((await call('/carts/c', { item: 'nut', quantity: 1 })).status).toBe(200);
});

test('a ring of the configuration is read as strictly as the rest of it', () => {
  const parse = (shardRing: unknown) => parseServiceConfig(JSON.stringify({ shardRing })).shardRing;
  expect(parseServiceConfig('{}').shardRing).toEqual(DEFAULT_CONFIG.shardRing);
  expect(parse({ ...DEFAULT_RING, version: 3 }).version).toBe(3);
  for (const wrong of [
    null,
    'a',
    {},
    { ...DEFAULT_RING, version: '3' },
    { ...DEFAULT_RING, shards: ['A b'] },
  ])
    expect(() => parse(wrong)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});
