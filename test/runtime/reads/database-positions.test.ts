// A real writer and a real streaming replica, and Aurora's functions as the user guide describes them.
import { waitFor } from '../../../lib/lab/wait-for';
import { systemClock as clock } from '../../../lib/runtime/clock';
import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { parseConsistency } from '../../../lib/runtime/reads/consistency';
import { ConsistentReads } from '../../../lib/runtime/reads/consistent-reads';
import {
  auroraPositions,
  enginePositions,
  postgresPositions,
} from '../../../lib/runtime/reads/database-positions';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { startDatabase, type TestDatabase } from '../../helpers/postgres';

jest.setTimeout(180_000);

let database: TestDatabase;
let writer: PostgresPool;
let replica: PostgresPool;
let reads: ConsistentReads;

beforeAll(async () => {
  database = await startDatabase(['us-east-2', 'us-west-2']);
  [writer, replica] = ['us-east-2', 'us-west-2'].map(region => {
    const settings = database.settings(region);
    return new PostgresPool({
      settings,
      host: settings.host,
      region,
      applicationName: 'test',
      logger: silentLogger,
    });
  }) as [PostgresPool, PostgresPool];
  await writer.query('CREATE TABLE written (id int)');
  reads = new ConsistentReads({
    clock,
    positions: enginePositions(),
    leader: () => writer,
    follower: () => replica,
    leaderEpoch: () => 1,
    epoch: () => 1,
    waitMilliseconds: 300,
  });
});
afterAll(async () => {
  await Promise.all([writer.close(), replica.close()]);
  await database.stop();
});

const onReplica = (sql: string) => database.global.server('us-west-2').query(sql);
const write = async (id: number) => {
  await writer.transaction(transaction => transaction.query('INSERT INTO written VALUES ($1)', [id]));
  return { epoch: 1, lsn: await postgresPositions.written(writer) };
};
const has = (
  id: number,
  request: Omit<Parameters<ConsistentReads['read']>[0], 'consistency'> = {},
  text = 'any',
) =>
  reads.read({ consistency: parseConsistency(text), ...request }, async on => {
    const { rowCount } = await on.query('SELECT FROM written WHERE id = $1', [id]);
    return rowCount > 0;
  });

test('whoever wrote sees it on the replica, twenty times in a row', async () => {
  for (let id = 0; id < 20; id += 1) {
    const read = await has(id, { after: await write(id) });
    expect(read.value).toBe(true);
  }
});

test('a replica that stands still is not read by the one who wrote, nor by one who wants it fresh', async () => {
  await onReplica('SELECT pg_wal_replay_pause()');
  try {
    const after = await write(100);
    expect(await has(100, { after })).toMatchObject({ value: true, from: 'leader', reason: 'not-reached' });
    // Without the position it is not seen: the replica really stands still.
    expect(await has(100)).toMatchObject({ value: false, from: 'follower' });
    await waitFor(async () => ((await has(100)).lagMilliseconds ?? 0) > 250, {
      clock,
      timeout: 10_000,
      what: 'a lag',
    });
    expect(await has(100, {}, 'bounded:0.2')).toMatchObject({ value: true, from: 'leader', reason: 'lag' });
    expect(await has(100, {}, 'bounded:60')).toMatchObject({ value: false, from: 'follower' });
  } finally {
    await onReplica('SELECT pg_wal_replay_resume()');
  }
  await waitFor(async () => (await has(100)).value, { clock, timeout: 10_000, what: 'the replay' });
});

test('the writer knows that it is one, and is never late', async () => {
  expect(await postgresPositions.reached(writer)).toMatchObject({ writer: true, lagMilliseconds: 0 });
});

describe("Aurora's functions, modelled", () => {
  const model = async (instance: string, session: string) => {
    await writer.query(`
      CREATE SCHEMA IF NOT EXISTS aurora;
      CREATE OR REPLACE FUNCTION aurora.aurora_db_instance_identifier() RETURNS text LANGUAGE sql
        AS $$ SELECT '${instance}' $$;
      CREATE OR REPLACE FUNCTION aurora.aurora_replica_status() RETURNS TABLE (server_id text, session_id text,
        durable_lsn bigint, current_read_lsn bigint, replica_lag_in_msec real) LANGUAGE sql
        AS $$ VALUES ('writer', 'MASTER_SESSION_ID', 900::bigint, 0::bigint, NULL::real),
          ('reader', '${session}', NULL, 850, 12) $$;
      CREATE OR REPLACE FUNCTION aurora.aurora_global_db_instance_status() RETURNS TABLE (server_id text,
        visibility_lag_in_msec bigint) LANGUAGE sql AS $$ VALUES ('reader', 40::bigint) $$`);
  };
  const inside = <T>(work: (on: { query: PostgresPool['query'] }) => Promise<T>) =>
    writer.transaction(async transaction => {
      await transaction.query('SET LOCAL search_path = aurora, public');
      return work(transaction);
    });

  test('a reader tells its own read position and the longer of both lags', async () => {
    await model('reader', 'e4a1');
    expect(await inside(on => auroraPositions.reached(on))).toEqual({
      writer: false,
      lsn: 850n,
      lagMilliseconds: 40,
    });
  });

  test('what is written is what the writer has made durable', async () => {
    await model('writer', 'e4a1');
    expect(await inside(on => auroraPositions.written(on))).toBe(900n);
    expect(await inside(on => auroraPositions.reached(on))).toMatchObject({
      writer: true,
      lagMilliseconds: 0,
    });
  });

  test('the engine is found out by its functions', async () => {
    expect(await inside(on => enginePositions().written(on))).toBe(900n);
    expect(await enginePositions().written(writer)).toBeGreaterThan(900n);
  });
});
