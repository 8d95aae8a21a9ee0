import { waitFor } from '../../../lib/lab/wait-for';
import { systemClock } from '../../../lib/runtime/clock';
import type { Queryable } from '../../../lib/runtime/database/database';
import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { createShardSchemas, schemaShards } from '../../../lib/runtime/shards/schema-shards';
import type { Shard } from '../../../lib/runtime/shards/shard';
import { ShardDirectory } from '../../../lib/runtime/shards/shard-directory';
import { ShardMover } from '../../../lib/runtime/shards/shard-mover';
import { ShardedRecords } from '../../../lib/runtime/shards/sharded-records';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';
import { VirtualClock } from '../../helpers/virtual-clock';

jest.setTimeout(60_000);

const REGION = 'us-east-1';
const ALL = ['a', 'b', 'c'];
let server: TestDatabase;
let pool: PostgresPool;

beforeAll(async () => {
  server = await startDatabase([REGION]);
  const settings = server.settings(REGION);
  const shared = { settings, host: settings.host, region: REGION, applicationName: 'test' };
  pool = new PostgresPool({ ...shared, logger: silentLogger, maximumConnections: 20 });
  await Promise.all([createShardSchemas(pool, ALL), createShardSchemas(pool, ALL)]);
});
beforeEach(async () => {
  for (const shard of ALL)
    await pool.query(
      `TRUNCATE shard_${shard}.records; UPDATE shard_${shard}.ring_fence SET version = 0, document = NULL`,
    );
});
afterAll(async () => {
  await pool?.close();
  await server?.stop();
});

const ring = (version: number, shards: readonly string[], movingFrom?: readonly string[]) =>
  JSON.stringify({
    ...{ format: 1, version, hash: 'sha256', virtualNodes: 32, shards },
    ...(movingFrom === undefined ? {} : { movingFrom }),
    bounded: { slots: 64, capacityFactor: 1.25 },
  });
const FIRST = ring(1, ['a', 'b']);
const SECOND = ring(2, ALL, ['a', 'b']);
const THIRD = ring(3, ALL);
const BACK = ring(4, ['a', 'b'], ALL);

/** One process: a ring of its own, and every statement at hand. */
function node(text: string, before: (statement: string) => Promise<void> = async () => undefined) {
  const directory = new ShardDirectory(new VirtualClock());
  directory.offer(text);
  const watched = (on: Queryable): Queryable => ({
    query: async (statement, values) => {
      await before(statement);
      return on.query(statement, values);
    },
  });
  const open = schemaShards({
    database: watched(pool),
    transaction: work => pool.transaction(transaction => work(watched(transaction))),
  });
  const records = new ShardedRecords({ directory, open, adopt: async document => directory.offer(document) });
  const mover = new ShardMover({ directory, open, batch: 7 });
  return { directory, records, mover, open };
}

const append = (entry: string) => (value: unknown) => [...((value ?? []) as string[]), entry];
const KEYS = Array.from({ length: 40 }, (_, number) => `customer-${number}`);
/** A key that moves from a shard of the first ring to `c` of the second. */
const moving = (): { key: string; from: string } => {
  const { directory } = node(SECOND);
  const key = KEYS.find(one => directory.route(one).readAlso !== undefined) as string;
  return { key, from: directory.route(key).readAlso?.shard as string };
};
const copies = async (key: string) => {
  const found = [];
  for (const shard of ALL)
    if ((await pool.query(`SELECT 1 FROM shard_${shard}.records WHERE key = $1`, [key])).rowCount > 0)
      found.push(shard);
  return found;
};
const until = (what: string, statement: string) =>
  waitFor(async () => (await pool.query(statement)).rowCount > 0, {
    clock: systemClock,
    timeout: 10_000,
    what,
  });
const pass = async (mover: ShardMover) => {
  for (;;) {
    const progress = await mover.turn();
    if (progress === undefined || progress.done) return progress;
  }
};

test('changes of one key take turns, first ones too, and what an edit refuses changes nothing', async () => {
  const { records } = node(FIRST);
  expect(await records.read('x')).toBeUndefined();
  const made = await Promise.all(['1', '2', '3', '4', '5'].map(entry => records.change('x', append(entry))));
  expect(made.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5]);
  expect((await records.read('x'))?.value).toHaveLength(5);
  const refuse = () => {
    throw new Error('no');
  };
  await expect(records.change('x', refuse)).rejects.toThrow('no');
  await expect(records.change('y', refuse)).rejects.toThrow('no');
  expect((await records.read('x'))?.version).toBe(5);
  expect(await copies('y')).toEqual([]);
});

test('a move there and back under traffic loses no write, shows none twice, and no reading goes back', async () => {
  const nodes = [FIRST, FIRST, FIRST].map(text => node(text));
  const acknowledged = new Map<string, string[]>(KEYS.map(key => [key, []]));
  let moving = true;
  let writes = 0;
  const write = async ({ records }: (typeof nodes)[number], worker: number) => {
    for (let count = 0; moving || count < 30; count += 1) {
      const key = KEYS[(count * 7 + worker * 3) % KEYS.length] as string;
      const entry = `${worker}-${count}`;
      await records.change(key, append(entry));
      acknowledged.get(key)?.push(entry);
      writes += 1;
    }
  };
  const read = async ({ records }: (typeof nodes)[number]) => {
    for (let count = 0; moving; count += 1) {
      const key = KEYS[(count * 11) % KEYS.length] as string;
      const known = [...(acknowledged.get(key) ?? [])];
      const seen = ((await records.read(key))?.value ?? []) as string[];
      expect(known.filter(entry => !seen.includes(entry))).toEqual([]);
      expect(new Set(seen).size).toBe(seen.length);
    }
  };
  const traffic = Promise.all([...nodes.map(write), ...nodes.map(read)]);
  const [first] = nodes as [(typeof nodes)[number]];
  for (const text of [SECOND, THIRD, BACK, ring(5, ['a', 'b'])]) {
    // Only one hears of it by config: the others learn it from the shards.
    first.directory.offer(text);
    expect(await pass(first.mover)).toMatchObject({ stranded: 0, done: true });
    const soon = writes + 20;
    while (writes < soon) await pool.query('SELECT 1');
  }
  moving = false;
  await traffic;
  for (const key of KEYS) {
    const seen = ((await first.records.read(key))?.value ?? []) as string[];
    expect([...seen].sort()).toEqual([...(acknowledged.get(key) ?? [])].sort());
    expect(await copies(key)).toHaveLength(seen.length > 0 ? 1 : 0);
  }
});

test('only what the new ring gives to another shard moves, and a pass is made once', async () => {
  const { records, directory, mover } = node(FIRST);
  for (const key of KEYS) await records.change(key, append('x'));
  const before = new Map(KEYS.map(key => [key, directory.route(key).shard]));
  directory.offer(SECOND);
  const changed = KEYS.filter(key => directory.route(key).shard !== before.get(key));
  expect(await pass(mover)).toEqual({ version: 2, moved: changed.length, stranded: 0, done: true });
  expect(changed.length).toBeLessThan(KEYS.length / 2);
  expect(await mover.turn()).toBeUndefined();
  for (const key of KEYS) expect(await copies(key)).toEqual([directory.route(key).shard]);
});

test('a write in hand under the old ring is waited for and brought over; the next one goes by the new ring', async () => {
  const { key, from } = moving();
  let release: () => void = () => undefined;
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  const old = node(FIRST, async statement => {
    if (statement.startsWith('UPDATE') && statement.includes('records')) await released;
  });
  const late = old.records.change(key, append('late'));
  const inHand = `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'`;
  await until('the write in hand', inHand);
  const next = node(SECOND);
  const newer = next.records.change(key, append('newer'));
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ring_fence%'`;
  await until('the newer one to wait', waiting);
  release();
  await late;
  expect((await newer).value).toEqual(['late', 'newer']);
  expect(old.directory.status?.version).toBe(1);
  // The old shard still holds its copy. Who goes by the old ring does not read it any more.
  expect(await copies(key)).toEqual([from, 'c']);
  expect((await old.records.read(key))?.value).toEqual(['late', 'newer']);
  expect(old.directory.status?.version).toBe(2);
  const stale = node(FIRST);
  expect((await stale.records.change(key, append('last'))).value).toEqual(['late', 'newer', 'last']);
});

test('a mover that dies between bringing and removing, and changes before the next, lose nothing', async () => {
  const { key } = moving();
  await node(FIRST).records.change(key, append('old'));
  const dying = node(SECOND, async statement => {
    if (statement.startsWith('DELETE')) throw new Error('killed');
  });
  await expect(pass(dying.mover)).rejects.toThrow('killed');
  expect(await copies(key)).toHaveLength(2);
  const next = node(SECOND);
  expect((await next.records.read(key))?.value).toEqual(['old']);
  await next.records.change(key, append('new'));
  expect((await next.records.read(key))?.value).toEqual(['old', 'new']);
  // Taken back at once: the copy that stayed is the older one, and counts for nothing.
  const back = node(BACK);
  expect((await back.records.read(key))?.value).toEqual(['old', 'new']);
  await pass(back.mover);
  expect(await copies(key)).toHaveLength(1);
  expect((await back.records.read(key))?.value).toEqual(['old', 'new']);
});

test.each([1, 2])('a reader whose record is moved just before its look number %d finds it', async moved => {
  const { key } = moving();
  await node(FIRST).records.change(key, append('x'));
  let looks = 0;
  const slow = node(SECOND, async statement => {
    if (!statement.includes('LEFT JOIN')) return;
    looks += 1;
    if (looks === moved) await pass(node(SECOND).mover);
  });
  expect((await slow.records.read(key))?.value).toEqual(['x']);
  expect(looks).toBe(2);
  expect(await copies(key)).toEqual(['c']);
});

test('a mover goes by no ring that came while it read', async () => {
  const { records } = node(FIRST);
  for (const key of KEYS) await records.change(key, append('x'));
  const surprised = node(SECOND, async statement => {
    if (statement.includes('ORDER BY key')) surprised.directory.offer(ring(3, ['b', 'c'], ['a', 'b']));
  });
  expect(await surprised.mover.turn()).toMatchObject({ version: 2, moved: 0 });
  expect(await pass(surprised.mover)).toMatchObject({ version: 3, done: true });
});

test('what a ring was published over too early is told, left alone, and found again by the next', async () => {
  const { key } = moving();
  await node(FIRST).records.change(key, append('x'));
  const early = node(THIRD);
  expect(await pass(early.mover)).toMatchObject({ version: 3, moved: 0, stranded: 1 });
  expect(await early.records.read(key)).toBeUndefined();
  early.directory.offer(ring(4, ALL, ['a', 'b']));
  expect((await early.records.read(key))?.value).toEqual(['x']);
  expect(await pass(early.mover)).toMatchObject({ moved: 1, stranded: 0 });
});

test('a ring that is in force and cannot be learnt is a refusal that may be repeated', async () => {
  const { records } = node(FIRST);
  await records.change('x', append('1'));
  for (const shard of ALL)
    await pool.query(`UPDATE shard_${shard}.ring_fence SET version = 9, document = NULL`);
  const refused = { code: 'unavailable', message: expect.stringContaining('ring 9') };
  await expect(records.change('x', append('2'))).rejects.toMatchObject(refused);
  await expect(records.read('x')).rejects.toMatchObject(refused);
  const none = new ShardedRecords({
    directory: new ShardDirectory(new VirtualClock()),
    open: () => ({}) as Shard,
    adopt: async () => undefined,
  });
  await expect(none.read('x')).rejects.toMatchObject({ code: 'unavailable' });
});

test('a shard that has no schema, and a name that makes none, are told as such', async () => {
  const { records } = node(ring(1, ['missing']));
  await expect(records.read('x')).rejects.toMatchObject({ code: 'unavailable' });
  expect(() => node(FIRST).open({ shard: 'A"; DROP' })).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('DROP') }),
  );
});
