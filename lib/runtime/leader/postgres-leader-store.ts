import type { Queryable } from '../database/database';
import { limited } from '../limit';
import type { LeaderRecord, LeaderStore } from './leader-store';

/** Where and how a lease is kept. */
export interface PostgresLeaderStoreOptions {
  /** Connections to the Region's own writer, each statement its own transaction; the schema is `LEADER_SCHEMA`. */
  readonly database: Queryable;
  /** What is led. */
  readonly name: string;
  /** A call that takes longer fails, in milliseconds: a sixth of the lease, so that one lost call costs no tenure. */
  readonly timeoutMilliseconds: number;
}

interface Row {
  readonly epoch: number;
  readonly term: number;
  readonly beat: number;
  readonly holder: string | null;
  readonly lease: number;
}

/**
 * A lease in PostgreSQL: a row with conditional updates. Not an advisory lock, which gives no token and ends with a
 * connection that its holder may believe in for minutes. After a failover that lost data terms may repeat: then only
 * the register's epoch tells the old leader from the new, so do not lead there without one.
 */
export function postgresLeaderStore(options: PostgresLeaderStoreOptions): LeaderStore {
  const { database, name, timeoutMilliseconds } = options;
  const query = <R extends object>(text: string, values: readonly unknown[]) =>
    limited(timeoutMilliseconds, signal =>
      Promise.race([database.query<R>(text, [name, ...values]), whenAborted(signal)]),
    );
  const write = async (text: string, next: LeaderRecord, more: readonly unknown[]): Promise<boolean> => {
    const { token, beat, holder = null, leaseMilliseconds } = next;
    const { rowCount } = await query(text, [
      token.epoch,
      token.term,
      beat,
      holder,
      leaseMilliseconds,
      ...more,
    ]);
    return rowCount === 1;
  };
  return {
    async read() {
      const { rows } = await query<Row>(READ, []);
      return rows[0] && recordOf(rows[0]);
    },
    take: (next, seen) =>
      seen === undefined
        ? write(INSERT, next, [])
        : write(`${UPDATE} AND epoch = $7 AND term = $8 AND beat = $9`, next, [
            seen.token.epoch,
            seen.token.term,
            seen.beat,
          ]),
    renew: (next, holder) =>
      write(`${UPDATE} AND epoch = $2 AND term = $3 AND beat < $4 AND holder = $7`, next, [holder]),
  };
}

const READ = `SELECT epoch::float8, term::float8, beat::float8, holder, lease_milliseconds AS lease
  FROM leader_leases WHERE name = $1`;
const INSERT = `INSERT INTO leader_leases (name, epoch, term, beat, holder, lease_milliseconds)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`;
const UPDATE = `UPDATE leader_leases SET epoch = $2, term = $3, beat = $4, holder = $5, lease_milliseconds = $6
  WHERE name = $1`;

function recordOf({ epoch, term, beat, holder, lease }: Row): LeaderRecord {
  const record = { token: { epoch, term }, beat, leaseMilliseconds: lease };
  return holder === null ? record : { ...record, holder };
}

/** Rejects when the signal aborts: a statement that hangs is left behind, as a lost message would be. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
