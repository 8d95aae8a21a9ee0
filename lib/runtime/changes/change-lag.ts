import type { Queryable } from '../database/database';

/** How far something is behind the changes. */
export interface ChangeLag {
  /** Committed changes that it has not worked yet, those without a place included. */
  readonly changesBehind: number;
  /** Age of the oldest of them in seconds, by the clock of the database; 0 when there is none. */
  readonly secondsBehind: number;
}

const BEHIND = (position: string) => `
  (SELECT greatest(0, last - ${position}) FROM change_order)::float8
    + (SELECT count(*) FROM changes WHERE position IS NULL)::float8 AS "changesBehind",
  coalesce(greatest(0, extract(epoch FROM clock_timestamp() - coalesce(
    (SELECT at FROM changes WHERE position > ${position} ORDER BY position LIMIT 1),
    (SELECT min(at) FROM changes WHERE position IS NULL)))), 0)::float8 AS "secondsBehind"`;

/** Lag of whoever has come to a place. A replica answers as of its own state. */
export async function lagBehind(database: Queryable, position: number): Promise<ChangeLag> {
  const { rows } = await database.query<ChangeLag>(`SELECT ${BEHIND('$1::bigint')}`, [position]);
  return rows[0] ?? { changesBehind: 0, secondsBehind: 0 };
}

/** Lag of every delivery, by name. */
export async function deliveryLags(database: Queryable): Promise<Readonly<Record<string, ChangeLag>>> {
  const { rows } = await database.query<ChangeLag & { readonly name: string }>(
    `SELECT name, ${BEHIND('d.position')} FROM change_deliveries d ORDER BY name`,
  );
  return Object.fromEntries(rows.map(({ name, ...lag }) => [name, lag]));
}
