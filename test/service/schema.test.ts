import { PostgresPool } from '../../lib/runtime/database/postgres-pool';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { ensureSchema } from '../../lib/service/schema';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

let database: TestDatabase;
let pool: PostgresPool;

beforeAll(async () => {
  database = await startDatabase(['us-east-2']);
  const settings = database.settings('us-east-2');
  pool = new PostgresPool({
    settings,
    host: settings.host,
    region: 'us-east-2',
    applicationName: 'test',
    logger: silentLogger,
  });
});

afterAll(async () => {
  await pool.close();
  await database.stop();
});

test('many processes may bring the schema at once, and again', async () => {
  await Promise.all(Array.from({ length: 6 }, () => ensureSchema(pool)));
  await ensureSchema(pool);
  const { rows } = await pool.query<{ epoch: string }>('SELECT epoch FROM fence');
  expect(rows).toEqual([{ epoch: '0' }]);
});

test('the fence holds one row only', async () => {
  await expect(pool.query('INSERT INTO fence (epoch) VALUES (7)')).rejects.toThrow(/fence_pkey/);
  await expect(pool.query('INSERT INTO fence (single, epoch) VALUES (false, 7)')).rejects.toThrow(/check/);
});

test('a database that knew no rejected orders learns to', async () => {
  await pool.query(`ALTER TABLE orders DROP CONSTRAINT orders_status_check`);
  await pool.query(
    `ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('accepted', 'fulfilled'))`,
  );
  await pool.query('UPDATE schema_version SET version = 1');
  await ensureSchema(pool);
  const { rows } = await pool.query<{ definition: string }>(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'orders_status_check'`,
  );
  expect(rows[0]?.definition).toContain('rejected');
});
