import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { systemClock as clock } from '../../lib/clock';
import { freePort, regionAddress } from '../../lib/lab/network';
import { createLabFolders, type LabPaths, labPaths } from '../../lib/lab/paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from '../../lib/lab/postgres';
import { descendants, isFrozen, markedProcesses } from '../../lib/lab/proc';
import { ProcessRegistry } from '../../lib/lab/processes';
import { stopAll } from '../../lib/lab/stop-processes';
import { waitFor } from '../../lib/lab/wait-for';

jest.setTimeout(120_000);

let paths: LabPaths;
let database: GlobalDatabase;
const output = { emit: () => undefined };
const regions = ['us-east-2', 'us-west-2'];

beforeAll(async () => {
  paths = labPaths(mkdtempSync(path.join(tmpdir(), 'holdfast-postgres-')));
  createLabFolders(paths);
  const binaries = preparePostgres(paths);
  const registry = new ProcessRegistry(paths, clock);
  const servers = await Promise.all(
    regions.map(async (region, index) => {
      const host = regionAddress(index);
      return new PostgresServer({
        region,
        host,
        port: await freePort(host),
        dataFolder: path.join(paths.data, 'data', region),
        binaries,
        user: serverUser(),
        password: 'administrator-password',
        registry,
        clock,
        output,
      });
    }),
  );
  const application = { name: 'orders', user: 'service', password: `o'ps"word` };
  database = new GlobalDatabase({ servers, seed: 'us-east-2', database: application, clock, output });
  await database.create();
});

afterAll(async () => {
  await database?.stop();
  expect(markedProcesses(paths.labId)).toEqual([]);
  await stopAll(paths, clock);
  rmSync(paths.projectRoot, { recursive: true, force: true });
  rmSync(paths.data, { recursive: true, force: true });
});

/** One statement as the application, in a session of its own. */
async function asService<Row extends object>(region: string, sql: string): Promise<Row[]> {
  const { host, port } = database.server(region);
  const client = new Client({ host, port, user: 'service', password: `o'ps"word`, database: 'orders' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const eventually = <T>(look: () => Promise<T | false | undefined>) =>
  waitFor(look, { clock, timeout: 30_000, what: 'the condition' });

async function rowsSeen(region: string): Promise<number> {
  const [row] = await asService<{ count: number }>(region, 'select count(*)::int as count from ledger');
  return row?.count ?? -1;
}

test('the service writes in the seed and reads the same in the standby, which refuses writes', async () => {
  await asService('us-east-2', 'create table ledger (number bigint)');
  await asService('us-east-2', 'insert into ledger values (1)');

  await eventually(async () => (await rowsSeen('us-west-2')) === 1);
  await expect(asService('us-west-2', 'insert into ledger values (2)')).rejects.toMatchObject({
    code: '25006',
  });
});

test('a wrong password is refused', async () => {
  const { host, port } = database.server('us-east-2');
  const client = new Client({ host, port, user: 'service', password: 'wrong', database: 'orders' });
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
});

const lag = async () => {
  await database.observe();
  return database.status().find(server => server.region === 'us-west-2')?.lag;
};

test('lag is zero in step and grows while the standby does not replay', async () => {
  const standby = database.server('us-west-2');
  await eventually(async () => (await lag()) === 0);

  await standby.query('select pg_wal_replay_pause()');
  await asService('us-east-2', 'insert into ledger values (2)');

  await eventually(async () => ((await lag()) ?? 0) > 300);
  await standby.query('select pg_wal_replay_resume()');
  await eventually(async () => (await lag()) === 0);
});

test('over a slow link a standby sees a write that much later, and at once when the link is mended', async () => {
  const seenAfter = async () => {
    const before = await rowsSeen('us-west-2');
    await asService('us-east-2', 'insert into ledger values (0)');
    const written = clock.monotonic();
    await eventually(async () => (await rowsSeen('us-west-2')) === before + 1);
    return clock.monotonic() - written;
  };
  const streaming = async (through: string) => {
    const rows = await database
      .server('us-west-2')
      .query<{ port: number }>(
        `select sender_port as port from pg_stat_wal_receiver where status = 'streaming'`,
      );
    const direct = rows[0]?.port === database.server('us-east-2').port;
    return rows.length === 1 && direct === (through === 'directly');
  };
  await expect(database.link('us-east-2', 400)).rejects.toMatchObject({ code: 'refused' });
  await database.link('us-west-2', 400);
  await eventually(() => streaming('slowly'));
  expect(await seenAfter()).toBeGreaterThan(390);
  await database.link('us-west-2', 'mend');
  await eventually(() => streaming('directly'));
  expect(await seenAfter()).toBeLessThan(390);
});

test('a frozen server takes its sessions along, and is killed and started again like any other', async () => {
  const standby = database.server('us-west-2');
  const { process } = standby;
  const restarts = standby.restarts;
  process?.freeze();
  const backends = descendants(process?.pid ?? 0);
  expect(backends.length).toBeGreaterThan(3);
  await eventually(async () => process?.frozen === true && backends.every(isFrozen));
  process?.kill('SIGKILL');
  await eventually(async () => standby.restarts === restarts + 1 && (await standby.isStandby()));
  await eventually(async () => (await rowsSeen('us-east-2')) === (await rowsSeen('us-west-2')));
});

test('a switchover loses no acknowledged write although nobody fences the writers', async () => {
  let acknowledged = await rowsSeen('us-east-2');
  let writing = true;
  const writers = Array.from({ length: 4 }, async () => {
    const { host, port } = database.server('us-east-2');
    const client = new Client({ host, port, user: 'service', password: `o'ps"word`, database: 'orders' });
    client.on('error', () => undefined);
    await client.connect();
    while (writing) {
      await client.query('insert into ledger values (3)').then(
        () => (acknowledged += 1),
        () => (writing = false),
      );
    }
    await client.end().catch(() => undefined);
  });
  const before = acknowledged;
  await eventually(async () => acknowledged > before + 100);

  await database.switchover('us-west-2');
  await Promise.all(writers);

  expect(database.writer).toBe('us-west-2');
  // Never fewer than acknowledged; one more a writer may have been written whose answer was cut off.
  const found = await rowsSeen('us-west-2');
  expect(found).toBeGreaterThanOrEqual(acknowledged);
  expect(found).toBeLessThanOrEqual(acknowledged + 4);
  await asService('us-west-2', 'insert into ledger values (4)');
});

test('the former writer rejoins as a standby without a new copy, and the way back loses nothing either', async () => {
  await database.rejoin();
  await eventually(async () => (await rowsSeen('us-east-2')) === (await rowsSeen('us-west-2')));
  await expect(asService('us-east-2', 'insert into ledger values (5)')).rejects.toMatchObject({
    code: '25006',
  });

  await database.switchover('us-east-2');
  await database.rejoin();

  await asService('us-east-2', 'insert into ledger values (6)');
  await eventually(async () => (await rowsSeen('us-west-2')) === (await rowsSeen('us-east-2')));
});

test('a switchover to a standby that does not follow is refused, and the writer stays writable', async () => {
  const standby = database.server('us-west-2');
  await eventually(async () => (await lag()) === 0);
  await standby.stop();
  await eventually(async () => {
    await database.observe();
    const rows = await database.server('us-east-2').query('select 1 from pg_stat_replication');
    return rows.length === 0;
  });
  // Silent and in step: unknown. Silent and behind: growing.
  expect(await lag()).toBeUndefined();

  await expect(database.switchover('us-west-2')).rejects.toMatchObject({ code: 'refused' });

  await asService('us-east-2', 'insert into ledger values (7)');
  await eventually(async () => ((await lag()) ?? 0) > 100);
  await standby.start(database.server('us-east-2').upstream);
  await eventually(async () => (await rowsSeen('us-west-2')) === (await rowsSeen('us-east-2')));
});

test('a server that is killed comes back by itself', async () => {
  const standby = database.server('us-west-2');
  const { restarts } = standby;
  standby.process?.kill('SIGKILL');
  await eventually(async () => standby.restarts === restarts + 1 && (await standby.isStandby()));
  await asService('us-east-2', 'insert into ledger values (8)');
  await eventually(async () => (await rowsSeen('us-west-2')) === (await rowsSeen('us-east-2')));
});

test('a failover promotes without the old writer, which is copied anew and follows', async () => {
  const old = database.server('us-east-2');
  await old.stop();

  await database.failover('us-west-2');
  await asService('us-west-2', 'insert into ledger values (9)');
  await database.rejoin();

  expect(database.writer).toBe('us-west-2');
  await eventually(async () => (await rowsSeen('us-east-2')) === (await rowsSeen('us-west-2')));
  await expect(asService('us-east-2', 'insert into ledger values (10)')).rejects.toMatchObject({
    code: '25006',
  });
});

test('a standby that was cut off lacks what came after, a failover to it loses that, and the cut is not inherited', async () => {
  await database.link('us-east-2', 'cut');
  await asService('us-west-2', 'insert into ledger values (11)');
  expect(await rowsSeen('us-east-2')).toBe((await rowsSeen('us-west-2')) - 1);
  await expect(database.link('us-west-2', 'cut')).rejects.toMatchObject({ code: 'refused' });

  await database.hold('us-west-2');
  await database.failover('us-east-2');
  await database.rejoin();
  expect(database.status().find(server => server.region === 'us-west-2')?.running).toBe(false);
  await asService('us-east-2', 'insert into ledger values (12)');

  await database.release('us-west-2');
  await eventually(async () => (await rowsSeen('us-west-2')) === (await rowsSeen('us-east-2')));
  const lost = await asService<{ number: string }>(
    'us-west-2',
    'select number from ledger where number >= 11',
  );
  expect(lost.map(row => row.number)).toEqual(['12']);
});
