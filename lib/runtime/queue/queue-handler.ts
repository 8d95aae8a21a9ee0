import { reasonOf } from '../errors';
import type { EpochGate } from '../register/epoch-gate';
import { withCorrelationId } from '../telemetry/correlation';
import type { Logger } from '../telemetry/logger';
import {
  type BatchAnswer,
  type BatchParking,
  type QueueRecord,
  returnBatch,
  type WorkMessage,
  workBatch,
} from './work-batch';

/** What a piece of work is told beside its message or record. */
export interface WorkContext {
  readonly region: string;
  /** Epoch under which the work is done, the fencing token of its writes; absent where no register gates it. */
  readonly epoch?: number;
  readonly logger: Logger;
}

/** Works one message; rejects when it could not be worked. It may see a message twice and must not mind. */
export type QueueWork = (message: WorkMessage, context: WorkContext) => Promise<void>;

/** What a queue's handler stands on. */
export interface QueueHandlerOptions {
  readonly work: QueueWork;
  readonly region: string;
  /** Makes the gate of one invocation. @default - not gated: works in every Region */
  readonly gate?: () => Pick<EpochGate, 'epoch'>;
  readonly logger: Logger;
  /** Messages, or groups of a FIFO queue, in work at the same time. @default 10 */
  readonly concurrency?: number;
  /** Where messages go that cannot be worked. @default - nowhere: they come again until the dead letters take them */
  readonly parking?: Omit<BatchParking, 'region'>;
}

/** Handler of a queue's event source mapping, which must ask for `ReportBatchItemFailures`. */
export type QueueHandler = (event: { readonly Records?: readonly QueueRecord[] }) => Promise<BatchAnswer>;

/**
 * Works each batch while this Region is active, and hands the whole of it back while it is not. Before each message
 * the gate is asked again, so that a move in the middle of a batch stops the rest of it.
 */
export function queueHandler(options: QueueHandlerOptions): QueueHandler {
  const { work, region, logger, concurrency } = options;
  const parking = options.parking && { ...options.parking, region };
  return async ({ Records: records = [] }) => {
    const gate = options.gate?.();
    try {
      await gate?.epoch();
    } catch (error) {
      logger.info('batch.returned', { messages: records.length, reason: reasonOf(error) });
      return returnBatch(records);
    }
    return workBatch(records, {
      logger,
      concurrency,
      parking,
      work: async message => {
        const epoch = await gate?.epoch();
        await withCorrelationId(message.attributes.correlationId || message.id, () =>
          work(message, { region, epoch, logger }),
        );
      },
    });
  };
}
