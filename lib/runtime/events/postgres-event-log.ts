import type { Queryable } from '../database/database';
import { EVENT_COLUMNS } from './event-order';
import { conflict, type EventLog, type NewEvent, type Snapshot, type StoredEvent } from './event-store';

/** Who writes, and on whose behalf: the audit trail's half that no event tells by itself. */
export interface EventAuthor {
  readonly actor: string;
  readonly correlationId: string;
  /** Epoch of the fenced transaction in hand. */
  readonly epoch: number;
}

/** Events of one page. */
const PAGE = 500;

/**
 * The first event stands for all: who wrote it has the version, and nobody can write the next one before its commit.
 * Of two writers at once the second waits here for the first one's transaction, and then writes nothing.
 */
const APPEND = `WITH added AS (
    SELECT ordinality, value ->> 'type' AS type, value -> 'data' AS data
      FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY
  ), first AS (
    INSERT INTO events (stream, version, type, data, actor, correlation_id, epoch)
    SELECT $1, $2::integer + 1, type, data, $4, $5, $6::bigint FROM added
     WHERE ordinality = 1
       AND $2::integer = (SELECT coalesce(max(version), 0) FROM events WHERE stream = $1)
    ON CONFLICT (stream, version) DO NOTHING
    RETURNING version
  ), rest AS (
    INSERT INTO events (stream, version, type, data, actor, correlation_id, epoch)
    SELECT $1, $2::integer + ordinality, type, data, $4, $5, $6::bigint FROM added, first
     WHERE ordinality > 1 ORDER BY ordinality
  )
  SELECT version FROM first`;

/**
 * Events in PostgreSQL, bound to the transaction in hand: what is appended commits with the order, the payment or the
 * message that it tells of, or not at all. Made anew for each transaction.
 */
export class PostgresEventLog implements EventLog {
  constructor(
    private readonly transaction: Queryable,
    private readonly author: EventAuthor,
  ) {}

  async append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<void> {
    const { actor, correlationId, epoch } = this.author;
    const added = JSON.stringify(events.map(({ type, data }) => ({ type, data: data ?? null })));
    const { rowCount } = await this.transaction.query(APPEND, [
      stream,
      expectedVersion,
      added,
      actor,
      correlationId,
      epoch,
    ]);
    if (rowCount === 0) throw conflict(stream, expectedVersion);
  }

  async read(stream: string, afterVersion: number): Promise<readonly StoredEvent[]> {
    const { rows } = await this.transaction.query<StoredEvent>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT ${PAGE}`,
      [stream, afterVersion],
    );
    return rows;
  }

  async *readAll(): AsyncIterable<StoredEvent> {
    let after = '0';
    for (;;) {
      const { rows } = await this.transaction.query<StoredEvent & { number: string }>(
        `SELECT number, ${EVENT_COLUMNS} FROM events WHERE number > $1 ORDER BY number LIMIT ${PAGE}`,
        [after],
      );
      for (const { number, ...event } of rows) {
        after = number;
        yield event;
      }
      if (rows.length < PAGE) return;
    }
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    const { rows } = await this.transaction.query<Snapshot>(
      'SELECT version, shape, state FROM event_snapshots WHERE stream = $1',
      [stream],
    );
    return rows[0];
  }

  async saveSnapshot(stream: string, { version, shape, state }: Snapshot): Promise<void> {
    await this.transaction.query(
      `INSERT INTO event_snapshots AS kept (stream, version, shape, state) VALUES ($1, $2, $3, $4)
       ON CONFLICT (stream) DO UPDATE SET version = EXCLUDED.version, shape = EXCLUDED.shape, state = EXCLUDED.state
         WHERE kept.shape <> EXCLUDED.shape OR kept.version < EXCLUDED.version`,
      [stream, version, shape, JSON.stringify(state ?? null)],
    );
  }
}
