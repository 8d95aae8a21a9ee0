import type { Queryable } from '../database/database';
import { currentTraceparent } from '../telemetry/trace-context';

/** A row of the transactional outbox: work that is owed. It closes when the work is done, not when it is sent. */
export interface OutboxRow {
  readonly orderId: string;
  readonly correlationId: string;
  /** Trace of the request that made the work due, if it was traced. */
  readonly traceparent: string | null;
  /** Epoch under which it was last sent, if ever. */
  readonly epochSent: number | null;
  readonly closed: boolean;
}

const COLUMNS = `order_id AS "orderId", correlation_id AS "correlationId", traceparent, epoch_sent::float8 AS "epochSent",
  closed_at IS NOT NULL AS closed`;

/**
 * Owes work, inside the transaction that makes it due; resolves to false when it is owed already. Keeps the trace of the
 * request behind it.
 *
 * @param traceparent @default - that of the span in which the work in hand runs, if there is one
 * @param jurisdiction of the record that the work is about @default - it carries none
 */
export async function addToOutbox(
  transaction: Queryable,
  orderId: string,
  correlationId: string,
  traceparent: string | undefined = currentTraceparent(),
  jurisdiction?: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'INSERT INTO outbox (order_id, correlation_id, traceparent, jurisdiction) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [orderId, correlationId, traceparent ?? null, jurisdiction ?? null],
  );
  return rowCount === 1;
}

/** Epoch of the last sending, as an order: below every epoch where there was none. */
const SENT = 'COALESCE(epoch_sent, -1)';

const UNSENT = (epoch: string, jurisdictions: string): string =>
  `closed_at IS NULL AND ${SENT} < ${epoch}
    AND (${jurisdictions}::text[] IS NULL OR COALESCE(jurisdiction, '*') = ANY(${jurisdictions}))`;

/** Index by which {@link lockUnsentRows} finds its rows. Repeatable. */
export const UNSENT_INDEX = `CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox ((${SENT}), created_at) WHERE closed_at IS NULL;`;

/**
 * Locks open rows that `epoch` has not sent: new ones, and those that an older epoch sent to a queue which may have
 * stayed behind. What was never sent comes first, then the oldest. Rows that another relay holds are left to it.
 * Goes by the index of {@link UNSENT_INDEX}: what was sent and is still open, however much, is not looked at.
 *
 * @param jurisdictions whose work may be sent, `*` for records without one; what is left stays open @default - all
 */
export async function lockUnsentRows(
  transaction: Queryable,
  epoch: number,
  limit: number,
  jurisdictions?: readonly string[],
): Promise<readonly OutboxRow[]> {
  const { rows } = await transaction.query<OutboxRow>(
    `SELECT ${COLUMNS} FROM outbox
      WHERE ${UNSENT('$1', '$3')}
      ORDER BY ${SENT}, created_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [epoch, limit, jurisdictions ?? null],
  );
  return rows;
}

/** Whether there is anything that {@link lockUnsentRows} would lock; reads alone. */
export async function hasUnsentRows(
  database: Queryable,
  epoch: number,
  jurisdictions?: readonly string[],
): Promise<boolean> {
  // Ordered, so that it goes by the same index: what is due may be one row in millions, or all of them.
  const { rowCount } = await database.query(
    `SELECT FROM outbox WHERE ${UNSENT('$1', '$2')} ORDER BY ${SENT}, created_at LIMIT 1`,
    [epoch, jurisdictions ?? null],
  );
  return rowCount > 0;
}

/** Notes that rows were sent under `epoch`. */
export async function markSent(
  transaction: Queryable,
  orderIds: readonly string[],
  epoch: number,
): Promise<void> {
  await transaction.query('UPDATE outbox SET epoch_sent = $2, sent_at = now() WHERE order_id = ANY($1)', [
    orderIds,
    epoch,
  ]);
}

/** Locks one row and waits for whoever holds it; `undefined` when the database knows no such work. */
export async function lockRow(transaction: Queryable, orderId: string): Promise<OutboxRow | undefined> {
  const { rows } = await transaction.query<OutboxRow>(
    `SELECT ${COLUMNS} FROM outbox WHERE order_id = $1 FOR UPDATE`,
    [orderId],
  );
  return rows[0];
}

/** Closes a row: its work is done, in this very transaction. */
export async function closeRow(transaction: Queryable, orderId: string, epoch: number): Promise<void> {
  await transaction.query('UPDATE outbox SET closed_at = now(), closed_epoch = $2 WHERE order_id = $1', [
    orderId,
    epoch,
  ]);
}
