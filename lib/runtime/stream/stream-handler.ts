import { RuntimeError, reasonOf } from '../errors';
import { type ParkedMessage, type Parking, parkedFor } from '../queue/parking';
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
  /** Where records go that can never be worked. @default - nowhere: they block their shard until retries are used up */
  readonly parking?: Parking;
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
    if (event.records !== undefined) return workTopic(event.records, options, gate);
    const { Records: records = [] } = event;
    return workRecords(shardRecords(records), options, gate, records[0]?.eventSourceARN ?? '');
  };
}

async function workRecords(
  records: readonly StreamRecord[],
  { work, region, logger, parking }: StreamHandlerOptions,
  gate: Pick<EpochGate, 'epoch'> | undefined,
  source: string,
): Promise<StreamAnswer> {
  try {
    await gate?.epoch();
  } catch (error) {
    logger.info('batch.returned', { records: records.length, reason: reasonOf(error) });
    return returnStream(records);
  }
  return workStream(records, {
    logger,
    park: parking && ((record, error) => parking.park(parkedRecord(record, error, region, source))),
    work: async (data, record) => work(data, record, { region, epoch: await gate?.epoch(), logger }),
  });
}

async function workTopic(
  partitions: NonNullable<StreamEvent['records']>,
  options: StreamHandlerOptions,
  gate: Pick<EpochGate, 'epoch'> | undefined,
): Promise<StreamAnswer> {
  for (const [name, partition] of Object.entries(partitions)) {
    const { batchItemFailures } = await workRecords(topicRecords(partition), options, gate, name);
    const [failure] = batchItemFailures;
    if (failure !== undefined) {
      throw new RuntimeError('unavailable', `the record at offset ${failure.itemIdentifier} was not worked`);
    }
  }
  return { batchItemFailures: [] };
}

/** A record set aside; a stream counts no receives. */
function parkedRecord(record: StreamRecord, error: unknown, region: string, queue: string): ParkedMessage {
  const { sequenceNumber, partitionKey } = record;
  return {
    id: sequenceNumber,
    queue,
    region,
    body: record.raw?.() ?? '',
    attributes: { partitionKey },
    receiveCount: 1,
    correlationId: sequenceNumber,
    ...parkedFor(error),
  };
}
