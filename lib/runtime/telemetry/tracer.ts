import type { Clock } from '../clock';
import { correlationId } from './correlation';
import { redact, redactText } from './redaction';
import { currentSpan, type SpanContext, withinSpan } from './trace-context';

/** What a span is of, as OpenTelemetry has it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
/** Facts of a span; secrets in them are hidden. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span that ended. */
export interface FinishedSpan extends SpanContext {
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  /** Wall clock, in milliseconds since 1970. */
  readonly startedAt: number;
  /** On the monotonic clock. */
  readonly milliseconds: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why it failed; absent when it did not. */
  readonly error?: string;
}

/** A span under way. */
export interface Span {
  readonly context: SpanContext;
  /** Adds facts. */
  set(attributes: SpanAttributes): void;
  /** Says that it failed, although nothing is thrown. */
  fail(reason: string): void;
}

/** How spans are made. */
export interface TracerOptions {
  readonly clock: Clock;
  /** As many random hexadecimal digits as asked for. */
  readonly makeHex: (digits: number) => string;
  /** Takes what ended. Must not throw. */
  readonly export: (span: FinishedSpan) => void;
  /** Part of the traces that are recorded, 0 to 1, where the caller has not decided. @default 1 */
  readonly sampled?: number;
}

/** What a span is. */
export interface SpanOptions {
  readonly kind?: SpanKind;
  /** @default - the span in which the work in hand runs */
  readonly parent?: SpanContext;
  readonly attributes?: SpanAttributes;
}

/**
 * Spans with W3C context. It decides by the trace's id whether a trace is recorded, so that all who see the id decide
 * alike, and follows a caller who has decided.
 */
export class Tracer {
  constructor(private readonly options: TracerOptions) {}

  /** Runs `work` within a new span, which ends with it; what it throws is told and thrown on. */
  async span<T>(
    name: string,
    { kind, parent, attributes }: SpanOptions,
    work: (span: Span) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.options;
    const above = parent ?? currentSpan();
    const context = this.contextUnder(above);
    const [startedAt, start] = [clock.now().getTime(), clock.monotonic()];
    const facts: Record<string, unknown> = { ...attributes };
    let error: string | undefined;
    const span: Span = {
      context,
      set: more => void Object.assign(facts, more),
      fail: reason => {
        error = reason;
      },
    };
    try {
      return await withinSpan(context, () => work(span));
    } catch (thrown) {
      error ??= thrown instanceof Error ? thrown.message : String(thrown);
      throw thrown;
    } finally {
      if (context.sampled) {
        this.options.export({
          ...context,
          parentSpanId: above?.spanId,
          name: redactText(name),
          kind: kind ?? 'internal',
          startedAt,
          milliseconds: clock.monotonic() - start,
          attributes: redact({ correlationId: correlationId(), ...facts }) as Record<string, unknown>,
          ...(error === undefined ? {} : { error: redactText(error) }),
        });
      }
    }
  }

  private contextUnder(above: SpanContext | undefined): SpanContext {
    const { makeHex, sampled = 1 } = this.options;
    const spanId = makeHex(16);
    if (above !== undefined) return { traceId: above.traceId, spanId, sampled: above.sampled };
    const traceId = makeHex(32);
    return { traceId, spanId, sampled: Number.parseInt(traceId.slice(-8), 16) < sampled * 2 ** 32 };
  }
}
