import { RuntimeError, reasonOf } from '../errors';
import type { WorkContext } from '../queue/queue-handler';
import type { EpochGate } from '../register/epoch-gate';
import type { Logger } from '../telemetry/logger';
import { returnStream, type StreamAnswer, type StreamRecord, workStream } from './stream-batch';
import { type StreamEvent, shardRecords, topicRecords } from './stream-records';

/** Works one record; rejects when it could not be worked. It may see a record twice and must not mind. */
export type StreamWork = (data: unknown, record: StreamRecord, context: WorkContext) => Promise<void>;

/** What a stream's handler stands on. */
export interface StreamHandlerOptions {
  readonly work: StreamWork;
  readonly region: string;
  /** Makes the gate of one invocation. @default - not gated: works in every Region */
  readonly gate?: () => Pick<EpochGate, 'epoch'>;
  readonly logger: Logger;
}

/** Handler of a stream's event source mapping. */
export type StreamHandler = (event: StreamEvent) => Promise<StreamAnswer>;

/**
 * Works the records of a shard in order while this Region is active, and hands them back while it is not.
 *
 * A Kafka event may hold several partitions, for which no single place says where to begin again: there the first
 * failure fails the batch, which Lambda then halves and retries.
 */
export function streamHandler(options: StreamHandlerOptions): StreamHandler {
  return async event => {
    const gate = options.gate?.();
    if (event.records !== undefined) return workTopic(Object.values(event.records), options, gate);
    return workRecords(shardRecords(event.Records ?? []), options, gate);
  };
}

async function workRecords(
  records: readonly StreamRecord[],
  { work, region, logger }: StreamHandlerOptions,
  gate: Pick<EpochGate, 'epoch'> | undefined,
): Promise<StreamAnswer> {
  try {
    await gate?.epoch();
  } catch (error) {
    logger.info('batch.returned', { records: records.length, reason: reasonOf(error) });
    return returnStream(records);
  }
  return workStream(records, {
    logger,
    work: async (data, record) => work(data, record, { region, epoch: await gate?.epoch(), logger }),
  });
}

async function workTopic(
  partitions: ReadonlyArray<Parameters<typeof topicRecords>[0]>,
  options: StreamHandlerOptions,
  gate: Pick<EpochGate, 'epoch'> | undefined,
): Promise<StreamAnswer> {
  for (const partition of partitions) {
    const { batchItemFailures } = await workRecords(topicRecords(partition), options, gate);
    const [failure] = batchItemFailures;
    if (failure !== undefined) {
      throw new RuntimeError('unavailable', `the record at offset ${failure.itemIdentifier} was not worked`);
    }
  }
  return { batchItemFailures: [] };
}
