// A standby's process on a real streaming replica: refuses, is promoted, writes; the old writer becomes a standby.

import { waitFor } from '../../lib/lab/wait-for';
import { systemClock } from '../../lib/runtime/clock';
import { PostgresPool } from '../../lib/runtime/database/postgres-pool';
import { RegionalDatabase } from '../../lib/runtime/database/regional-database';
import { ReadLease } from '../../lib/runtime/register/lease';
import { LeaseKeeper } from '../../lib/runtime/register/lease-keeper';
import type { RegisterRecord } from '../../lib/runtime/register/register';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { Activation } from '../../lib/service/activation';
import { ensureSchema } from '../../lib/service/schema';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(180_000);

const OLD = 'us-east-2';
const NEW = 'us-west-2';
let register: RegisterRecord = { epoch: 1, phase: 'active', region: OLD };
let database: TestDatabase;
const stop = new AbortController();
const running: Promise<void>[] = [];
/** Regions that brought the schema, in order. */
const migrations: string[] = [];

function startRegion(region: string) {
  const settings = database.settings(region);
  const shared = { settings, host: settings.host, region, applicationName: region, logger: silentLogger };
  const host = {
    work: new PostgresPool(shared),
    watch: new PostgresPool({ ...shared, maximumConnections: 1 }),
  };
  const regional = new RegionalDatabase([host], silentLogger);
  const keeper = new LeaseKeeper({
    lease: new ReadLease(region, 1000),
    register: { read: async () => register },
    clock: systemClock,
    logger: silentLogger,
  });
  const activation = new Activation({
    keeper,
    database: regional,
    clock: systemClock,
    logger: silentLogger,
    migrate: () => {
      migrations.push(region);
      return ensureSchema(regional);
    },
  });
  running.push(keeper.run(stop.signal), activation.run(stop.signal, 100));
  return { activation, regional };
}

const until = (what: string, look: () => boolean) =>
  waitFor(async () => look(), { clock: systemClock, timeout: 60_000, what });

beforeAll(async () => {
  database = await startDatabase([OLD, NEW]);
});

test('roles follow register and database without a restart', async () => {
  const old = startRegion(OLD);
  const next = startRegion(NEW);
  await until('the seed to write', () => old.activation.state().active);
  await until('the standby to be looked at', () => next.regional.status.problem === undefined);
  expect(() => next.activation.requireEpoch()).toThrow(expect.objectContaining({ code: 'not-active' }));
  expect(next.regional.status.writable).toBe(false);
  // The schema reaches the replica by replication; a migration there would have failed.
  await waitFor(async () => (await next.regional.query('SELECT epoch FROM fence')).rowCount === 1, {
    clock: systemClock,
    timeout: 60_000,
    what: 'the schema on the replica',
  });
  await expect(next.regional.query('INSERT INTO fence VALUES (true, 1)')).rejects.toThrow(/read-only/);

  register = { epoch: 2, phase: 'fencing', region: NEW };
  await until('the old Region to refuse', () => !old.activation.state().active);
  await database.global.switchover(NEW);
  await until('the promotion to be seen', () => next.regional.status.writable);
  await next.activation.advance();
  expect(migrations).toEqual([OLD]);
  expect(next.activation.state().active).toBe(false);

  register = { epoch: 2, phase: 'active', region: NEW };
  await until('the new Region to write', () => next.activation.state().active);
  expect(next.activation.requireEpoch()).toBe(2);
  expect(migrations).toEqual([OLD, NEW]);

  await database.global.rejoin();
  await until('the old Region to be a standby', () => {
    const { problem, writable } = old.regional.status;
    return problem === undefined && !writable;
  });
  expect(old.activation.state()).toMatchObject({ active: false });
  expect((await old.regional.query('SELECT epoch FROM fence')).rowCount).toBe(1);
});

test('a lease without a writable database does not make a writer', async () => {
  register = { epoch: 3, phase: 'active', region: OLD };
  const old = startRegion(OLD);
  await until('the reason to be known', () => /replica/.test(JSON.stringify(old.activation.state())));
  expect(() => old.activation.requireEpoch()).toThrow(/takes no writes/);
  stop.abort();
  await Promise.all(running);
  await old.regional.close();
});

afterAll(async () => {
  stop.abort();
  await database.stop();
});
