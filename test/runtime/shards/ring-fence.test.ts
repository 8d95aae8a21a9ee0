import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { enterRing, RING_FENCE_SCHEMA } from '../../../lib/runtime/shards/ring-fence';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { startDatabase } from '../../helpers/postgres';

test('a shard that knows a newer ring refuses who still writes by the old one', async () => {
  const server = await startDatabase(['us-east-1']);
  const settings = server.settings('us-east-1');
  const pool = new PostgresPool({
    settings,
    host: settings.host,
    region: 'us-east-1',
    applicationName: 'test',
    logger: silentLogger,
  });
  const write = (version: number) => pool.transaction(transaction => enterRing(transaction, version));
  try {
    await pool.query(RING_FENCE_SCHEMA);
    await write(1);
    await Promise.all([write(2), write(2)]);
    await expect(write(1)).rejects.toMatchObject({ code: 'conflict' });
    await write(2);
    await write(3);
    await expect(write(2)).rejects.toMatchObject({ code: 'conflict' });
  } finally {
    await pool.close();
    await server.stop();
  }
}, 60_000);
