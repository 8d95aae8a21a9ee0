// The feed of changes through a move and through a failover that loses data, on two PostgreSQL servers.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../lib/lab/wait-for';
import { RegionalInvalidator } from '../../lib/runtime/cache/regional-invalidator';
import { type ChangeBatch, ChangeDelivery } from '../../lib/runtime/changes/change-delivery';
import { type PlacedChange, readChanges } from '../../lib/runtime/changes/change-log';
import { systemClock } from '../../lib/runtime/clock';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { placingTurn } from '../../lib/service/changes/change-worker';
import { ModelCache, ModelCacheServer } from '../helpers/model-cache';
import { OrdersWorld, TestLease, type TestProcess } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const EAST = 'us-east-2';
const WEST = 'us-west-2';
let database: TestDatabase;
let east: OrdersWorld;
let west: OrdersWorld;
/** A Region's own store: a name holds one batch, and whoever brings it again replaces it. */
const stores = { [EAST]: new Map<string, ChangeBatch>(), [WEST]: new Map<string, ChangeBatch>() };

beforeAll(async () => {
  database = await startDatabase([EAST, WEST]);
  east = new OrdersWorld(database, EAST);
  west = new OrdersWorld(database, WEST);
  await east.reset();
});
afterAll(async () => {
  await Promise.all([east?.pool.close(), west?.pool.close()]);
  await database?.stop();
});

/** A worker's feed into the store of its Region; `dies` after it has brought a batch and before it has noted it. */
function feed(world: OrdersWorld, process: TestProcess, options: { dies?: boolean; most?: number } = {}) {
  const { dies = false, most = 3 } = options;
  const epoch = process.lease.epoch;
  const deliver = async (batch: ChangeBatch) => {
    stores[world.region as keyof typeof stores].set(batch.name, batch);
    if (dies) throw new Error('killed');
  };
  const delivery = new ChangeDelivery({ name: 'feed', fenced: process.fenced, deliver, most });
  return {
    turn: () => delivery.turn(epoch),
    async drain() {
      while (await placingTurn(process)(epoch));
      while (await delivery.turn(epoch));
    },
  };
}

const order = async (process: TestProcess) => (await process.order(randomUUID())).order.id;
const idsIn = (region: keyof typeof stores) =>
  [...stores[region].values()].flatMap(({ changes }) => changes.map(({ id }) => id));
const log = (world: OrdersWorld) => readChanges(world.pool, 1, 1000);
const placesOf = (changes: readonly PlacedChange[]) => changes.map(({ position }) => position);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

async function writable(world: OrdersWorld): Promise<void> {
  const asks = 'SELECT pg_is_in_recovery() AS replica';
  const look = async () => {
    const { rows } = await world.pool.query<{ replica: boolean }>(asks).catch(() => ({ rows: [] }));
    return rows[0]?.replica === false;
  };
  await waitFor(look, { clock: systemClock, timeout: 30_000, what: 'the writer' });
}

test('a move without loss: the batch in hand keeps its name and its changes, the rest follows once, places go on', async () => {
  const old = east.process(new TestLease(1));
  for (let index = 0; index < 4; index += 1) await order(old);
  while (await placingTurn(old)(1));
  await expect(feed(east, old, { dies: true }).turn()).rejects.toThrow('killed');
  // Committed, and without a place when the Region goes.
  await order(old);
  await database.global.switchover(WEST);
  await writable(west);

  const next = west.process(new TestLease(2));
  await order(next);
  await feed(west, next).drain();
  // The killed worker's Region comes back, and it is not asked any more.
  await expect(feed(east, old).turn()).rejects.toMatchObject({
    code: expect.stringMatching(/not-active|unavailable/),
  });

  const all = await log(west);
  expect(placesOf(all)).toEqual(upTo(6));
  expect(all.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 1, 2]);
  expect(idsIn(WEST)).toEqual(all.map(({ id }) => id));
  const [[name, batch] = ['none', undefined]] = stores[EAST];
  // In the order of their names, which are those of the places.
  expect([...stores[WEST].keys()]).toEqual([...stores[WEST].keys()].sort());
  expect(stores[WEST].get(name)?.changes).toEqual(batch?.changes);
});

test('a failover that loses the end of the log: what is left is told once, what was lost under no name that is used again', async () => {
  const writer = west.process(new TestLease(2));
  const kept = (await log(west)).length;
  await database.global.rejoin();
  const follows = async () => (await log(east).catch(() => [])).length === kept;
  await waitFor(follows, { clock: systemClock, timeout: 30_000, what: 'the replica' });
  // East has received nothing of what follows, and West has delivered it.
  await database.global.link(EAST, 'cut');
  const cut = async () =>
    (await east.pool.query('SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL')).rowCount === 0;
  await waitFor(cut, { clock: systemClock, timeout: 30_000, what: 'the cut' });
  const lost = [await order(writer), await order(writer)];
  await feed(west, writer).drain();
  const told = await log(west);
  await database.global.failover(EAST);
  await writable(east);

  const next = east.process(new TestLease(3));
  const fresh = [await order(next), await order(next)];
  await feed(east, next).drain();
  const all = await log(east);
  expect(placesOf(all)).toEqual(upTo(kept + fresh.length));
  expect(all.slice(kept).map(({ key, epoch }) => [key, epoch])).toEqual(fresh.map(key => [key, 3]));
  expect(all.filter(({ key }) => lost.includes(key))).toEqual([]);
  expect(told.filter(({ key }) => lost.includes(key))).toHaveLength(2);
  // Of what is left nothing is missing over both stores, and by its id each change is one.
  const ids = [...idsIn(EAST), ...idsIn(WEST)];
  expect(new Set(ids)).toEqual(new Set([...all, ...told].map(({ id }) => id)));
  // A name stands for one content, wherever it lies: those of the lost places bear the older epoch.
  for (const [name, { changes }] of stores[EAST])
    expect(stores[WEST].get(name)?.changes ?? changes).toEqual(changes);
});

test('the cache of the Region that lost data is cleaned anew once its database follows: its place is of another log', async () => {
  await database.global.rejoin();
  const server = new ModelCacheServer(() => systemClock.monotonic());
  const cache = new ModelCache(server);
  const lines: string[] = [];
  const invalidator = new RegionalInvalidator({
    ...{ cache, placeKey: 'place', database: west.pool, region: WEST, clock: systemClock },
    logger: jsonLogger({ clock: systemClock, write: line => void lines.push(line), base: {} }),
    keysOf: ({ key }, epoch) => [`${epoch}:${key}`],
    ...{ epoch: () => 3, lifetimeMilliseconds: () => 600_000, quietMilliseconds: () => 0 },
  });
  const all = await log(east);
  const record = { softMilliseconds: 60_000, hardMilliseconds: 60_000, loadMilliseconds: 0 };
  const last = all.at(-1) as PlacedChange;
  // Where West's cache had come to, in the log that is no more, and an entry from before the failover.
  const text = JSON.stringify({ position: last.position, id: randomUUID() });
  await cache.put('place', { ...record, text, version: last.position });
  await cache.put(`3:${last.key}`, { ...record, text: '"old"', version: 1 });
  const look = async () => {
    while (await invalidator.turn());
    return (await cache.lookup(`3:${last.key}`, 1)).kind !== 'hit';
  };
  await waitFor(look, { clock: systemClock, timeout: 30_000, what: 'the old entry to go' });
  expect(lines.join()).toContain('is not the one that was seen there');
});
