import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { systemClock } from '../../../lib/runtime/clock';
import { queueHandler } from '../../../lib/runtime/queue/queue-handler';
import { streamHandler } from '../../../lib/runtime/stream/stream-handler';
import { correlationId, withCorrelationId } from '../../../lib/runtime/telemetry/correlation';
import { tracedRequest } from '../../../lib/runtime/telemetry/http-telemetry';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import {
  tracedMessage,
  tracedQueueWork,
  tracedStreamWork,
} from '../../../lib/runtime/telemetry/message-telemetry';
import { SpanExport } from '../../../lib/runtime/telemetry/span-export';
import {
  currentSpan,
  formatTraceparent,
  parseTraceparent,
  traceparentOf,
  withTraceparent,
} from '../../../lib/runtime/telemetry/trace-context';
import { type FinishedSpan, Tracer, type TracerOptions } from '../../../lib/runtime/telemetry/tracer';
import { VirtualClock } from '../../helpers/virtual-clock';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;

function tracing(options: Partial<TracerOptions> = {}) {
  const clock = new VirtualClock();
  const spans: FinishedSpan[] = [];
  let made = 0;
  const makeHex = (digits: number) => {
    made += 1;
    return String(made).padStart(digits, 'a');
  };
  const tracer = new Tracer({ clock, makeHex, export: span => spans.push(span), ...options });
  return { clock, spans, tracer, telemetry: { tracer, monotonic: () => clock.monotonic() } };
}

describe('traceparent', () => {
  test('what is written is read', () => {
    const hex = (digits: number) =>
      fc
        .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
        .filter(text => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
        const context = { traceId, spanId, sampled };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });

  test.each([
    undefined,
    '',
    `ff-${TRACE}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
    `${PARENT}-more`,
    `${PARENT}\n`,
  ])('%j is none', text => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  test('a version to come is read with what it adds', () => {
    expect(parseTraceparent(`cc${PARENT.slice(2)}-more`)?.traceId).toBe(TRACE);
  });
});

describe('a trace', () => {
  test('goes from a request over a queue to a stream, with the correlation id in each span', async () => {
    const { spans, telemetry } = tracing();
    let message: { readonly traceparent?: string } = {};
    let record: unknown;
    await withCorrelationId('c-1', () =>
      tracedRequest(telemetry, { method: 'POST', traceparent: PARENT }, async () => {
        await Promise.resolve();
        message = withTraceparent({ correlationId: 'c-1' });
        return { status: 201, route: '/orders' };
      }),
    );
    const sqs = { system: 'aws_sqs', destination: 'orders', traceparent: message.traceparent };
    await tracedMessage(telemetry, sqs, async () => {
      record = withTraceparent({ id: 'o1' });
    });
    const kinesis = { system: 'aws_kinesis', destination: 'changes', traceparent: traceparentOf(record) };
    await tracedMessage(telemetry, kinesis, async () => undefined);
    const [request, worker, projection] = spans;
    expect(spans.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE, TRACE]);
    expect(request).toMatchObject({
      kind: 'server',
      parentSpanId: 'b7ad6b7169203331',
      attributes: { 'http.route': '/orders', 'http.response.status_code': 201, correlationId: 'c-1' },
    });
    expect([worker?.parentSpanId, worker?.kind]).toEqual([request?.spanId, 'consumer']);
    expect(projection?.parentSpanId).toBe(worker?.spanId);
    expect(currentSpan()).toBeUndefined();
    expect(withTraceparent({ a: 'b' })).toEqual({ a: 'b' });
  });

  test('tells what failed, and hides secrets in names, facts and errors', async () => {
    const { spans, tracer } = tracing();
    const failing = tracer.span(
      'get https://user:hunter2@host',
      { attributes: { password: 'hunter2' } },
      async span => {
        span.set({ url: 'redis://:hunter2@cache' });
        throw new Error('cannot reach redis://:hunter2@cache');
      },
    );
    await expect(failing).rejects.toThrow();
    expect(spans[0]?.error).toBe('cannot reach redis://***@cache');
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });

  test('is recorded as the caller decided, else by its id, and a failed answer is a failure', async () => {
    const { spans, telemetry, tracer } = tracing({ sampled: 0 });
    await tracer.span('own', {}, async () => undefined);
    expect(spans).toHaveLength(0);
    await tracedRequest(telemetry, { method: 'GET', traceparent: PARENT }, async () => ({ status: 503 }));
    await tracedRequest(telemetry, { method: 'GET', traceparent: PARENT.replace(/1$/, '0') }, async () => ({
      status: 200,
    }));
    expect(spans).toMatchObject([{ error: 'answered 503', attributes: { 'http.route': 'unmatched' } }]);
  });
});

describe('handlers', () => {
  const common = { region: 'us-east-2', logger: silentLogger };

  test('a queue worker goes on with the trace in the attributes of its message', async () => {
    const { spans, telemetry } = tracing();
    const seen: unknown[] = [];
    const work = tracedQueueWork(
      telemetry,
      'orders',
      async () => void seen.push(correlationId(), currentSpan()?.traceId),
    );
    const messageAttributes = { traceparent: { stringValue: PARENT }, correlationId: { stringValue: 'c-1' } };
    await queueHandler({ ...common, work })({ Records: [{ messageId: '1', body: '{}', messageAttributes }] });
    expect(seen).toEqual(['c-1', TRACE]);
    expect(spans).toMatchObject([
      { name: 'orders process', kind: 'consumer', parentSpanId: 'b7ad6b7169203331' },
    ]);
  });

  test('a projection goes on with trace and correlation id in the fields of its record', async () => {
    const { spans, telemetry } = tracing();
    const seen: unknown[] = [];
    const work = tracedStreamWork(telemetry, 'changes', async data => {
      seen.push(correlationId(), currentSpan()?.traceId);
      if (data === null) throw new Error('not worked');
    });
    const handle = streamHandler({ ...common, work });
    const put = (value: unknown, sequenceNumber: string) => ({
      kinesis: { sequenceNumber, data: Buffer.from(JSON.stringify(value)).toString('base64') },
    });
    await handle({ Records: [put({ traceparent: PARENT, correlationId: 'c-1' }, '7'), put(null, '8')] });
    expect(seen.slice(0, 3)).toEqual(['c-1', TRACE, '8']);
    expect(spans).toMatchObject([{ traceId: TRACE }, { error: 'not worked' }]);
  });
});

describe('delivery', () => {
  const resource = { 'service.name': 'orders' };
  const span: FinishedSpan = {
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    parentSpanId: undefined,
    sampled: true,
    name: 'GET request',
    kind: 'server',
    startedAt: 1_767_225_600_000,
    milliseconds: 12.5,
    attributes: { 'http.response.status_code': 503, ratio: 0.5, quiet: false, 'http.route': '/orders' },
    error: 'answered 503',
  };

  test('a collector gets OTLP in JSON; while it is away spans wait, bounded and counted', async () => {
    const bodies: string[] = [];
    let status = 503;
    const collector = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(`${request.method} ${request.url} ${body}`);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
    const spans = new SpanExport({
      endpoint,
      resource,
      logger: silentLogger,
      clock: systemClock,
      mostWaiting: 2,
    });
    try {
      for (let made = 0; made < 3; made += 1) spans.take(span);
      await spans.deliver();
      status = 200;
      await spans.deliver();
      await spans.deliver();
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
    expect([spans.dropped, bodies.length]).toEqual([1, 2]);
    const [, route, text] = /^(POST \S+) (.*)$/.exec(bodies[1] ?? '') ?? [];
    expect(route).toBe('POST /v1/traces');
    const [{ resource: told, scopeSpans }] = JSON.parse(text ?? '').resourceSpans;
    expect(told.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'orders' } }]);
    expect(scopeSpans[0].spans).toHaveLength(2);
    expect(scopeSpans[0].spans[0]).toEqual({
      traceId: TRACE,
      spanId: 'b7ad6b7169203331',
      name: 'GET request',
      kind: 2,
      startTimeUnixNano: '1767225600000000000',
      endTimeUnixNano: '1767225600012500000',
      attributes: [
        { key: 'http.response.status_code', value: { intValue: '503' } },
        { key: 'ratio', value: { doubleValue: 0.5 } },
        { key: 'quiet', value: { boolValue: false } },
        { key: 'http.route', value: { stringValue: '/orders' } },
      ],
      status: { code: 2, message: 'answered 503' },
    });
  });

  test('without a collector a span is a log line', () => {
    const lines: unknown[] = [];
    const logger = { ...silentLogger, info: (...line: unknown[]) => void lines.push(line) };
    new SpanExport({ resource, logger, clock: systemClock }).take(span);
    expect(lines).toEqual([['span', span]]);
  });
});
