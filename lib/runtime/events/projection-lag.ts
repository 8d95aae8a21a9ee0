import type { Queryable } from '../database/database';
import type { GenerationStatus } from './projector-store';

/** How far a generation of a read model is behind the events. */
export interface ProjectionLag {
  readonly name: string;
  readonly generation: number;
  readonly status: GenerationStatus;
  readonly served: boolean;
  readonly position: number;
  /** Committed events that are not in it, those without a place included. */
  readonly eventsBehind: number;
  /** Age of the oldest of them in seconds, by the clock of the database; 0 when there is none. */
  readonly secondsBehind: number;
  /** Why it stopped, and at which place. */
  readonly reason: string | null;
  readonly stoppedPosition: number | null;
}

/** Measures every projection whose events are in the same database. Reads alone: a replica answers as of its own state. */
export async function projectionLag(database: Queryable): Promise<readonly ProjectionLag[]> {
  const { rows } = await database.query<ProjectionLag>(
    `SELECT g.name, g.generation, g.status, g.position::float8 AS position, g.reason,
        g.stopped_position::float8 AS "stoppedPosition",
        g.generation IS NOT DISTINCT FROM p.live AS served,
        (SELECT greatest(0, last - g.position) FROM event_order)::float8
          + (SELECT count(*) FROM events WHERE position IS NULL)::float8 AS "eventsBehind",
        coalesce(greatest(0, extract(epoch FROM clock_timestamp() - coalesce(
          (SELECT at FROM events WHERE position = g.position + 1),
          (SELECT min(at) FROM events WHERE position IS NULL)))), 0)::float8 AS "secondsBehind"
       FROM projection_generations g JOIN projections p USING (name) ORDER BY g.name, g.generation`,
  );
  return rows;
}

/** Whether a turn of `orderEvents`, or of the projectors of these names, may have something to do; reads alone. */
export async function hasProjectionWork(database: Queryable, names: readonly string[]): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM events WHERE position IS NULL)
        OR EXISTS (SELECT FROM projection_generations g, event_order o WHERE g.name = ANY($1)
             AND (g.status IN ('building', 'retired', 'ahead') OR (g.status = 'live' AND g.position <> o.last)))
        AS found`,
    [names],
  );
  return rows[0]?.found !== false;
}
