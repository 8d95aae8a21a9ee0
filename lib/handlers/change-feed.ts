import { FirehoseClient } from '@aws-sdk/client-firehose';
import { type AnalyticsFeedOptions, feedBatch } from '../runtime/changes/analytics-feed';
import { firehoseRows } from '../runtime/changes/firehose-rows';
import { systemClock } from '../runtime/clock';
import { EnvironmentReader } from '../runtime/environment/environment-reader';
import { parseLogLevel } from '../runtime/environment/worker-environment';
import type { StreamHandler } from '../runtime/stream/stream-handler';
import { shardRecords } from '../runtime/stream/stream-records';
import { functionLogger } from './worker-parts';

let made: AnalyticsFeedOptions | undefined;

/** Delivers the changes of a table's stream, or of an outbox, to the analytics feed. */
export const handler: StreamHandler = async event => {
  made ??= makeFeed();
  return feedBatch(shardRecords(event.Records ?? []), made);
};

function makeFeed(): AnalyticsFeedOptions {
  const reader = new EnvironmentReader(process.env);
  const region = reader.text('AWS_REGION');
  const deliveryStream = reader.text('HOLDFAST_DELIVERY_STREAM');
  const columns = reader.optional('HOLDFAST_COLUMNS')?.split(',') ?? [];
  const level = parseLogLevel(reader);
  reader.finish();
  const client = new FirehoseClient({ region, endpoint: reader.optional('AWS_ENDPOINT_URL') });
  return {
    deliver: firehoseRows({ client, deliveryStream, clock: systemClock }),
    columns,
    logger: functionLogger(region, 'change-feed', level),
  };
}
