// The change feed on real parts: PostgreSQL with a streaming replica, a Valkey a Region, files read by DuckDB.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from '../../lib/lab/wait-for';
import { folderObjects } from '../../lib/runtime/analytics/folder-objects';
import { parquetDelivery } from '../../lib/runtime/analytics/parquet-delivery';
import type { Cache } from '../../lib/runtime/cache/cache';
import { redisCache } from '../../lib/runtime/cache/redis-cache';
import { type ChangeBatch, ChangeDelivery } from '../../lib/runtime/changes/change-delivery';
import { orderChanges, purgeChanges, readChanges } from '../../lib/runtime/changes/change-log';
import { systemClock } from '../../lib/runtime/clock';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { ORDER_COLUMNS } from '../../lib/service/changes/analytics-orders';
import { ChangeWatch, metricsOf } from '../../lib/service/changes/change-watch';
import {
  type ChangeWorkerParts,
  orderInvalidator,
  placingTurn,
  runChanges,
} from '../../lib/service/changes/change-worker';
import { changePlaceKey, orderCache, orderKey } from '../../lib/service/orders/order-cache';
import { DEFAULT_CONFIG } from '../../lib/service/service-config';
import { duck, parquetIn } from '../helpers/duck';
import { OrdersWorld, TestLease, type TestProcess } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';
import { startValkey, type TestValkey } from '../helpers/valkey';

jest.setTimeout(180_000);

const ACTIVE = 'us-east-2';
const STANDBY = 'us-west-2';
let database: TestDatabase;
let active: OrdersWorld;
let standby: OrdersWorld;
let valkey: TestValkey;
let caches: Record<string, Cache>;
let folder: string;

const until = (what: string, look: () => Promise<boolean>) =>
  waitFor(look, { clock: systemClock, timeout: 30_000, what });

beforeAll(async () => {
  [database, valkey] = await Promise.all([startDatabase([ACTIVE, STANDBY]), startValkey()]);
  active = new OrdersWorld(database, ACTIVE);
  standby = new OrdersWorld(database, STANDBY);
  await active.reset();
  // One server stands for both: each Region's keys begin with its own name.
  const shared = {
    url: valkey.url,
    logger: silentLogger,
    clock: systemClock,
    commandTimeoutMilliseconds: 2000,
  };
  caches = Object.fromEntries(
    [ACTIVE, STANDBY].map(region => [region, redisCache({ ...shared, prefix: `${region}:` })]),
  );
  await until('the caches', async () => Object.values(caches).every(cache => cache.problem === undefined));
});
afterAll(async () => {
  await Promise.all(Object.values(caches ?? {}).map(cache => cache.close()));
  await Promise.all([active?.pool.close(), standby?.pool.close()]);
  await Promise.all([database?.stop(), valkey?.stop()]);
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-changes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a worker's loops over changes stand on, in one Region. */
function partsOf(world: OrdersWorld, process: TestProcess, analytics?: string): ChangeWorkerParts {
  const { region } = world;
  const cache = caches[region] as Cache;
  const shared = { application: region, cache, clock: systemClock, timeScale: 10, reads: process.reads };
  const epoch = () => process.lease.epoch;
  return {
    ...{ cache, clock: systemClock, logger: silentLogger, fenced: process.fenced, reads: process.reads },
    cached: orderCache({ ...shared, epoch, cacheSeconds: () => 600 }),
    activation: process.lease.activation,
    database: Object.assign(Object.create(world.pool), { status: { writable: region === ACTIVE } }),
    config: { value: { ...DEFAULT_CONFIG, cacheSeconds: 600 } },
    keeper: { record: { epoch: epoch(), phase: 'active', region: ACTIVE } },
    environment: {
      ...{ application: region, region, timeScale: 10 },
      analytics: analytics === undefined ? undefined : { kind: 'folder', path: analytics },
    },
  } as unknown as ChangeWorkerParts;
}

const place = (process: TestProcess) => placingTurn(process)(process.lease.epoch);

/** An order that is there, with its place. */
async function placed(process: TestProcess): Promise<string> {
  const { order } = await process.order(randomUUID());
  await place(process);
  return order.id;
}

async function replayed(): Promise<void> {
  const last = 'SELECT last::float8 AS last FROM change_order';
  const { rows } = await active.pool.query<{ last: number }>(last);
  await until('the replica', async () => {
    const seen = await standby.pool.query<{ last: number }>(last).catch(() => ({ rows: [] }));
    return (seen.rows[0]?.last ?? -1) >= (rows[0]?.last ?? 0);
  });
}

async function changed(process: TestProcess, id: string): Promise<void> {
  await process.fenced.run(process.lease.epoch, async transaction => {
    await transaction.query(`UPDATE orders SET status = 'fulfilled' WHERE id = $1`, [id]);
  });
  await place(process);
}

test('every write tells its change once, with both images and the epoch that wrote it; what changes nothing tells nothing', async () => {
  const process = active.process(new TestLease(3));
  const id = await placed(process);
  await changed(process, id);
  await changed(process, id);
  const all = (await readChanges(active.pool, 1, 1000)).filter(({ key }) => key === id);
  expect(all.map(({ type, epoch, before, after }) => [type, epoch, before?.status, after?.status])).toEqual([
    ['inserted', 3, undefined, 'accepted'],
    ['modified', 3, 'accepted', 'fulfilled'],
  ]);
});

test('places follow commits: what was begun first and committed last comes last, and nothing is passed over', async () => {
  const process = active.process(new TestLease(3));
  const early = await placed(process);
  const late = await placed(process);
  const touch = (id: string) => [`UPDATE orders SET quantity = quantity + 1 WHERE id = $1`, [id]] as const;
  await active.pool.transaction(async slow => {
    await slow.query(...touch(early));
    await active.pool.query(...touch(late));
    await active.pool.transaction(quick => orderChanges(quick, 100));
  });
  await place(process);
  const [next, last] = (await readChanges(active.pool, 1, 1000)).slice(-2);
  expect([next?.key, last?.key]).toEqual([late, early]);
  expect((last?.position ?? 0) - (next?.position ?? 0)).toBe(1);
});

test('while more wait than one turn places, the oldest get their places first', async () => {
  const process = active.process(new TestLease(3));
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.push((await process.order(randomUUID())).order.id);
  const turn = () => active.pool.transaction(transaction => orderChanges(transaction, 2));
  const keys = async () => (await readChanges(active.pool, 1, 1000)).map(({ key }) => key);
  const before = await keys();
  expect(await turn()).toBe(2);
  expect(await keys()).toEqual([...before, ...ids.slice(0, 2)]);
  expect([await turn(), await turn(), await turn()]).toEqual([2, 1, 0]);
  expect(await keys()).toEqual([...before, ...ids]);
});

describe('the invalidator of a standby', () => {
  test('removes from its own cache what its own replica shows as changed, and fills it anew', async () => {
    const process = active.process(new TestLease(3));
    const parts = partsOf(standby, standby.process(new TestLease(3, false)));
    const invalidator = orderInvalidator(parts);
    const id = await placed(process);
    await replayed();
    while (await invalidator.turn());
    expect((await parts.cached.read(id)).value?.status).toBe('accepted');
    await until('the order to be kept', async () => (await parts.cached.read(id)).source === 'cache');
    await changed(process, id);
    await replayed();
    expect((await parts.cached.read(id)).value?.status).toBe('accepted');
    while (await invalidator.turn());
    expect((await parts.cached.read(id)).value?.status).toBe('fulfilled');
    await until('the order to be filled anew', async () => {
      await invalidator.turn();
      const key = orderKey(STANDBY, 3, id) ?? '';
      const found = await (caches[STANDBY] as Cache).lookup(key, 1);
      return found.kind === 'hit' && found.entry.text?.includes('fulfilled') === true;
    });
  });

  test('a cache that lost its contents and its place is cleaned again of all that an entry may be made of', async () => {
    const process = active.process(new TestLease(3));
    const parts = partsOf(standby, standby.process(new TestLease(3, false)));
    const id = await placed(process);
    await replayed();
    const invalidator = orderInvalidator(parts);
    while (await invalidator.turn());
    await until('the order to be kept', async () => (await parts.cached.read(id)).source === 'cache');
    await changed(process, id);
    await replayed();
    while (await invalidator.turn());
    await until(
      'the change to be seen',
      async () => (await parts.cached.read(id)).value?.status === 'fulfilled',
    );
    // A cache that fell back to an older copy: the entry is old, the place with it.
    const cache = caches[STANDBY] as Cache;
    const key = orderKey(STANDBY, 3, id) ?? '';
    await cache.remove(key);
    const text = JSON.stringify({ id, status: 'accepted' });
    const times = { softMilliseconds: 60_000, hardMilliseconds: 60_000, loadMilliseconds: 0 };
    await cache.put(key, { text, ...times, version: 1 });
    await cache.remove(changePlaceKey(STANDBY));
    expect((await parts.cached.read(id)).value?.status).toBe('accepted');
    while (await orderInvalidator(parts).turn());
    expect((await parts.cached.read(id)).value?.status).toBe('fulfilled');
  });

  test('a place of another history is not believed: cleaning begins anew', async () => {
    const process = active.process(new TestLease(3));
    const parts = partsOf(standby, standby.process(new TestLease(3, false)));
    const id = await placed(process);
    await replayed();
    const invalidator = orderInvalidator(parts);
    while (await invalidator.turn());
    await until('the order to be kept', async () => (await parts.cached.read(id)).source === 'cache');
    await changed(process, id);
    await replayed();
    // The log was cut back and written on: another change stands at the place that was reached.
    const cache = caches[STANDBY] as Cache;
    const last = (await readChanges(active.pool, 1, 10_000)).at(-1)?.position ?? 0;
    await cache.remove(changePlaceKey(STANDBY));
    const text = JSON.stringify({ position: last, id: randomUUID() });
    const times = { softMilliseconds: 60_000, hardMilliseconds: 60_000, loadMilliseconds: 0 };
    await cache.put(changePlaceKey(STANDBY), { text, ...times, version: last });
    while (await invalidator.turn());
    expect((await parts.cached.read(id)).value?.status).toBe('fulfilled');
  });
});

describe('the projection', () => {
  const delivery = (process: TestProcess, deliver: (batch: ChangeBatch) => Promise<void>, most = 5000) =>
    new ChangeDelivery({ name: 'analytics', fenced: process.fenced, deliver, most });
  const files = (into = folder) => parquetDelivery({ objects: folderObjects(into), columns: ORDER_COLUMNS });
  const count = async () => {
    const rows = await duck(
      `SELECT count(*) AS n, count(DISTINCT change_id) AS ids FROM ${parquetIn(folder)}`,
    );
    return rows[0];
  };
  const told = async () => (await readChanges(active.pool, 1, 10_000)).length;

  test('killed between the file and the checkpoint, in the middle of more orders and a new epoch, no row is there twice and none is missing', async () => {
    const first = active.process(new TestLease(3));
    await active.pool.query('DELETE FROM change_deliveries');
    for (let order = 0; order < 3; order += 1) await placed(first);
    const killed = delivery(first, async batch => {
      await files()(batch);
      throw new Error('killed');
    });
    await expect(killed.turn(3)).rejects.toThrow('killed');
    expect((await count())?.n).toBe(await told());
    // More has changed, the epoch was raised, and the batch's bounds are others now: the same file comes again.
    const next = active.process(new TestLease(4));
    for (let order = 0; order < 3; order += 1) await placed(next);
    await expect(delivery(first, files()).turn(3)).rejects.toThrow(
      expect.objectContaining({ code: 'fenced' }),
    );
    while (await delivery(next, files(), 2).turn(4));
    const all = await told();
    expect(await count()).toEqual({ n: all, ids: all });
    expect(await delivery(next, files()).turn(4)).toBe(false);
  });

  test('two processes that deliver the same batch leave it once, and the later note moves nothing', async () => {
    const process = active.process(new TestLease(4));
    await active.pool.query('DELETE FROM change_deliveries');
    await placed(process);
    const other = delivery(process, files());
    const slow = delivery(process, async batch => {
      await other.turn(4);
      await placed(process);
      await files()(batch);
    });
    await slow.turn(4);
    while (await other.turn(4));
    const all = await told();
    expect(await count()).toEqual({ n: all, ids: all });
  });

  test('what a delivery has not behind it is not purged, nor what is young', async () => {
    const process = active.process(new TestLease(4));
    const purge = () => process.fenced.run(4, transaction => purgeChanges(transaction, 48, 1000));
    const before = await told();
    await active.pool.query(`UPDATE changes SET at = now() - interval '49 hours' WHERE position <= 2`);
    await active.pool.query('UPDATE change_deliveries SET position = 0, planned = NULL');
    expect(await purge()).toBe(0);
    await active.pool.query('UPDATE change_deliveries SET position = 5');
    expect(await purge()).toBe(2);
    expect(await told()).toBe(before - 2);
  });
});

test('the loops of a worker do all of it while the process runs, and a clone tells how far they are', async () => {
  const process = active.process(new TestLease(5));
  await active.pool.query('DELETE FROM change_deliveries');
  const parts = partsOf(active, process, path.join(folder, 'rows'));
  const watch = new ChangeWatch(parts);
  const { order } = await process.order(randomUUID());
  expect(metricsOf(await watch.look()).CacheInvalidatorChangesBehind).toBeUndefined();
  const stop = new AbortController();
  const running = runChanges(parts, stop.signal);
  try {
    await until('the invalidator', async () => {
      const { invalidator } = await watch.look();
      return 'changesBehind' in invalidator && invalidator.changesBehind === 0;
    });
    // Rows are gathered: files come when the first of them is old enough.
    await active.pool.query(`UPDATE changes SET at = at - interval '10 minutes'`);
    await until(
      'the files',
      async () => existsSync(path.join(folder, 'rows')) && readdirSync(path.join(folder, 'rows')).length > 0,
    );
    await until(
      'the checkpoint',
      async () =>
        (await watch.look()).deliveries !== undefined &&
        metricsOf(await watch.look()).AnalyticsDeliveryChangesBehind?.[0] === 0,
    );
  } finally {
    stop.abort();
    await running;
  }
  const rows = await duck(
    `SELECT status, quantity, epoch FROM ${parquetIn(path.join(folder, 'rows'))} WHERE entity_key = '${order.id}'`,
  );
  expect(rows).toEqual([{ status: 'accepted', quantity: 1, epoch: 5 }]);
  expect(metricsOf(await watch.look())).toMatchObject({ CacheInvalidatorLag: [0, 'Seconds'] });
});
