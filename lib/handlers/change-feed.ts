import { FirehoseClient } from '@aws-sdk/client-firehose';
import { type AnalyticsFeedOptions, feedBatch } from '../runtime/changes/analytics-feed';
import { firehoseRows } from '../runtime/changes/firehose-rows';
import { systemClock } from '../runtime/clock';
import { EnvironmentReader } from '../runtime/environment/environment-reader';
import { parseLogLevel } from '../runtime/environment/worker-environment';
import type { StreamAnswer, StreamRecord } from '../runtime/stream/stream-batch';
import type { StreamHandler } from '../runtime/stream/stream-handler';
import { type StreamEvent, shardRecords } from '../runtime/stream/stream-records';
import { tracedMessage } from '../runtime/telemetry/message-telemetry';
import { traceparentOf } from '../runtime/telemetry/trace-context';
import { type FunctionTelemetry, functionTelemetry } from '../service/process-telemetry';
import { functionLogger, sourceOf } from './worker-parts';

/** One handler's parts. */
interface Feed extends AnalyticsFeedOptions {
  readonly telemetry: FunctionTelemetry;
}

let made: Feed | undefined;

/** Delivers the changes of a table's stream, or of an outbox, to the analytics feed. */
export const handler: StreamHandler = async event => {
  made ??= makeFeed();
  const { telemetry, ...feed } = made;
  return telemetry.around(() => delivered(event, feed, telemetry));
};

/** One delivery, counted and traced: a part of the trace that all of its records are of, else a trace of its own. */
async function delivered(event: StreamEvent, feed: AnalyticsFeedOptions, { telemetry }: FunctionTelemetry) {
  const records = shardRecords(event.Records ?? []);
  const traces = new Set(records.map(traceOf));
  const [traceparent] = traces.size === 1 ? traces : [];
  const message = { system: 'aws_kinesis', destination: sourceOf(event), traceparent };
  try {
    return await tracedMessage(telemetry, message, async () => {
      const answer = await feedBatch(records, feed);
      if (answer.batchItemFailures.length > 0) throw new NotDelivered(answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof NotDelivered) return error.answer;
    throw error;
  }
}

/** Tells the span and the count of what the answer tells Lambda. */
class NotDelivered extends Error {
  constructor(readonly answer: StreamAnswer) {
    super('some rows were not delivered');
  }
}

/** The trace of a record; what cannot be read fails in its turn and not here. */
function traceOf(record: StreamRecord): string | undefined {
  try {
    return traceparentOf(record.read());
  } catch {
    return undefined;
  }
}

function makeFeed(): Feed {
  const reader = new EnvironmentReader(process.env);
  const region = reader.text('AWS_REGION');
  const deliveryStream = reader.text('HOLDFAST_DELIVERY_STREAM');
  const columns = reader.optional('HOLDFAST_COLUMNS')?.split(',') ?? [];
  const level = parseLogLevel(reader);
  const application = reader.text('HOLDFAST_APPLICATION', process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unnamed');
  const otlpEndpoint = reader.optional('HOLDFAST_OTLP_ENDPOINT');
  reader.finish();
  const logger = functionLogger(region, 'change-feed', level);
  const environment = { application, region, otlpEndpoint, logLevel: level, timeScale: 1 };
  const client = new FirehoseClient({ region, endpoint: reader.optional('AWS_ENDPOINT_URL') });
  return {
    deliver: firehoseRows({ client, deliveryStream, clock: systemClock }),
    columns,
    logger,
    telemetry: functionTelemetry(environment, 'change-feed', { clock: systemClock, logger }),
  };
}
