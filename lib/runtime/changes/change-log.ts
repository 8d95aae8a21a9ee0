import type { Queryable } from '../database/database';
import type { Change } from './change';

/** A change with its place in the order of all changes: 1, 2, 3 and so on, in the order of commits. */
export interface PlacedChange extends Change {
  readonly position: number;
  readonly epoch: number;
}

const COLUMNS = `position::float8 AS position, id, entity, key, type, epoch::float8 AS epoch,
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, before, after`;

/**
 * Gives places to changes that were committed and have none yet, at most `limit`; returns how many. To be run again
 * and again inside fenced transactions, by any process; for the reasons see `orderEvents` of `events/event-order.ts`.
 * Places reach a replica in their order, so whoever reads there never sees one before the other.
 */
export async function orderChanges(transaction: Queryable, limit: number): Promise<number> {
  const { rows } = await transaction.query<{ last: string }>(
    'SELECT last FROM change_order FOR UPDATE SKIP LOCKED',
  );
  const last = rows[0]?.last;
  if (last === undefined) return 0;
  const { rowCount } = await transaction.query(
    `UPDATE changes SET position = $1::bigint + place.rank
       FROM (SELECT number, row_number() OVER (ORDER BY number) AS rank FROM
              (SELECT number FROM changes WHERE position IS NULL ORDER BY number LIMIT $2) AS waiting) AS place
      WHERE changes.number = place.number`,
    [last, limit],
  );
  if (rowCount > 0) await transaction.query('UPDATE change_order SET last = last + $1', [rowCount]);
  return rowCount;
}

/** Whether a change waits for its place; reads alone. */
export async function hasUnplacedChanges(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT FROM changes WHERE position IS NULL) AS found',
  );
  return rows[0]?.found !== false;
}

/** Changes from a place on, that one included, in order, at most `limit`. A replica answers as of its own state. */
export async function readChanges(
  database: Queryable,
  from: number,
  limit: number,
): Promise<readonly PlacedChange[]> {
  const { rows } = await database.query<PlacedChange>(
    `SELECT ${COLUMNS} FROM changes WHERE position >= $1 ORDER BY position LIMIT $2`,
    [from, limit],
  );
  return rows.map(withoutNulls);
}

/** The last change that is older than `seconds`, by the clock of the database; place 0 when there is none. */
export async function placeBefore(
  database: Queryable,
  seconds: number,
): Promise<Pick<PlacedChange, 'position' | 'id'>> {
  const { rows } = await database.query<{ position: number; id: string }>(
    `SELECT position::float8 AS position, id FROM changes
      WHERE position IS NOT NULL AND at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY position DESC LIMIT 1`,
    [seconds],
  );
  return rows[0] ?? { position: 0, id: '' };
}

/**
 * Removes changes that are older than `hours`, that every delivery has behind it, and that are not the last; of the first
 * `limit` that are left, and looks at no others. Returns how many.
 */
export async function purgeChanges(transaction: Queryable, hours: number, limit: number): Promise<number> {
  const { rowCount } = await transaction.query(
    `DELETE FROM changes WHERE position IN (
       SELECT position FROM (
         SELECT position, at FROM changes
          WHERE position < (SELECT least(last, (SELECT min(position) FROM change_deliveries)) FROM change_order)
          ORDER BY position LIMIT $2) AS oldest
        WHERE at < clock_timestamp() - make_interval(hours => $1))`,
    [hours, limit],
  );
  return rowCount;
}

function withoutNulls({ before, after, ...rest }: PlacedChange): PlacedChange {
  return { ...rest, ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) };
}
