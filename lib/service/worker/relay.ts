import type { FencedTransactions } from '../../runtime/database/fence';
import { lockUnsentRows, markSent } from '../../runtime/outbox/outbox';
import { QUEUE_BATCH, type Queue } from '../../runtime/queue/queue';
import type { Logger } from '../../runtime/telemetry/logger';
import type { Activation } from '../activation';
import { formatWorkMessage } from '../orders/work-message';
import type { OrderResidency } from '../residency/residency-orders';

/** What the relay stands on. */
export interface RelayOptions {
  readonly activation: Pick<Activation, 'state'>;
  readonly fenced: FencedTransactions;
  readonly queue: Pick<Queue, 'send'>;
  readonly logger: Logger;
  /** What may not be in this Region is not sent to its queue, and stays open. @default - everything may */
  readonly residency?: Pick<OrderResidency, 'jurisdictions'>;
}

/**
 * Sends open rows of the outbox to the Region's queue: new ones, and after a raise of the epoch every one that an
 * older epoch sent. Rows stay locked while they are sent, so a crash in between sends them again, and twice is
 * harmless where never is not.
 */
export class OutboxRelay {
  constructor(private readonly options: RelayOptions) {}

  /** Sends one batch; returns whether there may be more. Does nothing where this Region may not write. */
  async relay(): Promise<boolean> {
    const { activation, fenced, queue, logger, residency } = this.options;
    const state = activation.state();
    if (!state.active) return false;
    const { epoch } = state;
    return fenced.run(epoch, async transaction => {
      const rows = await lockUnsentRows(transaction, epoch, QUEUE_BATCH, residency?.jurisdictions);
      if (rows.length === 0) return false;
      fenced.requireLease(epoch);
      const failed = await queue.send(
        rows.map(({ orderId, correlationId, traceparent }) => ({
          id: orderId,
          body: formatWorkMessage({ orderId, epoch }),
          // The trace of the request, not of this relay: the worker goes on with what the client began.
          attributes: {
            correlationId,
            epoch: String(epoch),
            ...(traceparent === null ? {} : { traceparent }),
          },
        })),
      );
      const sent = rows.filter(row => !failed.includes(row.orderId));
      await markSent(
        transaction,
        sent.map(row => row.orderId),
        epoch,
      );
      const again = sent.filter(row => row.epochSent !== null).length;
      logger.debug('outbox.sent', { sent: sent.length, again, failed: failed.length, epoch });
      return failed.length === 0 && rows.length === QUEUE_BATCH;
    });
  }
}
