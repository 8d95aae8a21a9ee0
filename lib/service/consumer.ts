import { withCorrelationId } from '../runtime/correlation';
import { reasonOf } from '../runtime/errors';
import type { Logger } from '../runtime/logger';
import type { IncomingMessage, Queue } from '../runtime/queue';
import type { Activation } from './activation';
import type { Fulfilment } from './fulfilment';
import { parseWorkMessage } from './work-message';

/** What the consumer stands on. */
export interface ConsumerOptions {
  readonly activation: Pick<Activation, 'state'>;
  readonly queue: Pick<Queue, 'receive' | 'remove'>;
  readonly fulfilment: Pick<Fulfilment, 'fulfil'>;
  /** Told after an order changed, so that no cache serves its old state. Must not reject. */
  readonly changed: (orderId: string) => Promise<void>;
  /** Whether consuming is stopped by configuration. */
  readonly paused: () => boolean;
  readonly logger: Logger;
  /** Longest wait for messages, in whole seconds. */
  readonly waitSeconds: number;
}

/**
 * Takes messages while this Region is active, and removes each only after its work stands in the database. What
 * cannot be worked now, or not at all, stays in the queue and comes again, and at last goes to the dead letters.
 */
export class Consumer {
  constructor(private readonly options: ConsumerOptions) {}

  /** Works at most one batch; returns whether it took part in consuming at all. */
  async consume(signal: AbortSignal): Promise<boolean> {
    const { activation, queue, paused, waitSeconds } = this.options;
    if (paused() || !activation.state().active) return false;
    const messages = await queue.receive(waitSeconds, signal);
    await Promise.all(
      messages.map(message =>
        withCorrelationId(message.attributes.correlationId ?? message.messageId, () => this.work(message)),
      ),
    );
    return true;
  }

  private async work(message: IncomingMessage): Promise<void> {
    const { activation, logger } = this.options;
    const { messageId, receiveCount } = message;
    const work = parseWorkMessage(message.body);
    if (work === undefined) {
      logger.warn('message.not-ours', { messageId, receiveCount });
      return;
    }
    const state = activation.state();
    if (!state.active) {
      logger.info('message.left', { messageId, reason: state.reason });
      return;
    }
    if (work.epoch < state.epoch) logger.info('message.of-older-epoch', { messageId, epoch: work.epoch });
    try {
      await this.fulfil(message, work.orderId, state.epoch);
    } catch (error) {
      logger.warn('message.left', { messageId, receiveCount, reason: reasonOf(error) });
    }
  }

  private async fulfil(message: IncomingMessage, orderId: string, epoch: number): Promise<void> {
    const { fulfilment, queue, changed, logger } = this.options;
    const outcome = await fulfilment.fulfil(orderId, epoch);
    const { messageId, receiveCount } = message;
    if (outcome === 'unknown-order') {
      logger.warn('order.unknown', { orderId, messageId, receiveCount });
      return;
    }
    logger.info(`order.${outcome}`, { orderId, messageId, epoch });
    await queue.remove(message.receipt);
    if (outcome === 'fulfilled') await changed(orderId);
  }
}
