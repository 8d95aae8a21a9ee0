import { AsyncLocalStorage } from 'node:async_hooks';

/** Where a span stands in its trace, as W3C Trace Context writes it. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly sampled: boolean;
}

/** Name of the header, of the attribute of an SQS message and of the field of a stream's record. */
export const TRACEPARENT = 'traceparent';

const SHAPE = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const storage = new AsyncLocalStorage<SpanContext>();

/**
 * Reads a `traceparent`; `undefined` for what is none, so that a caller's rubbish begins a new trace. Versions to come
 * are read as this one, with whatever they add. Source: W3C Trace Context, 3.2.
 */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, version, traceId, spanId, flags, rest] = SHAPE.exec(text ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined)
    return undefined;
  const impossible = version === 'ff' || (version === '00' && rest !== undefined);
  if (impossible || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` of a span. */
export function formatTraceparent({ traceId, spanId, sampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The span in which the work in hand runs, if there is one. */
export function currentSpan(): SpanContext | undefined {
  return storage.getStore();
}

/** The `traceparent` of the work in hand, if it is traced. */
export function currentTraceparent(): string | undefined {
  const span = currentSpan();
  return span === undefined ? undefined : formatTraceparent(span);
}

/** Runs `work` within a span, so that what it begins and sends belongs to it. */
export function withinSpan<T>(span: SpanContext, work: () => T): T {
  return storage.run(span, work);
}

/**
 * Adds the trace of the work in hand to what is sent: headers of a request, attributes of an SQS message, fields of a
 * stream's record. Without a trace it adds nothing.
 */
export function withTraceparent<T extends Readonly<Record<string, string>>>(
  carrier: T,
): T & { readonly traceparent?: string } {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? carrier : { ...carrier, [TRACEPARENT]: traceparent };
}

/** The trace that a record of a stream carries as a field beside its data, if it does. */
export function traceparentOf(data: unknown): string | undefined {
  const value = (data as Readonly<Record<string, unknown>> | null | undefined)?.[TRACEPARENT];
  return typeof value === 'string' ? value : undefined;
}
