// Real PostgreSQL servers for tests, by the lab's own code.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../lib/clock';
import { createLabFolders, labPaths } from '../../lib/lab/paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from '../../lib/lab/postgres';
import { ProcessRegistry } from '../../lib/lab/processes';
import type { Output } from '../../lib/ports';
import type { DatabaseSettings } from '../../lib/runtime/environment/environment';
import { freePort } from './free-port';

const PASSWORD = 'only-for-tests';

/** One PostgreSQL server a Region, the first of them the writer. */
export interface TestDatabase {
  readonly global: GlobalDatabase;
  /** How the service reaches the database of a Region. */
  settings(region: string): DatabaseSettings;
  stop(): Promise<void>;
}

/** Starts servers with an empty database `orders` that the role `service` owns. */
export async function startDatabase(regions: readonly [string, ...string[]]): Promise<TestDatabase> {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-test-'));
  const paths = labPaths(root);
  createLabFolders(paths);
  const passwordFile = path.join(paths.secrets, 'service');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const output: Output = { emit: () => undefined };
  const registry = new ProcessRegistry(paths, systemClock);
  const shared = {
    binaries: binaries(),
    user: serverUser(),
    password: PASSWORD,
    registry,
    clock: systemClock,
    output,
  };
  const servers: PostgresServer[] = [];
  for (const region of regions) {
    const dataFolder = path.join(paths.data, 'data', region);
    servers.push(
      new PostgresServer({ ...shared, region, host: '127.0.0.1', port: await freePort(), dataFolder }),
    );
  }
  const database = { name: 'orders', user: 'service', password: PASSWORD };
  const global = new GlobalDatabase({ servers, seed: regions[0], database, clock: systemClock, output });
  await global.create();
  return {
    global,
    settings: region => ({
      host: '127.0.0.1',
      port: global.server(region).port,
      name: 'orders',
      user: 'service',
      authentication: { kind: 'file', path: passwordFile },
    }),
    async stop() {
      await global.stop();
      for (const folder of [paths.data, root]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The copy of the binaries, made once and shared by every test. */
function binaries() {
  const data = path.join(tmpdir(), `holdfast-test-${userInfo().uid}`);
  mkdirSync(data, { recursive: true, mode: 0o755 });
  try {
    return preparePostgres({ data });
  } catch (error) {
    // Another test may have made the copy at the same moment.
    if (!existsSync(data)) throw error;
    return preparePostgres({ data });
  }
}
