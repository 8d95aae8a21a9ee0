import type { Queryable } from '../runtime/database/database';
import type { FencedTransactions } from '../runtime/database/fence';
import { closeRow, lockRow } from '../runtime/outbox/outbox';

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

/**
 * Fulfils orders exactly once in effect: the outbox row is locked, and effect, status and closing are one
 * transaction under the lease and the fence. However often and from whichever epoch a message comes, the row says
 * whether the work is still owed.
 */
export class Fulfilment {
  constructor(private readonly options: FulfilmentOptions) {}

  /** Fulfils one order under `epoch`. @throws RuntimeError `not-active`, `fenced` or `unavailable` */
  fulfil(orderId: string, epoch: number): Promise<FulfilmentOutcome> {
    return this.options.fenced.run(epoch, transaction => this.perform(transaction, orderId, epoch));
  }

  private async perform(transaction: Queryable, orderId: string, epoch: number): Promise<FulfilmentOutcome> {
    const row = await lockRow(transaction, orderId);
    if (row === undefined) return 'unknown-order';
    if (row.closed) return 'already-fulfilled';
    await transaction.query('INSERT INTO effects (order_id, epoch, worker) VALUES ($1, $2, $3)', [
      orderId,
      epoch,
      this.options.worker,
    ]);
    await transaction.query(`UPDATE orders SET status = 'fulfilled' WHERE id = $1`, [orderId]);
    await closeRow(transaction, orderId, epoch);
    return 'fulfilled';
  }
}
