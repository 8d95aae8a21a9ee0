import type { QueueWork } from '../queue/queue-handler';
import type { StreamWork } from '../stream/stream-handler';
import { acceptCorrelationId, withCorrelationId } from './correlation';
import type { Telemetry } from './http-telemetry';
import { parseTraceparent, traceparentOf } from './trace-context';

/** A message or a record as telemetry needs it. */
export interface TracedMessage {
  /** `aws_sqs` or `aws_kinesis`. */
  readonly system: string;
  /** Queue or stream. */
  readonly destination: string;
  /** The sender's `traceparent`: an attribute of an SQS message, a field of a stream's record. */
  readonly traceparent: string | undefined;
}

/** Runs the work of one message within a span that goes on with the sender's trace, and counts it by its source. */
export async function tracedMessage<T>(
  telemetry: Telemetry & { readonly monotonic: () => number },
  { system, destination, traceparent }: TracedMessage,
  work: () => Promise<T>,
): Promise<T> {
  const { tracer, metrics, monotonic } = telemetry;
  const start = monotonic();
  let failed = true;
  const run = async () => {
    const result = await work();
    failed = false;
    return result;
  };
  const attributes = { 'messaging.system': system, 'messaging.destination.name': destination };
  try {
    if (tracer === undefined) return await run();
    const parent = parseTraceparent(traceparent);
    return await tracer.span(`${destination} process`, { kind: 'consumer', parent, attributes }, run);
  } finally {
    const name = `process ${destination}`;
    metrics?.observe({ of: 'route', name, milliseconds: monotonic() - start, failed });
  }
}

/** Telemetry with the clock by which it measures. */
export type TimedTelemetry = Telemetry & { readonly monotonic: () => number };

/** The work of a queue's handler, traced: `queueHandler({ work: tracedQueueWork(telemetry, 'orders', work), ... })`. */
export function tracedQueueWork(telemetry: TimedTelemetry, destination: string, work: QueueWork): QueueWork {
  return (message, context) => {
    const { traceparent } = message.attributes;
    return tracedMessage(telemetry, { system: 'aws_sqs', destination, traceparent }, () =>
      work(message, context),
    );
  };
}

/**
 * The work of a stream's handler, traced, and under the correlation id that the record carries as a field, so that a
 * projection's lines are found by the id of the request.
 */
export function tracedStreamWork(
  telemetry: TimedTelemetry,
  destination: string,
  work: StreamWork,
): StreamWork {
  return (data, record, context) => {
    const message = { system: 'aws_kinesis', destination, traceparent: traceparentOf(data) };
    const { correlationId } = (data ?? {}) as { readonly correlationId?: unknown };
    const received = typeof correlationId === 'string' ? correlationId : undefined;
    const id = acceptCorrelationId(received, () => record.sequenceNumber);
    return withCorrelationId(id, () => tracedMessage(telemetry, message, () => work(data, record, context)));
  };
}
