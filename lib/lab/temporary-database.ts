import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { Clock } from '../ports';
import { freePort } from './network';
import { createLabFolders, type LabPaths, labPaths } from './paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from './postgres';
import { identify, isAlive, type ProcessIdentity } from './proc';
import { ProcessRegistry } from './processes';
import { stopAll } from './stop-processes';

const PREFIX = 'holdfast-database-';
const OWNER = 'owner.json';
const HOST = '127.0.0.1';
const PASSWORD = 'only-for-a-while';
/** Name of the database, and of the role that owns it. */
export const TEMPORARY = { name: 'orders', user: 'service' } as const;

/** PostgreSQL servers that live no longer than they are needed. */
export interface TemporaryDatabase {
  readonly global: GlobalDatabase;
  readonly host: string;
  /** File that holds the password of the role. */
  readonly passwordFile: string;
  port(region: string): number;
  /** Stops the servers and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts one server a Region, the first of them the writer, with an empty database: for tests and benchmarks. Servers do
 * not end with the process that started them, so each start first stops what processes left behind that were killed.
 */
export async function startTemporaryDatabase(
  regions: readonly [string, ...string[]],
  clock: Clock,
): Promise<TemporaryDatabase> {
  await stopLeftovers(clock);
  const root = mkdtempSync(path.join(tmpdir(), PREFIX));
  writeFileSync(path.join(root, OWNER), JSON.stringify(identify(process.pid)));
  const paths = labPaths(root);
  createLabFolders(paths);
  const passwordFile = path.join(paths.secrets, 'service');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const servers = await Promise.all(regions.map(region => makeServer(paths, region, clock)));
  const database = { ...TEMPORARY, password: PASSWORD };
  const output = { emit: () => undefined };
  const global = new GlobalDatabase({ servers, seed: regions[0], database, clock, output });
  await global.create();
  return {
    global,
    host: HOST,
    passwordFile,
    port: region => global.server(region).port,
    async stop() {
      await global.stop();
      remove(paths);
    },
  };
}

async function makeServer(paths: LabPaths, region: string, clock: Clock): Promise<PostgresServer> {
  return new PostgresServer({
    ...{ region, clock, host: HOST, port: await freePort(HOST), password: PASSWORD },
    binaries: sharedBinaries(),
    user: serverUser(),
    registry: new ProcessRegistry(paths, clock),
    output: { emit: () => undefined },
    dataFolder: path.join(paths.data, 'data', region),
  });
}

/** Whoever was killed could not stop its servers; a folder whose owner lives, or that names none, is left alone. */
async function stopLeftovers(clock: Clock): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(found => found.startsWith(PREFIX))) {
    const root = path.join(tmpdir(), name);
    const owner = readOwner(path.join(root, OWNER));
    if (owner === undefined || isAlive(owner)) continue;
    const paths = labPaths(root);
    await stopAll(paths, clock);
    remove(paths);
  }
}

function readOwner(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function remove(paths: LabPaths): void {
  for (const folder of [paths.data, paths.projectRoot]) rmSync(folder, { recursive: true, force: true });
}

/** One copy of the binaries, shared by all and kept. */
function sharedBinaries() {
  const data = path.join(tmpdir(), `holdfast-postgres-${userInfo().uid}`);
  mkdirSync(data, { recursive: true, mode: 0o755 });
  try {
    return preparePostgres({ data });
  } catch (error) {
    // Another process may have made the copy at the same moment.
    if (!existsSync(data)) throw error;
    return preparePostgres({ data });
  }
}
