import type { Queryable } from '../database/database';
import { type FencedTransactions, toRuntimeError } from '../database/fence';
import { type OrderedEvent, readOrdered } from './event-order';
import type { Generation, GenerationStatus, ProjectorSession, ProjectorStore } from './projector-store';

/** What the store stands on. */
export interface PostgresProjectorStoreOptions {
  /** Of the database of the read model. */
  readonly fenced: Pick<FencedTransactions, 'run'>;
  /** Where the events are, if that is another database; its writer. @default the database of the read model */
  readonly log?: Queryable;
}

const GENERATIONS = `SELECT generation, shape, status, position::float8 AS position, event_id AS "eventId",
  generation IS NOT DISTINCT FROM (SELECT live FROM projections WHERE name = $1) AS served
  FROM projection_generations WHERE name = $1`;

/** Read models in PostgreSQL, see {@link ProjectorStore}. Tables: `EVENT_LOG_SCHEMA`. */
export class PostgresProjectorStore implements ProjectorStore<Queryable> {
  constructor(private readonly options: PostgresProjectorStoreOptions) {}

  run<T>(epoch: number, work: (session: ProjectorSession<Queryable>) => Promise<T>): Promise<T> {
    const { fenced, log } = this.options;
    return fenced.run(epoch, transaction =>
      work(new PostgresProjectorSession(passing(transaction), epoch, log)),
    );
  }
}

class PostgresProjectorSession implements ProjectorSession<Queryable> {
  constructor(
    readonly transaction: Queryable,
    private readonly epoch: number,
    private readonly log: Queryable = transaction,
  ) {}

  async generations(name: string): Promise<readonly Generation[]> {
    return (await this.transaction.query<Generation>(`${GENERATIONS} ORDER BY generation`, [name])).rows;
  }

  async lock(name: string, generation: number): Promise<Generation | undefined> {
    const { rows } = await this.transaction.query<Generation>(
      `${GENERATIONS} AND generation = $2 FOR UPDATE SKIP LOCKED`,
      [name, generation],
    );
    return rows[0];
  }

  async lockProjection(name: string): Promise<void> {
    await this.transaction.query('INSERT INTO projections (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
    await this.transaction.query('SELECT FROM projections WHERE name = $1 FOR UPDATE', [name]);
  }

  async create(name: string, generation: number, shape: number): Promise<void> {
    await this.transaction.query(
      `INSERT INTO projection_generations (name, generation, shape, status, epoch) VALUES ($1, $2, $3, 'building', $4)`,
      [name, generation, shape, this.epoch],
    );
  }

  async advance(name: string, generation: number, last: OrderedEvent): Promise<void> {
    await this.transaction.query(
      `UPDATE projection_generations SET position = $3, event_id = $4, epoch = $5, updated_at = now()
        WHERE name = $1 AND generation = $2`,
      [name, generation, last.position, last.id, this.epoch],
    );
  }

  async mark(
    name: string,
    generation: number,
    status: GenerationStatus,
    reason?: string,
    at?: number,
  ): Promise<void> {
    await this.transaction.query(
      `UPDATE projection_generations
          SET status = $3, reason = $4, stopped_position = $5, epoch = $6, updated_at = now()
        WHERE name = $1 AND generation = $2`,
      [name, generation, status, reason ?? null, at ?? null, this.epoch],
    );
  }

  async serve(name: string, generation: number): Promise<void> {
    await this.transaction.query('UPDATE projections SET live = $2 WHERE name = $1', [name, generation]);
    await this.transaction.query(
      `UPDATE projection_generations SET epoch = $3, updated_at = now(),
          status = CASE WHEN generation = $2 THEN 'live' ELSE 'retired' END
        WHERE name = $1 AND generation <= $2`,
      [name, generation, this.epoch],
    );
  }

  async remove(name: string, generation: number): Promise<void> {
    await this.transaction.query('DELETE FROM projection_generations WHERE name = $1 AND generation = $2', [
      name,
      generation,
    ]);
  }

  events(from: number, limit: number): Promise<readonly OrderedEvent[]> {
    return readOrdered(this.log, from, limit);
  }
}

/** Says of a failed statement whether the database is away or the statement is wrong, before it is taken for poison. */
function passing(transaction: Queryable): Queryable {
  return {
    async query(text, values) {
      try {
        return await transaction.query(text, values);
      } catch (error) {
        throw toRuntimeError(error);
      }
    },
  };
}
