import type { Clock } from '../../runtime/clock';
import type { FencedTransactions } from '../../runtime/database/fence';
import { RuntimeError, reasonOf } from '../../runtime/errors';
import { type JobAttempt, recordAttempt } from '../../runtime/jobs/job-history';
import { type ParkedMessage, parkedFor, shouldPark } from '../../runtime/queue/parking';
import { postgresParking } from '../../runtime/queue/postgres-parking';
import type { IncomingMessage } from '../../runtime/queue/queue';
import type { Fate } from '../../runtime/queue/queue-consumer';
import type { Logger } from '../../runtime/telemetry/logger';
import { type TimedTelemetry, tracedMessage } from '../../runtime/telemetry/message-telemetry';
import type { Activation } from '../activation';
import { FULFIL, type Fulfilment } from '../orders/fulfilment';
import { parseWorkMessage, type WorkMessage } from '../orders/work-message';

/** What working a message stands on. */
export interface MessageWorkOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly activation: Pick<Activation, 'state'>;
  readonly fulfilment: Pick<Fulfilment, 'fulfil'>;
  /** Transactions in which messages are parked. */
  readonly fenced: Pick<FencedTransactions, 'run'>;
  /** Told after an order changed, so that no cache serves its old state. Must not reject. */
  readonly changed: (orderId: string) => Promise<unknown>;
  /** Which queue and Region a parked message came from. */
  readonly source: Pick<ParkedMessage, 'queue' | 'region'>;
  /** Name of the worker, kept with each attempt. */
  readonly worker: string;
  /** @default - work is neither traced nor measured */
  readonly telemetry?: TimedTelemetry;
}

/** A message without its receipt, as a consumer or an event of a function brings it. */
export type WorkedMessage = Omit<IncomingMessage, 'receipt'>;

/** Works one message, and says what is to become of it; whether a consumer or a function took it from the queue. */
export class MessageWork {
  constructor(private readonly parts: MessageWorkOptions) {}

  /** Goes on with the trace of the request that owes the work. Never rejects for the message's sake. */
  work(message: WorkedMessage): Promise<Fate> {
    const { telemetry } = this.parts;
    if (telemetry === undefined) return this.fulfil(message);
    const { traceparent } = message.attributes;
    const source = { system: 'aws_sqs', destination: FULFIL, traceparent };
    return tracedMessage(telemetry, source, () => this.fulfil(message));
  }

  private async fulfil(message: WorkedMessage): Promise<Fate> {
    const { activation, logger } = this.parts;
    const { messageId, receiveCount } = message;
    const state = activation.state();
    if (!state.active) {
      logger.info('message.released', { messageId, reason: state.reason });
      return 'release';
    }
    const attempt = this.attemptAt(message, state.epoch);
    try {
      await this.perform(requireWork(message), attempt);
      return 'remove';
    } catch (error) {
      logger.warn('message.failed', { messageId, receiveCount, reason: reasonOf(error) });
      if (error instanceof RuntimeError && error.code === 'not-active') return 'release';
      return shouldPark(error, receiveCount) ? this.park(message, error, attempt) : this.fail(error, attempt);
    }
  }

  /** @throws RuntimeError `conflict` when the database knows no such order: it was lost with a Region, or never ours */
  private async perform(work: WorkMessage, attempt: Attempt): Promise<void> {
    const { fulfilment, changed, logger } = this.parts;
    const { orderId } = work;
    const { messageId, epoch } = attempt;
    if (work.epoch < epoch) logger.info('message.of-older-epoch', { messageId, epoch: work.epoch });
    const outcome = await fulfilment.fulfil(orderId, epoch, attempt);
    if (outcome === 'unknown-order') {
      throw new RuntimeError('conflict', `the database knows no order ${orderId}`);
    }
    logger.info(`order.${outcome}`, { orderId, messageId, epoch });
    if (outcome === 'fulfilled') await changed(orderId);
  }

  private attemptAt({ messageId, body, attributes }: WorkedMessage, epoch: number): Attempt {
    const { clock, source, worker } = this.parts;
    return {
      jobId: parseWorkMessage(body)?.orderId ?? messageId,
      kind: FULFIL,
      messageId,
      epoch,
      region: source.region,
      worker,
      correlationId: attributes.correlationId || messageId,
      startedAt: clock.now(),
    };
  }

  /** Leaves the message, and records why if it was not the world's fault; history never decides what becomes of it. */
  private async fail(error: unknown, attempt: Attempt): Promise<Fate> {
    if (!shouldPark(error, Number.POSITIVE_INFINITY)) return 'leave';
    const { fenced, logger } = this.parts;
    try {
      await fenced.run(attempt.epoch, transaction =>
        recordAttempt(transaction, { ...attempt, ...parkedFor(error), outcome: 'failed' }),
      );
    } catch (failure) {
      logger.warn('attempt.not-recorded', { messageId: attempt.messageId, reason: reasonOf(failure) });
    }
    return 'leave';
  }

  /** Parks under the lease and the fence, so that only the active Region does; the message leaves its queue after. */
  private async park(message: WorkedMessage, error: unknown, attempt: Attempt): Promise<Fate> {
    const { fenced, source, logger } = this.parts;
    const { messageId: id, body, attributes, receiveCount } = message;
    const why = parkedFor(error);
    const parking = postgresParking(work =>
      fenced.run(attempt.epoch, async transaction => {
        const parked = await work(transaction);
        await recordAttempt(transaction, { ...attempt, ...why, outcome: 'parked' });
        return parked;
      }),
    );
    try {
      const { correlationId } = attempt;
      await parking.park({ ...source, ...why, id, body, attributes, receiveCount, correlationId });
    } catch (failure) {
      logger.warn('message.not-parked', { messageId: id, reason: reasonOf(failure) });
      return 'leave';
    }
    logger.warn('message.parked', { messageId: id, receiveCount, ...why });
    return 'remove';
  }
}

/** An attempt under way. */
type Attempt = Omit<JobAttempt, 'outcome' | 'messageId'> & { readonly messageId: string };

/** @throws RuntimeError `invalid-input` when the message is none of ours; the body itself is not told */
function requireWork(message: WorkedMessage): WorkMessage {
  const work = parseWorkMessage(message.body);
  if (work !== undefined) return work;
  throw new RuntimeError('invalid-input', 'the body is no work message of this service');
}
