import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../../lib/runtime/database/database';
import { FencedTransactions } from '../../../lib/runtime/database/fence';
import {
  auditTrail,
  type OrderedEvent,
  orderEvents,
  readOrdered,
} from '../../../lib/runtime/events/event-order';
import { EventStore, type Fold } from '../../../lib/runtime/events/event-store';
import { PostgresEventLog } from '../../../lib/runtime/events/postgres-event-log';
import { PostgresProjectorStore } from '../../../lib/runtime/events/postgres-projector-store';
import { projectionLag } from '../../../lib/runtime/events/projection-lag';
import { type OrderedProjection, Projector } from '../../../lib/runtime/events/projector';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { OrdersWorld, TestLease } from '../../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
const EPOCH = 1;
let database: TestDatabase;
let world: OrdersWorld;
let fenced: FencedTransactions;

const author = { actor: 'tester', correlationId: 'c-1', epoch: EPOCH };
const append = (tx: Queryable, stream: string, expected: number, ...data: unknown[]) =>
  new PostgresEventLog(tx, author).append(
    stream,
    expected,
    data.map(value => ({ type: 'noted', data: value })),
  );
const appended = (stream: string, expected: number, ...data: unknown[]) =>
  fenced.run(EPOCH, tx => append(tx, stream, expected, ...data));
const order = (limit = 1000) => fenced.run(EPOCH, tx => orderEvents(tx, limit));
const all = () => readOrdered(world.pool, 1, 100_000);

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
  await world.reset();
  await world.pool.query(
    'CREATE TABLE notes (generation integer, position bigint, stream text, version integer)',
  );
});
beforeEach(async () => {
  await world.reset();
  await world.pool.query('ALTER TABLE events DISABLE TRIGGER USER');
  await world.pool.query('TRUNCATE events, event_snapshots, projection_generations, projections, notes');
  await world.pool.query('ALTER TABLE events ENABLE TRIGGER USER');
  await world.pool.query('UPDATE event_order SET last = 0');
  fenced = new FencedTransactions(world.pool, new TestLease().state);
  // The first transaction of an epoch holds the fence alone; what is tested here runs side by side.
  await fenced.run(EPOCH, async () => undefined);
});
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

describe('the log', () => {
  test('of appends that expect the same version one wins, whole, and the others conflict', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map(writer => appended('s', 0, ...Array.from({ length: writer }, () => writer))),
    );
    const lost = results.filter(result => result.status === 'rejected');
    expect(lost).toHaveLength(4);
    for (const result of lost) expect(result).toMatchObject({ reason: { code: 'conflict' } });
    const events = await new PostgresEventLog(world.pool, author).read('s', 0);
    const winner = events[0]?.data as number;
    expect(events.map(({ version, data }) => [version, data])).toEqual(
      Array.from({ length: winner }, (_, index) => [index + 1, winner]),
    );
  });

  test('an append behind the end leaves no gap', async () => {
    await expect(appended('s', 3, 'x')).rejects.toMatchObject({ code: 'conflict' });
    expect(await new PostgresEventLog(world.pool, author).read('s', 0)).toEqual([]);
  });

  test('commits with the transaction in hand or not at all', async () => {
    const failing = fenced.run(EPOCH, async tx => {
      await append(tx, 's', 0, 'x');
      throw new TypeError('the order failed');
    });
    await expect(failing).rejects.toThrow('the order failed');
    expect(await new PostgresEventLog(world.pool, author).read('s', 0)).toEqual([]);
  });

  test('state comes of snapshots and of events', async () => {
    const sum: Fold<number> = { initial: 0, shape: 1, apply: (total, { data }) => total + (data as number) };
    const store = (tx: Queryable) =>
      new EventStore({ log: new PostgresEventLog(tx, author), fold: sum, snapshotEvery: 3 });
    for (let version = 0; version < 8; version += 1)
      await fenced.run(EPOCH, tx => store(tx).append('s', version, [{ type: 'added', data: version }]));
    expect(await store(world.pool).load('s')).toEqual({ version: 8, state: 28 });
    expect(await new PostgresEventLog(world.pool, author).loadSnapshot('s')).toMatchObject({ version: 6 });
  });

  test('the database keeps what happened, also from its owner', async () => {
    await appended('s', 0, 'x');
    await order();
    for (const statement of [
      `UPDATE events SET data = '1'`,
      'UPDATE events SET position = 9',
      'UPDATE events SET position = NULL',
      'DELETE FROM events',
      'TRUNCATE events',
    ])
      await expect(world.pool.query(statement)).rejects.toThrow(/append-only/);
  });

  test('tells who did what, when, in which request and epoch', async () => {
    await appended('s', 0, 'x');
    await appended('t', 0, 'y');
    await order();
    const [event, ...others] = await auditTrail(world.pool, {
      stream: 't',
      actor: 'tester',
      correlationId: 'c-1',
    });
    expect(others).toEqual([]);
    expect(event).toMatchObject({ stream: 't', version: 1, actor: 'tester', epoch: EPOCH, position: 2 });
    expect(Number.isNaN(Date.parse(event?.at ?? ''))).toBe(false);
    expect(await auditTrail(world.pool, { actor: 'somebody' })).toEqual([]);
  });
});

describe('the order of all events', () => {
  test('does not lose the event of a transaction that began first and committed last', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>(resolve => {
      commit = resolve;
    });
    let written = (): void => undefined;
    const wrote = new Promise<void>(resolve => {
      written = resolve;
    });
    const slow = fenced.run(EPOCH, async tx => {
      await append(tx, 'slow', 0, 1);
      written();
      await held;
    });
    await wrote;
    await appended('fast', 0, 2);
    await order();
    const numbers = `SELECT stream FROM events WHERE number > coalesce($1, 0) ORDER BY number`;
    const first = await world.pool.query<{ stream: string }>(numbers, [null]);
    // A reader that goes by the numbers drawn has seen the later one, and would never look behind it again.
    expect(first.rows).toEqual([{ stream: 'fast' }]);
    commit();
    await slow;
    await order();
    expect((await all()).map(({ stream, position }) => [stream, position])).toEqual([
      ['fast', 1],
      ['slow', 2],
    ]);
    const highest = `SELECT max(number) AS number FROM events WHERE stream = 'fast'`;
    const seen = (await world.pool.query<{ number: string }>(highest)).rows[0]?.number;
    expect((await world.pool.query(numbers, [seen])).rows).toEqual([]);
  });

  test('under many writers that commit in any order has no gap, skips nothing, and follows each stream', async () => {
    const seen: OrderedEvent[] = [];
    let writing = true;
    const reader = (async () => {
      for (let last = false; !last; ) {
        last = !writing;
        await Promise.all([order(7), order(7)]);
        seen.push(...(await readOrdered(world.pool, seen.length + 1, 1000)));
      }
    })();
    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let version = 0; version < 40; version += 2)
          await fenced.run(EPOCH, async tx => {
            await append(tx, `w${writer}`, version, version, version + 1);
            if ((writer + version) % 3 === 0) await tx.query('SELECT pg_sleep(0.004)');
          });
      }),
    );
    writing = false;
    await reader;
    while ((await order()) > 0);
    seen.push(...(await readOrdered(world.pool, seen.length + 1, 1000)));
    expect(seen.map(({ position }) => position)).toEqual(
      Array.from({ length: 240 }, (_, index) => index + 1),
    );
    for (let writer = 0; writer < 6; writer += 1) {
      const versions = seen.filter(({ stream }) => stream === `w${writer}`).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    }
  });
});

describe('a projection', () => {
  const notes = (shape = 1, poison?: unknown): OrderedProjection<Queryable> => ({
    name: 'notes',
    shape,
    async apply(tx, generation, { position, stream, version, data }) {
      if (data === poison && poison !== undefined) throw new Error('cannot read this');
      await tx.query('INSERT INTO notes VALUES ($1, $2, $3, $4)', [generation, position, stream, version]);
    },
    async discard(tx, generation) {
      await tx.query('DELETE FROM notes WHERE generation = $1', [generation]);
    },
  });
  const projector = (projection = notes(), batch = 10, by = fenced) =>
    new Projector({
      store: new PostgresProjectorStore({ fenced: by }),
      projection,
      logger: silentLogger,
      batch,
    });
  const drain = async (one: Projector<Queryable>) => {
    while (await one.turn(EPOCH));
  };
  const served = async () =>
    (
      await world.pool.query<{ position: number }>(
        `SELECT position::float8 AS position FROM notes
          WHERE generation = (SELECT live FROM projections WHERE name = 'notes') ORDER BY position`,
      )
    ).rows.map(({ position }) => position);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const write = async (stream: string, count: number) => {
    await appended(stream, 0, ...upTo(count));
    await order();
  };

  test('takes each event once, however many processes turn it and wherever they fail', async () => {
    await write('s', 60);
    const turns = Array.from({ length: 5 }, async (_, index) => {
      const faulty = world.process();
      const one = projector(notes(), 4, faulty.fenced);
      for (let turn = 0; turn < 25; turn += 1) {
        if ((turn + index) % 3 === 0)
          faulty.database.crash = { at: 'statement', number: 1 + (turn % 9), when: 'after' };
        if ((turn + index) % 7 === 0) faulty.database.crash = { at: 'committed' };
        await one.turn(EPOCH).catch(() => undefined);
      }
    });
    await Promise.all(turns);
    await drain(projector());
    expect(await served()).toEqual(upTo(60));
    expect(await projectionLag(world.pool)).toMatchObject([
      { status: 'live', eventsBehind: 0, secondsBehind: 0 },
    ]);
  });

  test('of a new shape is built beside the live one, which goes on serving, and takes its place at once', async () => {
    await write('s', 30);
    const old = projector();
    await drain(old);
    const next = projector(notes(2));
    await next.turn(EPOCH);
    await write('t', 5);
    await drain(old);
    expect(await served()).toEqual(upTo(35));
    const generations = async () =>
      (await projectionLag(world.pool)).map(({ generation, status, served: live }) => [
        generation,
        status,
        live,
      ]);
    expect(await generations()).toEqual([
      [1, 'live', true],
      [2, 'building', false],
    ]);
    await drain(next);
    await next.turn(EPOCH);
    expect(await served()).toEqual(upTo(35));
    expect(await generations()).toEqual([[2, 'live', true]]);
    expect((await world.pool.query('SELECT DISTINCT generation FROM notes')).rows).toEqual([
      { generation: 2 },
    ]);
    // Code of the older shape, in a process that was not replaced yet, leaves it alone.
    await drain(old);
    expect(await generations()).toEqual([[2, 'live', true]]);
  });

  test('stops at an event that it cannot take, says where and why, and goes on when told', async () => {
    await appended('s', 0, 'a', 'b', 'poison', 'c');
    await order();
    await drain(projector(notes(1, 'poison')));
    const [lag] = await projectionLag(world.pool);
    expect(lag).toMatchObject({
      status: 'stopped',
      position: 2,
      stoppedPosition: 3,
      reason: 'cannot read this',
      eventsBehind: 2,
    });
    expect(lag?.secondsBehind).toBeGreaterThan(0);
    const repaired = projector();
    await drain(repaired);
    expect(await projectionLag(world.pool)).toMatchObject([{ status: 'stopped', position: 2 }]);
    expect(await repaired.resume(EPOCH)).toBe(1);
    await drain(repaired);
    expect(await served()).toEqual(upTo(4));
  });

  test('that is ahead of a log which was cut back is found out, rebuilt, and swapped', async () => {
    await write('s', 9);
    await drain(projector());
    // A failover took the last two with it, and others were written at their places.
    await world.pool.query('ALTER TABLE events DISABLE TRIGGER USER');
    await world.pool.query('DELETE FROM events WHERE position > 7');
    await world.pool.query('ALTER TABLE events ENABLE TRIGGER USER');
    await world.pool.query('UPDATE event_order SET last = 7');
    await appended('after', 0, 1, 2, 3);
    await order();
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => void errors.push(message) };
    const one = new Projector({ store: new PostgresProjectorStore({ fenced }), projection: notes(), logger });
    await drain(one);
    await one.turn(EPOCH);
    expect(errors).toEqual(['projection.ahead']);
    const { rows } = await world.pool.query<{ stream: string }>(
      `SELECT DISTINCT ON (position) stream FROM notes WHERE position > 7
          AND generation = (SELECT live FROM projections) ORDER BY position`,
    );
    expect(rows.map(({ stream }) => stream)).toEqual(['after', 'after', 'after']);
    expect(await served()).toEqual(upTo(10));
  });

  test('is written under the fence: a worker of an older epoch changes nothing', async () => {
    await write('s', 3);
    await new FencedTransactions(world.pool, new TestLease(2).state).run(2, async () => undefined);
    await expect(projector().turn(EPOCH)).rejects.toMatchObject({ code: 'fenced' });
    expect(await projectionLag(world.pool)).toEqual([]);
  });

  test('a rebuild that is asked for begins once', async () => {
    await write('s', 3);
    const one = projector();
    await drain(one);
    await one.rebuild(EPOCH);
    await one.rebuild(EPOCH);
    expect((await projectionLag(world.pool)).map(({ status }) => status)).toEqual(['live', 'building']);
    await drain(one);
    expect(await served()).toEqual(upTo(3));
  });
});

test('ids of events are never the same', async () => {
  await appended(randomUUID(), 0, 1, 2);
  await order();
  expect(new Set((await all()).map(({ id }) => id)).size).toBe(2);
});
