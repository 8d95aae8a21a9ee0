import { Pool, type PoolClient } from 'pg';
import type { DatabaseSettings } from '../environment/environment';
import { RuntimeError } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { Database, Queryable, QueryResult } from './database';
import { databaseCredentials } from './database-credentials';

/** What a pool to one host needs. */
export interface PostgresPoolOptions {
  readonly settings: DatabaseSettings;
  readonly host: string;
  readonly region: string;
  /** Name that the database shows for these connections. */
  readonly applicationName: string;
  readonly logger: Logger;
  /** @default 10 */
  readonly maximumConnections?: number;
  /** A statement that runs longer is cancelled, in milliseconds. @default 5000 */
  readonly statementTimeoutMilliseconds?: number;
}

/** Time to get a connection, in milliseconds: short, so that a dead primary is told as such. */
const CONNECT_TIMEOUT = 2000;

/** Connections to one host. Survives the host going away; `recycle` replaces every connection. */
export class PostgresPool implements Database {
  private pool: Pool;

  constructor(private readonly options: PostgresPoolOptions) {
    this.pool = this.open();
  }

  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
    return run<Row>(this.pool, text, values);
  }

  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // A connection that dies between two statements tells it here.
    const onError = (error: Error) => this.options.logger.warn('database.connection-lost', { error });
    client.on('error', onError);
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({ query: (text, values) => run(client, text, values) });
      const commit = await client.query('COMMIT');
      // PostgreSQL answers ROLLBACK to the COMMIT of a transaction that has failed.
      if (commit.command !== 'COMMIT')
        throw new RuntimeError('unavailable', 'the transaction was rolled back');
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  /** Replaces every connection; those in use end after their transaction. */
  recycle(): void {
    const old = this.pool;
    this.pool = this.open();
    void old.end().catch(() => undefined);
  }

  /** Ends every connection once the transactions in hand are over. */
  close(): Promise<void> {
    return this.pool.end();
  }

  private open(): Pool {
    const {
      settings,
      host,
      region,
      logger,
      statementTimeoutMilliseconds: statementTimeout = 5000,
    } = this.options;
    const pool = new Pool({
      host,
      port: settings.port,
      database: settings.name,
      user: settings.user,
      ...databaseCredentials(settings, host, region),
      application_name: this.options.applicationName,
      max: this.options.maximumConnections ?? 10,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      statement_timeout: statementTimeout,
      // The client's own limit is longer than the server's, so that it only acts when the server is silent.
      query_timeout: statementTimeout + 1000,
      idle_in_transaction_session_timeout: statementTimeout * 2,
    });
    pool.on('error', error => logger.debug('database.idle-connection-lost', { error }));
    // For as long as it lives: the pool's own listener is taken off as a connection is handed out, and whoever gets it can
    // listen a moment later only. A server that dies just then would end the process. The next statement tells what was lost.
    pool.on('connect', client => client.on('error', () => undefined));
    return pool;
  }
}

async function run<Row extends object>(
  on: Pool | PoolClient,
  text: string,
  values?: readonly unknown[],
): Promise<QueryResult<Row>> {
  const result = await on.query<Row>(text, values === undefined ? undefined : [...values]);
  return { rows: result.rows, rowCount: result.rowCount ?? 0 };
}

/** Rolls back; returns the error when the connection can no longer be used. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
