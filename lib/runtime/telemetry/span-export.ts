import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { limited } from '../limit';
import { loop } from '../loop';
import type { Logger } from './logger';
import type { FinishedSpan, SpanKind } from './tracer';

/** Where spans go. */
export interface SpanExportOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** `http://collector:4318`: OTLP over HTTP in JSON. @default - spans are log lines */
  readonly endpoint?: string;
  /** What the spans are of: `service.name`, `cloud.region`. */
  readonly resource: Readonly<Record<string, string>>;
  /** Spans that wait at most; later ones are dropped and counted. @default 2048 */
  readonly mostWaiting?: number;
  /** Pause between two deliveries, in milliseconds. @default 5000 */
  readonly pauseMilliseconds?: number;
}

const BATCH = 512;
const TIMEOUT = 3000;
/** Numbers of OpenTelemetry's SpanKind. */
const KINDS: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

/**
 * Delivers spans in batches in the background, to a collector or as log lines. A collector that is away costs nothing
 * but spans: they wait, bounded, and what does not fit is counted.
 */
export class SpanExport {
  /** Spans that were dropped. */
  dropped = 0;
  private waiting: FinishedSpan[] = [];

  constructor(private readonly options: SpanExportOptions) {}

  /** Takes a span. */
  readonly take = (span: FinishedSpan): void => {
    if (this.options.endpoint === undefined) {
      this.options.logger.info('span', { ...span });
    } else if (this.waiting.length < (this.options.mostWaiting ?? 2048)) this.waiting.push(span);
    else this.dropped += 1;
  };

  /** Delivers until the signal aborts, and then what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, pauseMilliseconds = 5000 } = this.options;
    await loop({ clock, signal, pauseMilliseconds, onError: () => undefined }, async () => {
      await this.deliver();
      return undefined;
    });
    await this.deliver();
  }

  /** One delivery of all that waits. Never rejects; what was not taken waits for the next. */
  async deliver(): Promise<void> {
    const { endpoint, logger, resource } = this.options;
    while (endpoint !== undefined && this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      try {
        const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
        const taken = await post(url, JSON.stringify(otlp(batch, resource)));
        if (!taken) this.dropped += batch.length;
      } catch (error) {
        logger.debug('spans.not-delivered', { reason: reasonOf(error), waiting: this.waiting.length });
        return;
      }
      this.waiting = this.waiting.slice(batch.length);
    }
  }
}

/** Whether the collector took it. Throws for what it may take later. */
async function post(url: string, body: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json' };
  const answer = await limited(TIMEOUT, signal => fetch(url, { method: 'POST', headers, body, signal }));
  await answer.arrayBuffer();
  // What the collector refuses for good would be refused again for ever, so only what it may take later waits.
  if (answer.status === 429 || answer.status >= 500)
    throw new Error(`the collector answered ${answer.status}`);
  return answer.ok;
}

/** Spans as OTLP writes them in JSON: ids in hexadecimal, times as texts of nanoseconds. */
export function otlp(spans: readonly FinishedSpan[], resource: Readonly<Record<string, string>>): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'holdfast' }, spans: spans.map(toOtlp) }],
      },
    ],
  };
}

function toOtlp({ error, ...span }: FinishedSpan): object {
  const start = BigInt(Math.round(span.startedAt * 1000)) * 1000n;
  const end = start + BigInt(Math.round(span.milliseconds * 1000)) * 1000n;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: attributesOf(span.attributes),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

function attributesOf(facts: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(facts).flatMap(([key, fact]) =>
    fact === undefined ? [] : [{ key, value: otlpValue(fact) }],
  );
}

function otlpValue(fact: unknown): object {
  if (typeof fact === 'boolean') return { boolValue: fact };
  if (typeof fact !== 'number')
    return { stringValue: typeof fact === 'string' ? fact : JSON.stringify(fact) };
  return Number.isSafeInteger(fact) ? { intValue: String(fact) } : { doubleValue: fact };
}
