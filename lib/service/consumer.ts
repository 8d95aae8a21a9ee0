import { RuntimeError, reasonOf } from '../runtime/errors';
import type { IncomingMessage, Queue } from '../runtime/queue/queue';
import { withCorrelationId } from '../runtime/telemetry/correlation';
import type { Logger } from '../runtime/telemetry/logger';
import type { Activation } from './activation';
import type { Fulfilment } from './fulfilment';
import { parseWorkMessage, type WorkMessage } from './work-message';

/** What the consumer stands on. */
export interface ConsumerOptions {
  readonly activation: Pick<Activation, 'state'>;
  readonly queue: Pick<Queue, 'receive' | 'remove' | 'release'>;
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
 * What happens to a message: `remove` when its work stands in the database; `release` when only this Region's role
 * stood against it; `leave` when it could not be worked, so that it comes again later and at last goes to the dead
 * letters.
 */
type Fate = 'remove' | 'release' | 'leave';

/** Takes messages while this Region is active, and removes each only after its work stands in the database. */
export class Consumer {
  constructor(private readonly options: ConsumerOptions) {}

  /** Works at most one batch; returns whether it took part in consuming at all. */
  async consume(signal: AbortSignal): Promise<boolean> {
    const { activation, queue, paused, waitSeconds } = this.options;
    if (paused() || !activation.state().active) return false;
    const messages = await queue.receive(waitSeconds, signal);
    const fates = await Promise.all(
      messages.map(message =>
        withCorrelationId(message.attributes.correlationId || message.messageId, () => this.work(message)),
      ),
    );
    const receiptsOf = (fate: Fate) =>
      messages.filter((_, index) => fates[index] === fate).map(message => message.receipt);
    const [done, handedBack] = [receiptsOf('remove'), receiptsOf('release')];
    if (done.length > 0) await queue.remove(done);
    if (handedBack.length > 0) await queue.release(handedBack);
    return true;
  }

  private async work(message: IncomingMessage): Promise<Fate> {
    const { activation, logger } = this.options;
    const { messageId, receiveCount } = message;
    const work = parseWorkMessage(message.body);
    if (work === undefined) {
      logger.warn('message.not-ours', { messageId, receiveCount });
      return 'leave';
    }
    const state = activation.state();
    if (!state.active) {
      logger.info('message.released', { messageId, reason: state.reason });
      return 'release';
    }
    if (work.epoch < state.epoch) logger.info('message.of-older-epoch', { messageId, epoch: work.epoch });
    try {
      return await this.fulfil(work, message, state.epoch);
    } catch (error) {
      logger.warn('message.failed', { messageId, receiveCount, reason: reasonOf(error) });
      return error instanceof RuntimeError && error.code === 'not-active' ? 'release' : 'leave';
    }
  }

  private async fulfil({ orderId }: WorkMessage, message: IncomingMessage, epoch: number): Promise<Fate> {
    const { fulfilment, changed, logger } = this.options;
    const { messageId, receiveCount } = message;
    const outcome = await fulfilment.fulfil(orderId, epoch);
    if (outcome === 'unknown-order') {
      logger.warn('order.unknown', { orderId, messageId, receiveCount });
      return 'leave';
    }
    logger.info(`order.${outcome}`, { orderId, messageId, epoch });
    if (outcome === 'fulfilled') await changed(orderId);
    return 'remove';
  }
}
