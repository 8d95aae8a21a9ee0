import type { FencedTransactions } from '../runtime/database/fence';
import { RuntimeError, reasonOf } from '../runtime/errors';
import { type ParkedMessage, parkedFor, shouldPark } from '../runtime/queue/parking';
import { postgresParking } from '../runtime/queue/postgres-parking';
import type { IncomingMessage } from '../runtime/queue/queue';
import { type Fate, QueueConsumer, type QueueConsumerOptions } from '../runtime/queue/queue-consumer';
import type { Activation } from './activation';
import type { Fulfilment } from './fulfilment';
import { parseWorkMessage, type WorkMessage } from './work-message';

/** What the consumer stands on. */
export interface ConsumerOptions extends Omit<QueueConsumerOptions, 'work' | 'ready'> {
  readonly activation: Pick<Activation, 'state'>;
  readonly fulfilment: Pick<Fulfilment, 'fulfil'>;
  /** Transactions in which messages are parked. */
  readonly fenced: Pick<FencedTransactions, 'run'>;
  /** Told after an order changed, so that no cache serves its old state. Must not reject. */
  readonly changed: (orderId: string) => Promise<unknown>;
  /** Which queue and Region a parked message came from. */
  readonly source: Pick<ParkedMessage, 'queue' | 'region'>;
}

/** Takes messages while this Region is active, and removes each only after its work stands in the database. */
export class Consumer extends QueueConsumer {
  constructor(private readonly parts: ConsumerOptions) {
    super({
      ...parts,
      ready: () => parts.activation.state().active,
      work: message => this.fulfil(message),
    });
  }

  private async fulfil(message: IncomingMessage): Promise<Fate> {
    const { activation, logger } = this.parts;
    const { messageId, receiveCount } = message;
    const state = activation.state();
    if (!state.active) {
      logger.info('message.released', { messageId, reason: state.reason });
      return 'release';
    }
    try {
      await this.perform(requireWork(message), message, state.epoch);
      return 'remove';
    } catch (error) {
      logger.warn('message.failed', { messageId, receiveCount, reason: reasonOf(error) });
      if (error instanceof RuntimeError && error.code === 'not-active') return 'release';
      return shouldPark(error, receiveCount) ? this.park(message, error, state.epoch) : 'leave';
    }
  }

  /** @throws RuntimeError `conflict` when the database knows no such order: it was lost with a Region, or never ours */
  private async perform(work: WorkMessage, { messageId }: IncomingMessage, epoch: number): Promise<void> {
    const { fulfilment, changed, logger } = this.parts;
    const { orderId } = work;
    if (work.epoch < epoch) logger.info('message.of-older-epoch', { messageId, epoch: work.epoch });
    const outcome = await fulfilment.fulfil(orderId, epoch);
    if (outcome === 'unknown-order') {
      throw new RuntimeError('conflict', `the database knows no order ${orderId}`);
    }
    logger.info(`order.${outcome}`, { orderId, messageId, epoch });
    if (outcome === 'fulfilled') await changed(orderId);
  }

  /** Parks under the lease and the fence, so that only the active Region does; the message leaves its queue after. */
  private async park(message: IncomingMessage, error: unknown, epoch: number): Promise<Fate> {
    const { fenced, source, logger } = this.parts;
    const { messageId: id, body, attributes, receiveCount } = message;
    const parking = postgresParking(work => fenced.run(epoch, work));
    const why = parkedFor(error);
    try {
      const correlationId = attributes.correlationId || id;
      await parking.park({ ...source, ...why, id, body, attributes, receiveCount, correlationId });
    } catch (failure) {
      logger.warn('message.not-parked', { messageId: id, reason: reasonOf(failure) });
      return 'leave';
    }
    logger.warn('message.parked', { messageId: id, receiveCount, ...why });
    return 'remove';
  }
}

/** @throws RuntimeError `invalid-input` when the message is none of ours; the body itself is not told */
function requireWork(message: IncomingMessage): WorkMessage {
  const work = parseWorkMessage(message.body);
  if (work !== undefined) return work;
  throw new RuntimeError('invalid-input', 'the body is no work message of this service');
}
