import { RuntimeError, reasonOf } from '../errors';
import { canNeverWork } from '../queue/parking';
import type { Logger } from '../telemetry/logger';

/** Answer to a stream's event source mapping: where it is to begin again; an empty list means that all was worked. */
export interface StreamAnswer {
  readonly batchItemFailures: ReadonlyArray<{ readonly itemIdentifier: string }>;
}

/** One record of a shard, in the shard's order. */
export interface StreamRecord {
  /** Its place in the shard. */
  readonly sequenceNumber: string;
  /** What decides the shard; empty when the source does not say. */
  readonly partitionKey: string;
  /** The data as it came, as text, for whoever has to set the record aside. @default - it is not kept */
  readonly raw?: () => string;
  /** The data, read; a function, so that a record which cannot be read fails alone and in its turn. */
  readonly read: () => unknown;
}

/** How a batch is worked. */
export interface StreamBatchOptions {
  /** Works one record; rejects when it could not be worked. It may see a record twice and must not mind. */
  readonly work: (data: unknown, record: StreamRecord) => Promise<void>;
  readonly logger: Logger;
  /**
   * Sets a record aside that can never be worked, before the shard goes on without it.
   * @default - it blocks its shard until its retries are used up
   */
  readonly park?: (record: StreamRecord, error: unknown) => Promise<void>;
}

/**
 * Works the records of a shard in order and stops at the first that fails, so that nothing overtakes it. Only that
 * one is reported: Lambda begins again at the lowest number it is told, and what stands behind comes again with it.
 *
 * @throws RuntimeError `invalid-input` when the record that failed has no place, which fails the whole batch on purpose
 */
export async function workStream(
  records: readonly StreamRecord[],
  { work, logger, park }: StreamBatchOptions,
): Promise<StreamAnswer> {
  for (const record of records) {
    try {
      await work(record.read(), record);
    } catch (error) {
      const { sequenceNumber } = record;
      logger.warn('record.failed', { sequenceNumber, reason: reasonOf(error) });
      if (!(await parked(record, error, logger, park))) return failureAt(sequenceNumber);
    }
  }
  return { batchItemFailures: [] };
}

/** Only what no repetition changes is parked: a stream does not say how often a record came. */
async function parked(
  record: StreamRecord,
  error: unknown,
  logger: Logger,
  park: StreamBatchOptions['park'],
): Promise<boolean> {
  const { sequenceNumber } = record;
  if (park === undefined || sequenceNumber === '' || !canNeverWork(error)) return false;
  try {
    await park(record, error);
    logger.warn('record.parked', { sequenceNumber, reason: reasonOf(error) });
    return true;
  } catch (failure) {
    logger.warn('record.not-parked', { sequenceNumber, reason: reasonOf(failure) });
    return false;
  }
}

/** Hands the whole batch back. @throws RuntimeError `invalid-input` when its first record has no place */
export function returnStream(records: readonly StreamRecord[]): StreamAnswer {
  const [first] = records;
  return first === undefined ? { batchItemFailures: [] } : failureAt(first.sequenceNumber);
}

function failureAt(sequenceNumber: string): StreamAnswer {
  if (sequenceNumber === '') {
    throw new RuntimeError(
      'invalid-input',
      'the record that failed has no sequence number, so the whole batch fails',
    );
  }
  return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
}
