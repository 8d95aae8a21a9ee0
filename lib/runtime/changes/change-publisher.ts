import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Clock } from '../clock';
import { limited } from '../limit';
import type { Change } from './change';
import { putAll } from './put-all';

/** A client of Kinesis in a Region. Load this file only where changes are published: the client comes with it. */
export const changeStreamClient = (region: string, endpointUrl?: string): KinesisClient =>
  new KinesisClient({ region, endpoint: endpointUrl });

/** Where an outbox tells of its changes. */
export interface ChangePublisherOptions {
  readonly client: Pick<KinesisClient, 'send'>;
  readonly stream: string;
  readonly clock: Pick<Clock, 'sleep'>;
  /** A call that takes longer fails, in milliseconds: one that hangs would hold up all later changes. @default 10000 */
  readonly timeoutMilliseconds?: number;
}

/**
 * Publishes changes, in order; the changes of one thing go to one shard. Note them as delivered only after this returns
 * (`ChangeDelivery` does): what is published twice has the same id.
 *
 * @throws RuntimeError `unavailable` when not all of them were taken
 */
export function publishChanges(changes: readonly Change[], options: ChangePublisherOptions): Promise<void> {
  const { client, stream, clock, timeoutMilliseconds = 10_000 } = options;
  const put = async (batch: readonly Entry[]): Promise<number> => {
    const command = new PutRecordsCommand({
      StreamName: stream,
      Records: batch.map(({ key, data }) => ({ PartitionKey: key, Data: data })),
    });
    const { FailedRecordCount, Records } = await limited(timeoutMilliseconds, abortSignal =>
      client.send(command, { abortSignal }),
    );
    if (!FailedRecordCount) return -1;
    return Math.max(
      0,
      (Records ?? []).findIndex(({ ErrorCode }) => ErrorCode !== undefined),
    );
  };
  return putAll(changes.map(toEntry), { put, clock, bytes: ({ data }) => data.byteLength });
}

interface Entry {
  readonly key: string;
  readonly data: Buffer;
}

const toEntry = (change: Change): Entry => ({
  key: `${change.entity}/${change.key}`.slice(0, 256),
  data: Buffer.from(JSON.stringify(change)),
});
