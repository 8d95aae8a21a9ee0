import type { Telemetry } from './http-telemetry';
import { parseTraceparent } from './trace-context';

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
