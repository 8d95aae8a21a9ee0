import type { Queryable } from '../../runtime/database/database';

/** When owed work counts as stalled, and what is done about it. */
export interface SweepOptions {
  /** Epoch of the leader: what an older one sent is the relay's own to send again. */
  readonly epoch: number;
  /** Seconds from sending until work counts as stalled; doubled with each time that it was sent again. */
  readonly stalledSeconds: number;
  /** False while workers are told not to fulfil: then nothing is sent again, since nothing takes it. */
  readonly redrive: boolean;
}

/** What a sweep found. */
export interface SweepResult {
  /** Orders made due again just now. */
  readonly redriven: readonly string[];
  /** Orders that are owed for longer than the limit, at most `MOST_COUNTED`. */
  readonly stalled: number;
  /** Of these: never sent under this epoch, so that the queue or the relay is the matter. */
  readonly unsent: number;
  /** Of these: their message was parked, and a person decides. */
  readonly parked: number;
  /** Of these: sent again as often as it is done without a person. */
  readonly abandoned: number;
  readonly oldestSeconds: number;
  /** Customers' orders that are neither handed on nor rejected for longer than the limit: their sagas are not ended. */
  readonly sagas: number;
  /** Some that a person must look at, oldest first. */
  readonly forPeople: readonly string[];
}

/** Times that work is sent again without a person: the last is 31 times the limit after the first sending. */
export const MOST_REDRIVES = 5;
/** Orders made due in one sweep: a backlog must not be doubled at once. */
export const REDRIVE_BATCH = 100;
/** Stalled orders that are counted. */
export const MOST_COUNTED = 10_000;

/** Column that the sweep keeps beside owed work. Repeatable; adds no pass over the table. */
export const SWEEP_SCHEMA = `ALTER TABLE outbox ADD COLUMN IF NOT EXISTS redrives integer NOT NULL DEFAULT 0;`;

const PARKED = `(SELECT outcome FROM job_attempts WHERE job_id = o.order_id::text ORDER BY id DESC LIMIT 1) = 'parked'`;

const REDRIVE = `UPDATE outbox SET epoch_sent = NULL, redrives = redrives + 1 WHERE order_id IN (
    SELECT order_id FROM outbox o
      WHERE closed_at IS NULL AND epoch_sent = $1 AND redrives < ${MOST_REDRIVES}
        AND sent_at < now() - make_interval(secs => $2 * power(2, redrives)) AND ${PARKED} IS NOT TRUE
      ORDER BY created_at LIMIT ${REDRIVE_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING order_id AS "orderId"`;

const REPORT = `WITH stalled AS (
    SELECT o.order_id, o.created_at, o.redrives >= ${MOST_REDRIVES} AS abandoned, ${PARKED} IS TRUE AS parked,
        o.epoch_sent IS DISTINCT FROM $1::bigint AS unsent
      FROM outbox o WHERE o.closed_at IS NULL AND o.created_at < now() - make_interval(secs => $2)
      ORDER BY o.created_at LIMIT ${MOST_COUNTED}
  )
  SELECT count(*)::int AS stalled, (count(*) FILTER (WHERE unsent))::int AS unsent,
    (count(*) FILTER (WHERE parked))::int AS parked, (count(*) FILTER (WHERE abandoned))::int AS abandoned,
    coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestSeconds",
    coalesce((array_agg(order_id::text ORDER BY created_at) FILTER (WHERE abandoned OR parked))[1:10], '{}') AS "forPeople",
    (SELECT count(*)::int FROM sagas
      WHERE status IN ('running', 'stuck') AND created_at < now() - make_interval(secs => $2)) AS sagas
  FROM stalled`;

/**
 * Looks for orders that stay unfulfilled, makes due what the queue may have lost, and counts the rest. What is made due is
 * sent by the relay and fulfilled at most once, since the row decides; so a sweep may be repeated, and one too many costs
 * a message. Work whose message was parked is left to people.
 */
export async function sweepStalledOrders(
  transaction: Queryable,
  { epoch, stalledSeconds, redrive }: SweepOptions,
): Promise<SweepResult> {
  const values = [epoch, stalledSeconds];
  // Counted first: what is made due now has not been looked at by the relay yet, and is no fault of the relay.
  const { rows } = await transaction.query<Omit<SweepResult, 'redriven'>>(REPORT, values);
  const due = redrive ? await transaction.query<{ orderId: string }>(REDRIVE, values) : { rows: [] };
  return { ...(rows[0] as Omit<SweepResult, 'redriven'>), redriven: due.rows.map(row => row.orderId) };
}
