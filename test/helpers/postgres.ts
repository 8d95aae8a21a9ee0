// Real PostgreSQL servers for tests, by the lab's own code.
import { systemClock } from '../../lib/clock';
import type { GlobalDatabase } from '../../lib/lab/postgres';
import { startTemporaryDatabase, TEMPORARY } from '../../lib/lab/temporary-database';
import type { DatabaseSettings } from '../../lib/runtime/environment/environment';

/** One PostgreSQL server a Region, the first of them the writer. */
export interface TestDatabase {
  readonly global: GlobalDatabase;
  /** How the service reaches the database of a Region. */
  settings(region: string): DatabaseSettings;
  stop(): Promise<void>;
}

/** Starts servers with an empty database `orders` that the role `service` owns. */
export async function startDatabase(regions: readonly [string, ...string[]]): Promise<TestDatabase> {
  const database = await startTemporaryDatabase(regions, systemClock);
  const { global, host, passwordFile } = database;
  return {
    global,
    settings: region => ({
      ...{ ...TEMPORARY, host, port: database.port(region) },
      authentication: { kind: 'file', path: passwordFile },
    }),
    stop: () => database.stop(),
  };
}
