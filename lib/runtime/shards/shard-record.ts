import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import { NewerRing, RING_FENCE_SCHEMA } from './ring-fence';

/** Any JSON value but null. */
export type RecordValue = object | string | number | boolean;

/** A record of a sharded store. */
export interface ShardRecord {
  /** Changes that it has seen, from 1; only ever rises, wherever the record is. */
  readonly version: number;
  readonly value: RecordValue;
}

/** Makes the next value of a record from the present one. Throwing leaves it as it is. */
export type RecordEdit = (value: RecordValue | undefined) => RecordValue;

/** Tables of one shard. Repeatable. */
export const SHARD_SCHEMA = `${RING_FENCE_SCHEMA}
CREATE TABLE IF NOT EXISTS records (
  key text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  value jsonb NOT NULL
);
`;

interface Row {
  readonly version: number;
  readonly value: RecordValue;
}

const COLUMNS = 'version::float8 AS version, value';

/** The copy of the higher version. */
export function newerOf(
  one: ShardRecord | undefined,
  other: ShardRecord | undefined,
): ShardRecord | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.version > one.version ? other : one;
}

/**
 * What a shard holds under a key, in one statement with what it knows of the ring.
 *
 * @throws NewerRing when it knows a newer one than `ring`
 */
export async function lookUp(
  on: Queryable,
  prefix: string,
  key: string,
  ring: number,
): Promise<ShardRecord | undefined> {
  const { rows } = await on.query<{
    ring: number;
    document: string | null;
    version: number | null;
    value: never;
  }>(
    `SELECT f.version::float8 AS ring, CASE WHEN f.version > $2 THEN f.document END AS document,
        r.version::float8 AS version, r.value
      FROM ${prefix}ring_fence f LEFT JOIN ${prefix}records r ON r.key = $1`,
    [key, ring],
  );
  const row = rows[0];
  if (row === undefined) throw new RuntimeError('unavailable', 'the fence of the ring is missing');
  if (row.ring > ring) throw new NewerRing(ring, row.ring, row.document ?? undefined);
  return row.version === null ? undefined : { version: row.version, value: row.value };
}

/** Puts a copy where it belongs, unless what is there is as new. */
export async function bringRecord(
  transaction: Queryable,
  prefix: string,
  key: string,
  { version, value }: ShardRecord,
): Promise<void> {
  await transaction.query(
    `INSERT INTO ${prefix}records AS r (key, version, value) VALUES ($1, $2, $3)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value
        WHERE r.version < excluded.version`,
    [key, version, JSON.stringify(value)],
  );
}

/** Changes a record under its lock. */
export async function changeRecord(
  transaction: Queryable,
  prefix: string,
  key: string,
  edit: RecordEdit,
): Promise<ShardRecord> {
  // The row is there before it is locked: two first writers take turns and none overwrites the other.
  await transaction.query(
    `INSERT INTO ${prefix}records (key, version, value) VALUES ($1, 0, 'false') ON CONFLICT DO NOTHING`,
    [key],
  );
  const { rows } = await transaction.query<Row>(
    `SELECT ${COLUMNS} FROM ${prefix}records WHERE key = $1 FOR UPDATE`,
    [key],
  );
  const present = rows[0] as Row;
  const value = edit(present.version === 0 ? undefined : present.value);
  const version = present.version + 1;
  await transaction.query(`UPDATE ${prefix}records SET version = $2, value = $3 WHERE key = $1`, [
    key,
    version,
    JSON.stringify(value),
  ]);
  return { version, value };
}
