import path from 'node:path';
import type { Clock, Output } from '../../ports';
import { CacheServer } from '../cache';
import { freePort, regionAddress } from '../network';
import type { LabPaths } from '../paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from '../postgres';
import type { ProcessRegistry } from '../processes';
import type { LabSecrets } from './secrets';
import type { DaemonHome, DaemonSettings } from './settings';

/** What every part of the daemon is made with. */
export interface DaemonContext {
  readonly settings: DaemonSettings;
  readonly paths: LabPaths;
  readonly secrets: LabSecrets;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the daemon is told to stop. */
  readonly signal: AbortSignal;
}

/** A home and its database. */
export interface StoredHome extends DaemonHome {
  readonly database: GlobalDatabase;
}

/** The stores of all Regions. */
export interface Stores {
  readonly homes: readonly StoredHome[];
  readonly caches: ReadonlyMap<string, CacheServer>;
}

/** Prepares databases and caches; nothing runs yet. */
export async function makeStores(context: DaemonContext): Promise<Stores> {
  const { settings, registry, clock, output } = context;
  const homes = await Promise.all(
    settings.homes.map(async home => ({ ...home, database: await makeDatabase(context, home) })),
  );
  const caches = await Promise.all(
    settings.regions.map(async (region, index) => {
      const host = regionAddress(index);
      const port = await freePort(host);
      const command = settings.tools.valkeyServer;
      return [region, new CacheServer({ region, host, port, command, registry, clock, output })] as const;
    }),
  );
  return { homes, caches: new Map(caches) };
}

async function makeDatabase(context: DaemonContext, home: DaemonHome): Promise<GlobalDatabase> {
  const { settings, clock, output, secrets } = context;
  const servers = await Promise.all(
    settings.regions.map((region, index) => makeServer(context, home, region, index)),
  );
  return new GlobalDatabase({
    servers,
    seed: home.seed,
    database: { name: settings.databaseName, user: 'service', password: secrets.service },
    clock,
    output,
  });
}

async function makeServer(
  context: DaemonContext,
  { home }: DaemonHome,
  region: string,
  index: number,
): Promise<PostgresServer> {
  const { paths, secrets, registry, clock, output } = context;
  const host = regionAddress(index);
  return new PostgresServer({
    region,
    home,
    host,
    port: await freePort(host),
    dataFolder: path.join(paths.data, 'data', home === undefined ? region : `${region}-${home}`),
    binaries: preparePostgres(paths),
    user: serverUser(),
    password: secrets.administrator,
    registry,
    clock,
    output,
  });
}

/** Starts databases and caches together. */
export async function startStores(stores: Stores, signal: AbortSignal): Promise<void> {
  await Promise.all([
    ...stores.homes.map(({ database }) => database.create(signal)),
    ...[...stores.caches.values()].map(cache => cache.start()),
  ]);
}

/** Stops databases and caches together. */
export async function stopStores(stores: Stores): Promise<void> {
  await Promise.all([
    ...stores.homes.map(({ database }) => database.stop()),
    ...[...stores.caches.values()].map(cache => cache.stop()),
  ]);
}
