import { attemptValues, purgeJobs, recordAttempt } from '../../../lib/runtime/jobs/job-history';
import { outboxIdOf, readdress } from '../../../lib/runtime/jobs/job-message';
import { OrdersWorld } from '../../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';

const ATTEMPT = {
  ...{ jobId: 'a', kind: 'fulfil', messageId: 'm', epoch: 1, region: 'us-east-2', worker: 'w' },
  ...{ correlationId: 'c', startedAt: new Date('2026-11-25T06:00:00Z'), outcome: 'failed' as const },
};

test('a reason is kept without its secrets, and bounded', () => {
  const reason = `signing in with password=hunter2 ${'x'.repeat(2000)}`;
  const kept = String(attemptValues({ ...ATTEMPT, reason }).at(-1));
  expect(kept).not.toContain('hunter2');
  expect(kept).toHaveLength(500);
});

test('a body names an outbox row, or none; only its epoch changes', () => {
  const orderId = '5f0c6d1e-4c55-4c0e-9d52-0a1f0b9f7f11';
  expect(outboxIdOf(JSON.stringify({ orderId }))).toBe(orderId);
  for (const body of ['', '[]', 'null', '{}', '{"orderId":"1"}', '{"orderId":7}']) {
    expect(outboxIdOf(body)).toBeUndefined();
    expect(readdress(body, 3)).toBe(body);
  }
  expect(readdress('{"orderId":"a","epoch":1,"z":[2]}', 3)).toBe('{"orderId":"a","epoch":3,"z":[2]}');
});

describe('the purge', () => {
  jest.setTimeout(60_000);
  let database: TestDatabase;
  let world: OrdersWorld;
  beforeAll(async () => {
    database = await startDatabase(['us-east-2']);
    world = new OrdersWorld(database, 'us-east-2');
    await world.reset();
  });
  afterAll(async () => {
    await world.pool.close();
    await database.stop();
  });

  test('forgets what is old, so much at once, and never a parked message that was not replayed', async () => {
    const { pool } = world;
    for (let count = 0; count < 5; count += 1) await recordAttempt(pool, ATTEMPT);
    await pool.query(`UPDATE job_attempts SET ended_at = now() - interval '15 days' WHERE id % 5 <> 0`);
    for (const [id, replayedAt] of [
      ['old', '2020-01-01'],
      ['waiting', null],
    ]) {
      await pool.query(
        `INSERT INTO parked_messages (queue, id, region, body, attributes, reason, code, receive_count,
          correlation_id, parked_at, replayed_at) VALUES ('q', $1, 'r', '', '{}', '', '', 1, 'c', '2020-01-01', $2)`,
        [id, replayedAt],
      );
    }
    expect(await purgeJobs(pool, 14, 3)).toBe(3);
    expect(await purgeJobs(pool, 14, 3)).toBe(1);
    expect(await purgeJobs(pool, 14, 3)).toBe(0);
    expect((await pool.query('SELECT id FROM job_attempts')).rows).toHaveLength(1);
    expect((await pool.query('SELECT id FROM parked_messages')).rows).toEqual([{ id: 'waiting' }]);
  });
});
