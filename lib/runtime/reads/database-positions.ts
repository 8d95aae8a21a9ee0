import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';

/** How far a server is. */
export interface ServerPosition {
  /** Whether it is the one that takes writes. */
  readonly writer: boolean;
  /** What a reader of it sees at least. */
  readonly lsn: bigint;
  /** An upper bound of how old that is, in milliseconds; undefined when it cannot be told, which is not 0. */
  readonly lagMilliseconds: number | undefined;
}

/** Positions in the database's log; engines tell them in different ways. */
export interface DatabasePositions {
  /** A position at or after everything that was committed before the call. Ask the writer. */
  written(on: Queryable): Promise<bigint>;
  /** How far this server is. Ask on the connection that will read: behind one name there may be several servers. */
  reached(on: Queryable): Promise<ServerPosition>;
}

interface Row {
  readonly writer: boolean;
  readonly lsn: string | null;
  readonly lag: number | null;
}

/**
 * PostgreSQL. Written is what is flushed: under `synchronous_commit` no commit is acknowledged before, and no replica
 * gets more. The lag is measured from the last commit that was replayed or, when all that came was replayed, from the
 * last message of the writer, which also comes while nothing is written; only a user in `pg_read_all_stats` sees that
 * one. Both are upper bounds, as long as the two servers' clocks agree.
 */
export const postgresPositions: DatabasePositions = {
  written: on => one(on, `SELECT (pg_current_wal_flush_lsn() - '0/0')::text AS lsn`),
  async reached(on) {
    const row = await first<Row>(
      on,
      `SELECT NOT pg_is_in_recovery() AS writer, (pg_last_wal_replay_lsn() - '0/0')::text AS lsn,
         extract(epoch FROM clock_timestamp() - greatest(pg_last_xact_replay_timestamp(),
           CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
             THEN (SELECT last_msg_receipt_time FROM pg_stat_wal_receiver) END))::float8 * 1000 AS lag`,
    );
    return toPosition(row);
  },
};

/**
 * Aurora PostgreSQL, whose readers share the writer's volume and do not replay a log of their own. Positions are those
 * of `aurora_replica_status()`: `durable_lsn` of the writer, `current_read_lsn` of the reader that is asked; in the
 * secondary Regions of a global database the lag is that of `aurora_global_db_instance_status()`, when it is longer.
 * Source: Aurora user guide, pages of those functions and of `aurora_db_instance_identifier`.
 */
export const auroraPositions: DatabasePositions = {
  written: on =>
    one(
      on,
      `SELECT durable_lsn::text AS lsn FROM aurora_replica_status() WHERE session_id = 'MASTER_SESSION_ID'`,
    ),
  async reached(on) {
    const row = await first<Row>(
      on,
      `SELECT own.session_id = 'MASTER_SESSION_ID' AS writer, own.current_read_lsn::text AS lsn,
         greatest(own.replica_lag_in_msec, across.visibility_lag_in_msec)::float8 AS lag
       FROM aurora_replica_status() AS own
       LEFT JOIN aurora_global_db_instance_status() AS across ON across.server_id = own.server_id
       WHERE own.server_id = aurora_db_instance_identifier()`,
    );
    return toPosition(row);
  },
};

/** The positions of the engine that answers, found out once. */
export function enginePositions(): DatabasePositions {
  let found: DatabasePositions | undefined;
  const engine = async (on: Queryable) => {
    if (found !== undefined) return found;
    const { aurora } = await first<{ aurora: boolean }>(
      on,
      `SELECT to_regproc('aurora_replica_status') IS NOT NULL AS aurora`,
    );
    found = aurora ? auroraPositions : postgresPositions;
    return found;
  };
  return {
    written: async on => (await engine(on)).written(on),
    reached: async on => (await engine(on)).reached(on),
  };
}

function toPosition({ writer, lsn, lag }: Row): ServerPosition {
  if (writer) return { writer, lsn: BigInt(lsn ?? 0), lagMilliseconds: 0 };
  return { writer, lsn: BigInt(lsn ?? 0), lagMilliseconds: lag === null ? undefined : Math.max(0, lag) };
}

async function one(on: Queryable, text: string): Promise<bigint> {
  const { lsn } = await first<{ lsn: string }>(on, text);
  return BigInt(lsn);
}

async function first<T extends object>(on: Queryable, text: string): Promise<T> {
  const row = (await on.query<T>(text)).rows[0];
  if (row === undefined) throw new RuntimeError('unavailable', 'the database does not tell its position');
  return row;
}
