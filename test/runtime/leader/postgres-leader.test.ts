import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { LeaderTransactions } from '../../../lib/runtime/leader/leader-fence';
import { LEADER_SCHEMA } from '../../../lib/runtime/leader/leader-schema';
import { leaderTask } from '../../../lib/runtime/leader/leader-task';
import { postgresLeaderStore } from '../../../lib/runtime/leader/postgres-leader-store';
import type { FencingToken } from '../../../lib/runtime/leader/token';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';
import { VirtualClock } from '../../helpers/virtual-clock';

const REGION = 'us-east-1';
let server: TestDatabase;
let pool: PostgresPool;

beforeAll(async () => {
  server = await startDatabase([REGION]);
  const settings = server.settings(REGION);
  pool = new PostgresPool({
    settings,
    host: settings.host,
    region: REGION,
    applicationName: 'test',
    logger: silentLogger,
  });
  await pool.query(LEADER_SCHEMA);
  await pool.query(LEADER_SCHEMA);
  await pool.query('CREATE TABLE done (slot bigint NOT NULL, term bigint NOT NULL)');
}, 60_000);
afterAll(async () => {
  await pool?.close();
  await server?.stop();
});

const record = (term: number, beat: number, holder?: string) => ({
  token: { epoch: 4, term },
  beat,
  leaseMilliseconds: 10_000,
  ...(holder === undefined ? {} : { holder }),
});
const leading = (token: FencingToken, state = { over: false }) => ({
  current: () => (state.over ? undefined : { token, validUntil: Number.POSITIVE_INFINITY }),
  onChange: () => () => undefined,
});
const transactionsOf = (resource: string, token: FencingToken, state = { over: false }) =>
  new LeaderTransactions({
    resource,
    transaction: (_epoch, work) => pool.transaction(work),
    current: leading(token, state).current,
  });

test('a row keeps a lease: one first winner, renewals by holder, token and beat, takes of what was seen', async () => {
  const store = postgresLeaderStore({ database: pool, name: 'reports', timeoutMilliseconds: 2_000 });
  expect(await store.read()).toBeUndefined();
  const wins = await Promise.all(['a', 'b', 'c'].map(holder => store.take(record(1, 0, holder), undefined)));
  expect(wins.filter(Boolean)).toHaveLength(1);
  const holder = (await store.read())?.holder ?? '';
  expect(await store.renew(record(1, 2, holder), holder)).toBe(true);
  expect(await store.renew(record(1, 1, holder), holder)).toBe(false);
  expect(await store.renew(record(1, 3, 'x'), 'x')).toBe(false);
  expect(await store.take(record(2, 0, 'x'), record(1, 1, holder))).toBe(false);
  expect(await store.take(record(2, 0, 'x'), record(1, 2, holder))).toBe(true);
  expect(await store.renew(record(2, 1), 'x')).toBe(true);
  expect(await store.read()).toEqual(record(2, 1));
});

test('a statement that hangs ends in time', async () => {
  const database = { query: () => new Promise<never>(() => undefined) };
  const store = postgresLeaderStore({ database, name: 'reports', timeoutMilliseconds: 20 });
  await expect(store.read()).rejects.toMatchObject({ code: 'unavailable' });
});

test('the database refuses an older token, and one of an older epoch whatever its term', async () => {
  const write = (epoch: number, term: number) =>
    transactionsOf('ledger', { epoch, term }).run({ epoch, term }, async () => 'written');
  expect(await write(1, 9)).toBe('written');
  expect(await write(1, 9)).toBe('written');
  await expect(write(1, 8)).rejects.toMatchObject({ code: 'fenced' });
  expect(await write(2, 1)).toBe('written');
  await expect(write(1, 9)).rejects.toMatchObject({ code: 'fenced' });
});

test('a newer leader waits for a transaction in hand; the older one cannot begin another', async () => {
  const [old, young] = [
    { epoch: 1, term: 1 },
    { epoch: 1, term: 2 },
  ];
  const older = transactionsOf('queue', old);
  await older.run(old, async () => undefined);
  const order: string[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>(resolve => {
    finish = resolve;
  });
  let entered: () => void = () => undefined;
  const hasEntered = new Promise<void>(resolve => {
    entered = resolve;
  });
  const first = older.run(old, async () => {
    entered();
    await finished;
    order.push('old');
  });
  await hasEntered;
  const second = transactionsOf('queue', young).run(young, async () => {
    order.push('young');
  });
  const blocked = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%leader_fences%'`;
  while ((await pool.query(blocked)).rowCount === 0);
  finish();
  await Promise.all([first, second]);
  expect(order).toEqual(['old', 'young']);
  await expect(older.run(old, async () => undefined)).rejects.toMatchObject({ code: 'fenced' });
});

test('a tenure that ends during the work commits nothing', async () => {
  const token = { epoch: 1, term: 1 };
  const state = { over: false };
  const transactions = transactionsOf('late', token, state);
  const work = transactions.run(token, async transaction => {
    await transaction.query('INSERT INTO done VALUES (-1, 0)');
    state.over = true;
  });
  await expect(work).rejects.toMatchObject({ code: 'not-active' });
  expect((await pool.query('SELECT 1 FROM done WHERE slot = -1')).rowCount).toBe(0);
});

describe('a task', () => {
  const task = (name: string, token: FencingToken, every: number, fail?: () => boolean) =>
    leaderTask({
      name,
      every,
      election: leading(token),
      transactions: transactionsOf(name, token),
      clock: new VirtualClock(),
      logger: silentLogger,
      work: async ({ transaction, slot, token: { term } }) => {
        await transaction.query('INSERT INTO done VALUES ($1, $2)', [slot, term]);
        if (fail?.()) throw new Error('the work failed');
        return undefined;
      },
    });
  const signal = new AbortController().signal;
  const YEAR = 365 * 86_400_000;

  test('is worked once a slot, whoever asks and however many at once', async () => {
    const [one, other] = [
      task('yearly', { epoch: 1, term: 1 }, YEAR),
      task('yearly', { epoch: 1, term: 2 }, YEAR),
    ];
    const turns = await Promise.allSettled([
      one.turn(signal),
      one.turn(signal),
      other.turn(signal),
      other.turn(signal),
    ]);
    expect(turns.filter(turn => turn.status === 'fulfilled' && turn.value === 'done')).toHaveLength(1);
    expect((await pool.query('SELECT 1 FROM done')).rowCount).toBe(1);
  });

  test('of a new epoch does not repeat the slot that its data already holds, and ends the old one', async () => {
    const [old, young] = [
      { epoch: 1, term: 9 },
      { epoch: 2, term: 1 },
    ];
    expect(await task('moved', old, YEAR).turn(signal)).toBe('done');
    expect(await task('moved', young, YEAR).turn(signal)).toBe('idle');
    await expect(task('moved', old, YEAR).turn(signal)).rejects.toMatchObject({ code: 'fenced' });
    await pool.query('DELETE FROM leader_slots');
    expect(await task('moved', young, YEAR).turn(signal)).toBe('done');
  });

  test('that fails leaves its slot open, and its effect undone', async () => {
    await pool.query('DELETE FROM done');
    let fails = true;
    const failing = task('failing', { epoch: 1, term: 1 }, YEAR, () => fails);
    await expect(failing.turn(signal)).rejects.toThrow('the work failed');
    fails = false;
    expect(await failing.turn(signal)).toBe('done');
    expect((await pool.query('SELECT 1 FROM done')).rowCount).toBe(1);
  });

  test('tells what was missed, and never goes back when a clock does', async () => {
    const seen: number[] = [];
    const token = { epoch: 1, term: 1 };
    const hourly = leaderTask({
      name: 'hourly',
      every: 3_600_000,
      election: leading(token),
      transactions: transactionsOf('hourly', token),
      clock: new VirtualClock(),
      logger: silentLogger,
      work: async ({ missed }) => {
        seen.push(missed);
        return undefined;
      },
    });
    await hourly.turn(signal);
    await pool.query(`UPDATE leader_slots SET slot = slot - 4 WHERE task = 'hourly'`);
    await hourly.turn(signal);
    await pool.query(`UPDATE leader_slots SET slot = slot + 4 WHERE task = 'hourly'`);
    expect(await hourly.turn(signal)).toBe('idle');
    expect(seen).toEqual([0, 3]);
  });

  test('in batches commits each, leaves the slot open for the next, even of another leader, and then closes it', async () => {
    let left = 3;
    const batched = (token: FencingToken) =>
      leaderTask({
        name: 'batched',
        every: YEAR,
        election: leading(token),
        transactions: transactionsOf('batched', token),
        clock: new VirtualClock(),
        logger: silentLogger,
        work: async ({ transaction, missed }) => {
          await transaction.query('INSERT INTO done VALUES (-2, $1)', [missed]);
          left -= 1;
          return left > 0 ? 'more' : undefined;
        },
      });
    expect(await batched({ epoch: 1, term: 1 }).turn(signal)).toBe('more');
    const next = batched({ epoch: 1, term: 2 });
    expect([await next.turn(signal), await next.turn(signal), await next.turn(signal)]).toEqual([
      ...['more', 'done', 'idle'],
    ]);
    const { rows } = await pool.query('SELECT term FROM done WHERE slot = -2');
    expect(rows).toEqual([{ term: '0' }, { term: '0' }, { term: '0' }]);
  });

  test('is not worked by who does not lead, and its signal ends with the tenure', async () => {
    const token = { epoch: 1, term: 1 };
    const listeners = new Set<(tenure: undefined) => void>();
    const election = {
      ...leading(token),
      onChange: (listener: (tenure: undefined) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    let aborted = false;
    const options = { every: YEAR, clock: new VirtualClock(), logger: silentLogger };
    const led = leaderTask({
      ...options,
      name: 'led',
      election,
      transactions: transactionsOf('led', token),
      work: async (_turn, working) => {
        for (const listener of listeners) listener(undefined);
        aborted = working.aborted;
        return undefined;
      },
    });
    await led.turn(signal);
    expect(aborted).toBe(true);
    expect(listeners.size).toBe(0);
    const idle = { ...election, current: () => undefined };
    const other = leaderTask({
      ...options,
      name: 'idle',
      election: idle,
      transactions: transactionsOf('idle', token),
      work: async () => undefined,
    });
    expect(await other.turn(signal)).toBe('idle');
  });
});
