import type { IdempotencyStore } from '../idempotency/idempotency-store';
import type { WorkContext } from '../queue/queue-handler';
import type { StreamRecord } from './stream-batch';
import type { StreamWork } from './stream-handler';

/** How records take effect once. */
export interface IdempotentRecordsOptions<Effects> {
  /** The store, or how it is made for the epoch in hand. */
  readonly store: IdempotencyStore<Effects> | ((context: WorkContext) => IdempotencyStore<Effects>);
  /** What the keys belong to: the application, the work and the stream. */
  readonly scope: string;
  /** How long a record is remembered, in seconds. @default 604800: seven days */
  readonly ttlSeconds?: number;
  /**
   * Key of a record. @default - its partition key and sequence number, which are its own within one stream; what is
   * published twice, or copied to another stream, needs an id of its own, such as that of a `Change`
   */
  readonly key?: (data: unknown, record: StreamRecord) => string;
  /** Writes the effect, through `effects` alone. */
  readonly effect: (data: unknown, effects: Effects, context: WorkContext) => Promise<unknown>;
}

/** A record's effect and its idempotency record in one transaction: work for `streamHandler` that takes effect once. */
export function idempotentRecords<Effects>(options: IdempotentRecordsOptions<Effects>): StreamWork {
  const { store, scope, ttlSeconds = 7 * 24 * 3600, key = placeOf, effect } = options;
  return async (data, record, context) => {
    const call = { scope, key: key(data, record), request: data, ttlSeconds };
    const kept = typeof store === 'function' ? store(context) : store;
    const { replayed } = await kept.once(call, effects => effect(data, effects, context));
    if (replayed) context.logger.debug('record.repeated', { sequenceNumber: record.sequenceNumber });
  };
}

const placeOf = (_data: unknown, { partitionKey, sequenceNumber }: StreamRecord): string =>
  `${partitionKey}/${sequenceNumber}`;
