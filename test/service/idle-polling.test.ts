// Looks before turns: what they must see, and what polling costs a database in which nothing happens.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../lib/lab/wait-for';
import { ChangeDelivery } from '../../lib/runtime/changes/change-delivery';
import { hasUnplacedChanges } from '../../lib/runtime/changes/change-log';
import { systemClock } from '../../lib/runtime/clock';
import type { Database } from '../../lib/runtime/database/database';
import { PostgresEventLog } from '../../lib/runtime/events/postgres-event-log';
import { hasProjectionWork } from '../../lib/runtime/events/projection-lag';
import { hasUnsentRows } from '../../lib/runtime/outbox/outbox';
import { startSaga } from '../../lib/runtime/saga/postgres-saga-store';
import { hasDueSaga } from '../../lib/runtime/saga/saga-reads';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { type ChangeWorkerParts, placingTurn, runChanges } from '../../lib/service/changes/change-worker';
import {
  projectionTurn,
  runSagasAndProjections,
  type SagaWorkerParts,
} from '../../lib/service/saga/saga-worker';
import { OrdersWorld, TestLease } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(60_000);

const REGION = 'us-east-2';
const NAMES = ['stock-levels', 'customer-orders'];
let database: TestDatabase;
let world: OrdersWorld;

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(async () => {
  await world.reset();
  await world.pool.query('TRUNCATE sagas, saga_steps, changes, change_deliveries');
});
afterAll(async () => {
  await world?.pool.close();
  await database?.stop();
});

test('owed work is seen until it is sent, and again after a raise', async () => {
  const { pool } = world;
  const process = world.process();
  expect(await hasUnsentRows(pool, 1)).toBe(false);
  await process.order('key');
  expect(await hasUnsentRows(pool, 1)).toBe(true);
  expect(await hasUnsentRows(pool, 1, ['eu'])).toBe(false);
  expect(await hasUnsentRows(pool, 1, ['*'])).toBe(true);
  await process.relay.relay();
  expect([await hasUnsentRows(pool, 1), await hasUnsentRows(pool, 2)]).toEqual([false, true]);
  await process.consume();
  expect(await hasUnsentRows(pool, 2)).toBe(false);
});

test('a saga is seen while a claim would get it', async () => {
  const { pool } = world;
  const saga = { id: 's', name: 'payment', input: {}, correlationId: 'c', epoch: 1, mayHaveBegun: false };
  expect(await hasDueSaga(pool, ['payment'], 1)).toBe(false);
  await startSaga(pool, saga);
  expect([await hasDueSaga(pool, ['payment'], 1), await hasDueSaga(pool, ['other'], 1)]).toEqual([
    true,
    false,
  ]);
  await pool.query(`UPDATE sagas SET leased_until = now() + interval '1 hour'`);
  expect([await hasDueSaga(pool, ['payment'], 1), await hasDueSaga(pool, ['payment'], 2)]).toEqual([
    false,
    true,
  ]);
  await pool.query(`UPDATE sagas SET leased_until = NULL, due_at = now() + interval '1 hour'`);
  expect(await hasDueSaga(pool, ['payment'], 2)).toBe(false);
});

test('read models are looked at while an event is missing in one, or one is built or to be taken away', async () => {
  const { pool } = world;
  const process = world.process();
  const turn = projectionTurn({ fenced: process.fenced, logger: silentLogger });
  const settle = async () => {
    while (await turn(1));
    return hasProjectionWork(pool, NAMES);
  };
  expect(await settle()).toBe(false);
  await process.fenced.run(1, transaction =>
    new PostgresEventLog(transaction, { actor: 'a', correlationId: 'c', epoch: 1 }).append(randomUUID(), 0, [
      { type: 'other', data: {} },
    ]),
  );
  expect(await hasProjectionWork(pool, NAMES)).toBe(true);
  expect(await settle()).toBe(false);
  for (const status of ['building', 'retired', 'ahead'])
    await pool.query(
      `INSERT INTO projection_generations (name, generation, shape, status, epoch) VALUES ($1, 99, 99, $2, 1)
        ON CONFLICT (name, generation) DO UPDATE SET status = $2`,
      [NAMES[0], status],
    );
  expect(await hasProjectionWork(pool, NAMES)).toBe(true);
  await pool.query('DELETE FROM projection_generations WHERE generation = 99');
});

test('a delivery is due with a batch in hand, a full one, or one that is old enough; at its first turn too', async () => {
  const { pool } = world;
  const process = world.process();
  const { fenced } = process;
  let fails = true;
  const deliver = async () => {
    if (fails) throw new Error('away');
  };
  const delivery = new ChangeDelivery({ name: 'd', fenced, deliver, most: 2, gatherSeconds: 3600 });
  expect(await delivery.isDue(pool)).toBe(true);
  expect(await delivery.turn(1)).toBe(false);
  expect(await delivery.isDue(pool)).toBe(false);
  await process.order('one');
  expect(await hasUnplacedChanges(pool)).toBe(true);
  await placingTurn({ fenced })(1);
  expect([await hasUnplacedChanges(pool), await delivery.isDue(pool)]).toEqual([false, false]);
  await process.order('two');
  await placingTurn({ fenced })(1);
  expect(await delivery.isDue(pool)).toBe(true);
  await expect(delivery.turn(1)).rejects.toThrow('away');
  await process.order('three');
  expect(await delivery.isDue(pool)).toBe(true);
  fails = false;
  expect(await delivery.turn(1)).toBe(true);
  await placingTurn({ fenced })(1);
  expect(await delivery.isDue(pool)).toBe(false);
  await pool.query(`UPDATE changes SET at = now() - interval '2 hours'`);
  expect(await delivery.isDue(pool)).toBe(true);
});

test('GIVEN nothing to do WHEN a worker polls on and on THEN it opens hardly a transaction', async () => {
  const process = world.process(new TestLease(1));
  const counts = { looks: 0, transactions: 0 };
  const counted: Database = {
    query: (text, values) => {
      counts.looks += 1;
      return world.pool.query(text, values);
    },
    transaction: work => {
      counts.transactions += 1;
      return world.pool.transaction(work);
    },
  };
  const fenced = Object.assign(Object.create(process.fenced), {
    run: (epoch: number, work: never) => {
      counts.transactions += 1;
      return process.fenced.run(epoch, work);
    },
  });
  const parts = {
    ...{ fenced, clock: systemClock, logger: silentLogger, activation: process.lease.activation },
    database: Object.assign(counted, { status: { writable: true } }),
    environment: { application: 'orders', region: REGION, timeScale: 10, instanceId: 'w' },
    cache: { lookup: async () => ({ kind: 'away' }), problem: 'no cache here' },
    keeper: { record: { epoch: 1 } },
  };
  const stop = new AbortController();
  const ended = Promise.all([
    runSagasAndProjections(parts as unknown as SagaWorkerParts, stop.signal),
    runChanges(parts as unknown as ChangeWorkerParts, stop.signal),
  ]);
  const look = async () => counts.looks >= 45;
  await waitFor(look, { clock: systemClock, timeout: 20_000, what: 'the looks' });
  stop.abort();
  await ended;
  // The first turns, and no more.
  expect(counts.transactions).toBeLessThan(25);
});
