import type { Queryable } from '../database/database';
import type { StoredEvent } from './event-store';

/** An event in the order of all events, with what an audit asks for. */
export interface OrderedEvent extends StoredEvent {
  /** Identity of this event and no other: a log that was cut back and written on has another one at its place. */
  readonly id: string;
  /** Its place among all events: 1, 2, 3 and so on without a gap; given once, in the order of commits. */
  readonly position: number;
  /** Who did it. */
  readonly actor: string;
  readonly correlationId: string;
  /** Epoch under which it was written. */
  readonly epoch: number;
}

/** Columns of an event, as {@link OrderedEvent} names them. */
export const EVENT_COLUMNS = `stream, version, type, data, id, position::float8 AS position, actor,
  correlation_id AS "correlationId", epoch::float8 AS epoch,
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`;

/**
 * Gives places to events that were committed and have none yet, at most `limit`; returns how many. To be run again
 * and again inside fenced transactions, by any process: the row of `event_order` lets one at a time, and another one
 * leaves at once.
 *
 * A number that is drawn when an event is written says nothing about when it becomes visible: a reader that has seen 8
 * would never look at 7 again, which was still open. A place is given to what is committed already, by one
 * transaction after another, so places become visible in their own order. And since their commits follow each other
 * in the write-ahead log, a replica that is promoted too early has lost the last places and none in between.
 */
export async function orderEvents(transaction: Queryable, limit: number): Promise<number> {
  const { rows } = await transaction.query<{ last: string }>(
    'SELECT last FROM event_order FOR UPDATE SKIP LOCKED',
  );
  const last = rows[0]?.last;
  if (last === undefined) return 0;
  // The number is the order within a stream as well: a version is written after the one before was committed.
  const { rowCount } = await transaction.query(
    `UPDATE events SET position = $1::bigint + place.rank
       FROM (SELECT number, row_number() OVER (ORDER BY number) AS rank FROM
              (SELECT number FROM events WHERE position IS NULL ORDER BY number LIMIT $2) AS waiting) AS place
      WHERE events.number = place.number`,
    [last, limit],
  );
  if (rowCount > 0) await transaction.query('UPDATE event_order SET last = last + $1', [rowCount]);
  return rowCount;
}

/** Events from a place on, that one included, in order, at most `limit`. Ask the writer, not a replica. */
export async function readOrdered(
  database: Queryable,
  from: number,
  limit: number,
): Promise<readonly OrderedEvent[]> {
  const { rows } = await database.query<OrderedEvent>(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE position >= $1 ORDER BY position LIMIT $2`,
    [from, limit],
  );
  return rows;
}

/** What an audit looks for; fields that are left out match everything. */
export interface AuditQuery {
  readonly stream?: string;
  readonly actor?: string;
  readonly correlationId?: string;
  /** Only events behind this place. @default 0 */
  readonly after?: number;
  /** @default 100 */
  readonly limit?: number;
}

/** Who did what, when, in which request, in which epoch; in the order of places. */
export async function auditTrail(database: Queryable, query: AuditQuery): Promise<readonly OrderedEvent[]> {
  const { stream, actor, correlationId, after = 0, limit = 100 } = query;
  const { rows } = await database.query<OrderedEvent>(
    `SELECT ${EVENT_COLUMNS} FROM events
      WHERE position > $1 AND ($2::text IS NULL OR stream = $2) AND ($3::text IS NULL OR actor = $3)
        AND ($4::text IS NULL OR correlation_id = $4)
      ORDER BY position LIMIT $5`,
    [after, stream ?? null, actor ?? null, correlationId ?? null, limit],
  );
  return rows;
}
