import path from 'node:path';
import type { Clock, Output } from '../../ports';
import { CacheServer } from '../cache';
import { freePort, regionAddress } from '../network';
import type { LabPaths } from '../paths';
import { GlobalDatabase, PostgresServer, preparePostgres, serverUser } from '../postgres';
import type { ProcessRegistry } from '../processes';
import type { LabSecrets } from './secrets';
import type { DaemonSettings } from './settings';

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

/** The stores of all Regions. */
export interface Stores {
  readonly database: GlobalDatabase;
  readonly caches: ReadonlyMap<string, CacheServer>;
}

/** Prepares databases and caches; nothing runs yet. */
export async function makeStores(context: DaemonContext): Promise<Stores> {
  const { settings, registry, clock, output, secrets } = context;
  const servers = await Promise.all(
    settings.regions.map((region, index) => makeServer(context, region, index)),
  );
  const database = new GlobalDatabase({
    servers,
    seed: settings.seed,
    database: { name: settings.databaseName, user: 'service', password: secrets.service },
    clock,
    output,
  });
  const caches = await Promise.all(
    settings.regions.map(async (region, index) => {
      const host = regionAddress(index);
      const port = await freePort(host);
      const command = settings.tools.valkeyServer;
      return [region, new CacheServer({ region, host, port, command, registry, clock, output })] as const;
    }),
  );
  return { database, caches: new Map(caches) };
}

async function makeServer(context: DaemonContext, region: string, index: number): Promise<PostgresServer> {
  const { paths, secrets, registry, clock, output } = context;
  const host = regionAddress(index);
  return new PostgresServer({
    region,
    host,
    port: await freePort(host),
    dataFolder: path.join(paths.data, 'data', region),
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
    stores.database.create(signal),
    ...[...stores.caches.values()].map(cache => cache.start()),
  ]);
}

/** Stops databases and caches together. */
export async function stopStores(stores: Stores): Promise<void> {
  await Promise.all([stores.database.stop(), ...[...stores.caches.values()].map(cache => cache.stop())]);
}
