import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { Database, DatabaseStatus, Queryable, QueryResult } from './database';

/** Connections to one host. */
export interface DatabaseConnections extends Database {
  recycle(): void;
  close(): Promise<void>;
}

/** One host of the Region's database. */
export interface DatabaseHost {
  readonly work: DatabaseConnections;
  /** A connection of its own for probes, so that a busy service is not taken for a database that is away. */
  readonly watch: DatabaseConnections;
}

/** A replica that has replayed all it received is only level with the writer while it is connected. */
const LAG = `SELECT CASE WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
    AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END AS lag`;

/**
 * The Region's database: finds out by probing whether it is a primary or a replica, follows it through promotion
 * and rebuild without a restart, and asks the hosts in order (writer endpoint, then reader endpoint) for the first
 * that answers.
 */
export class RegionalDatabase implements Database {
  private active: DatabaseHost;
  private found: DatabaseStatus = { problem: 'the database was not probed yet', writable: false };
  private probing: Promise<DatabaseStatus> | undefined;

  /** @param hosts Writer endpoint first; at least one. */
  constructor(
    private readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]],
    private readonly logger: Logger,
  ) {
    this.active = hosts[0];
  }

  /** What the last probe found. */
  get status(): DatabaseStatus {
    return this.found;
  }

  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
    return this.active.work.query<Row>(text, values);
  }

  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    return this.active.work.transaction(work);
  }

  /** Looks at the database; probes asked for at the same time share one. Never rejects. */
  probe(): Promise<DatabaseStatus> {
    this.probing ??= this.look().finally(() => {
      this.probing = undefined;
    });
    return this.probing;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.all(this.hosts.flatMap(({ work, watch }) => [work.close(), watch.close()]));
  }

  private async look(): Promise<DatabaseStatus> {
    let problem = '';
    for (const host of this.hosts) {
      try {
        const { rows } = await host.watch.query<{ replica: boolean }>(
          'SELECT pg_is_in_recovery() AS replica',
        );
        const writable = rows[0]?.replica === false;
        this.follow(host, writable);
        return this.note({ writable, lagSeconds: writable ? undefined : await replayLag(host.watch) });
      } catch (error) {
        problem = problem || reasonOf(error);
      }
    }
    return this.note({ problem, writable: false });
  }

  /** A changed role or host gets fresh connections: the old ones may lead to a server that was replaced. */
  private follow(host: DatabaseHost, writable: boolean): void {
    if (this.found.problem === undefined && this.found.writable !== writable) host.work.recycle();
    this.active = host;
  }

  private note(next: DatabaseStatus): DatabaseStatus {
    const { found } = this;
    if (found.problem !== next.problem || found.writable !== next.writable) {
      this.logger.info('database.changed', { problem: next.problem, writable: next.writable });
    }
    this.found = next;
    return next;
  }
}

/** Aurora does not offer these functions; then the lag is unknown, and not zero. */
async function replayLag(host: Database): Promise<number | undefined> {
  try {
    const { rows } = await host.query<{ lag: number | null }>(LAG);
    return rows[0]?.lag ?? undefined;
  } catch {
    return undefined;
  }
}
