import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { Clock } from '../clock';
import type { Deliver } from './analytics-feed';
import { putAll } from './put-all';

/** Where rows go. */
export interface FirehoseRowsOptions {
  readonly client: Pick<FirehoseClient, 'send'>;
  readonly deliveryStream: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Delivers rows through Firehose, a line of JSON each. */
export function firehoseRows({ client, deliveryStream, clock }: FirehoseRowsOptions): Deliver {
  const put = async (lines: readonly string[]): Promise<number> => {
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: deliveryStream,
      Records: lines.map(line => ({ Data: Buffer.from(line) })),
    });
    const { FailedPutCount, RequestResponses } = await client.send(command);
    if (!FailedPutCount) return -1;
    return Math.max(
      0,
      (RequestResponses ?? []).findIndex(({ ErrorCode }) => ErrorCode !== undefined),
    );
  };
  return rows =>
    putAll(
      rows.map(row => `${JSON.stringify(row)}\n`),
      { put, clock, bytes: line => Buffer.byteLength(line) },
    );
}
