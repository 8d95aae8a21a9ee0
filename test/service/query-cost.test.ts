// What the service's own polling costs a database that has been busy for long: rows that a statement looks at, as
// PostgreSQL itself counts them.
import { ChangeDelivery } from '../../lib/runtime/changes/change-delivery';
import { orderChanges, purgeChanges } from '../../lib/runtime/changes/change-log';
import type { Queryable, QueryResult } from '../../lib/runtime/database/database';
import { orderEvents } from '../../lib/runtime/events/event-order';
import { hasProjectionWork } from '../../lib/runtime/events/projection-lag';
import { purgeExpiredKeys } from '../../lib/runtime/idempotency/postgres-idempotency';
import { purgeJobs } from '../../lib/runtime/jobs/job-history';
import { hasUnsentRows, lockUnsentRows } from '../../lib/runtime/outbox/outbox';
import { hasDueSaga, sagaCounts } from '../../lib/runtime/saga/saga-reads';
import { OrdersWorld } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
/** Rows of each table. */
const MANY = 20_000;
const delivered = new ChangeDelivery({
  name: 'analytics',
  fenced: { run: () => Promise.reject(new Error('not here')), requireLease: () => undefined },
  deliver: async () => undefined,
});
let database: TestDatabase;
let world: OrdersWorld;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that the scans of a plan have looked at. */
function scanned(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + scanned(plan), 0);
  if (!/Scan/.test(node['Node Type']) || /Subquery|CTE/.test(node['Node Type'])) return below;
  const looked = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
  return below + looked * node['Actual Loops'];
}

/** Runs `work` in a transaction that is rolled back; returns the rows that its statements looked at. */
async function cost(work: (on: Queryable) => Promise<unknown>): Promise<number> {
  let rows = 0;
  const undo = new Error('rolled back');
  const run = world.pool.transaction(async transaction => {
    const explained: Queryable = {
      async query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
        await transaction.query('SAVEPOINT before');
        const { rows: found } = await transaction.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          values,
        );
        rows += scanned((found[0] as (typeof found)[number])['QUERY PLAN'][0].Plan);
        await transaction.query('ROLLBACK TO SAVEPOINT before');
        return transaction.query<Row>(text, values);
      },
    };
    await work(explained);
    throw undo;
  });
  await run.catch(error => {
    if (error !== undo) throw error;
  });
  return rows;
}

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
  await world.reset();
  const { pool } = world;
  await pool.query('ALTER TABLE orders DISABLE TRIGGER USER');
  await pool.query(
    `INSERT INTO orders (id, item, quantity, status, epoch, region, created_at)
       SELECT gen_random_uuid(), 'nut', 1, 'accepted', 1, 'r', now() - make_interval(secs => n)
         FROM generate_series(1, ${MANY}) n`,
  );
  await pool.query('ALTER TABLE orders ENABLE TRIGGER USER');
  // Open and sent, as while fulfilment is paused.
  await pool.query(
    `INSERT INTO outbox (order_id, correlation_id, created_at, epoch_sent, sent_at)
       SELECT id, 'c', created_at, 1, created_at FROM orders`,
  );
  await pool.query(
    `INSERT INTO changes (position, entity, key, type, epoch, at)
       SELECT n, 'order', n::text, 'inserted', 1, now() - interval '1 hour' FROM generate_series(1, ${MANY}) n`,
  );
  await pool.query(`UPDATE change_order SET last = ${MANY}`);
  await pool.query(`INSERT INTO change_deliveries (name, position, epoch) VALUES ('analytics', ${MANY}, 1)`);
  await pool.query(
    `INSERT INTO idempotency_keys (key_hash, request_hash, response, expires_at)
       SELECT n::text, 'r', '{}', now() + interval '1 day' FROM generate_series(1, ${MANY}) n`,
  );
  await pool.query(
    `INSERT INTO job_attempts (job_id, kind, epoch, region, worker, correlation_id, started_at, outcome)
       SELECT n::text, 'fulfil', 1, 'r', 'w', 'c', now(), 'done' FROM generate_series(1, ${MANY}) n`,
  );
  await pool.query(
    `INSERT INTO sagas (id, name, input, correlation_id, status, direction, step, attempts, reached, moved, outcomes, epoch)
       SELECT n::text, 'payment', '{}', 'c', 'done', 'take', 0, 1, 0, false, '{}', 1 FROM generate_series(1, ${MANY}) n`,
  );
  await pool.query('ANALYZE');
});
afterAll(async () => {
  await world?.pool.close();
  await database?.stop();
});

describe('polling a database that holds much', () => {
  test('GIVEN much owed work that was sent WHEN the relay looks for what was not THEN it does not go through all of it', async () => {
    expect(await cost(on => lockUnsentRows(on, 1, 10))).toBeLessThan(50);
  });

  test('GIVEN half of it sent again after a raise WHEN the relay takes the next batch THEN it does not go past that half', async () => {
    await world.pool.query(
      `UPDATE outbox SET epoch_sent = 2 WHERE order_id IN (SELECT order_id FROM outbox ORDER BY created_at LIMIT ${MANY / 2})`,
    );
    await world.pool.query('VACUUM ANALYZE outbox');
    expect(await cost(on => lockUnsentRows(on, 2, 10))).toBeLessThan(100);
  });

  test.each<[string, (on: Queryable) => Promise<unknown>, number]>([
    ['changes that nobody may purge yet', on => purgeChanges(on, 48, 1000), 2100],
    ['changes that all have their places', on => orderChanges(on, 500), 10],
    ['events that all have their places', on => orderEvents(on, 500), 10],
    ['keys of which none has expired', on => purgeExpiredKeys(on, 1000), 10],
    ['attempts of which none is old', on => purgeJobs(on, 14, 1000), 10],
    ['sagas that are over', on => sagaCounts(on), 10],
    ['owed work that was sent', on => hasUnsentRows(on, 1), 10],
    ['sagas of which none is due', on => hasDueSaga(on, ['payment'], 1), 10],
    ['read models that have everything', on => hasProjectionWork(on, ['stock-levels']), 10],
    ['changes that were delivered', on => delivered.isDue(on), 10],
  ])('GIVEN %s WHEN they are looked for THEN it costs few rows', async (_what, work, most) => {
    expect(await cost(work)).toBeLessThan(most);
  });
});
