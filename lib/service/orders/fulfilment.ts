import type { Queryable } from '../../runtime/database/database';
import type { FencedTransactions } from '../../runtime/database/fence';
import { PostgresEventLog } from '../../runtime/events/postgres-event-log';
import {
  attemptValues,
  INSERT_ATTEMPT,
  type JobAttempt,
  recordAttempt,
} from '../../runtime/jobs/job-history';
import { closeRow, lockRow } from '../../runtime/outbox/outbox';

/** What became of one message. */
export type FulfilmentOutcome =
  /** Done now. */
  | 'fulfilled'
  /** Done before: a duplicate. */
  | 'already-fulfilled'
  /** The database knows no such order: it was lost with a Region, or never ours. */
  | 'unknown-order';

/** What fulfilling stands on. */
export interface FulfilmentOptions {
  readonly fenced: FencedTransactions;
  /** Name of the worker, kept with each effect. */
  readonly worker: string;
}

/** What is known of an attempt before it is made. */
export type FulfilmentAttempt = Pick<JobAttempt, 'messageId' | 'correlationId' | 'region' | 'startedAt'>;

/** Kind of the jobs that are done here. */
export const FULFIL = 'fulfil';

/** Effect and history are one statement, so that keeping history costs no round trip. */
const EFFECT = `WITH attempt AS (${INSERT_ATTEMPT})
  INSERT INTO effects (order_id, epoch, worker) VALUES ($1::text::uuid, $2::bigint, $3::text)`;

/** Whether its events tell of an order is asked on the way: most orders have none, and pay no round trip for it. */
const FULFILLED = `UPDATE orders SET status = 'fulfilled' WHERE id = $1
  RETURNING EXISTS (SELECT FROM events WHERE stream = 'order-' || orders.id) AS told`;

/**
 * Fulfils orders exactly once in effect: the outbox row is locked, and effect, status and closing are one
 * transaction under the lease and the fence. However often and from whichever epoch a message comes, the row says
 * whether the work is still owed.
 */
export class Fulfilment {
  constructor(private readonly options: FulfilmentOptions) {}

  /** Fulfils one order under `epoch`. @throws RuntimeError `not-active`, `fenced` or `unavailable` */
  fulfil(orderId: string, epoch: number, attempt: FulfilmentAttempt): Promise<FulfilmentOutcome> {
    const { fenced, worker } = this.options;
    const facts = { ...attempt, jobId: orderId, kind: FULFIL, epoch, worker };
    return fenced.run(epoch, transaction => this.perform(transaction, facts));
  }

  private async perform(
    transaction: Queryable,
    facts: Omit<JobAttempt, 'outcome'>,
  ): Promise<FulfilmentOutcome> {
    const { jobId: orderId, epoch } = facts;
    const row = await lockRow(transaction, orderId);
    if (row === undefined) return 'unknown-order';
    if (row.closed) {
      await recordAttempt(transaction, { ...facts, outcome: 'duplicate' });
      return 'already-fulfilled';
    }
    await transaction.query(EFFECT, attemptValues({ ...facts, outcome: 'done' }));
    const { rows } = await transaction.query<{ told: boolean }>(FULFILLED, [orderId]);
    if (rows[0]?.told) await this.tell(transaction, facts);
    await closeRow(transaction, orderId, epoch);
    return 'fulfilled';
  }

  /** The third event of an order that is told of: it was placed and confirmed before. */
  private async tell(transaction: Queryable, facts: Omit<JobAttempt, 'outcome'>): Promise<void> {
    const { jobId: orderId, epoch, correlationId, worker } = facts;
    const log = new PostgresEventLog(transaction, { actor: `worker:${worker}`, correlationId, epoch });
    await log.append(`order-${orderId}`, 2, [{ type: 'order.fulfilled', data: { orderId } }]);
  }
}
