import { systemClock } from '../../lib/runtime/clock';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { withTraceparent } from '../../lib/runtime/telemetry/trace-context';
import { HttpServer } from '../../lib/service/http/http-server';
import { HttpError } from '../../lib/service/http/http-types';
import { processTelemetry } from '../../lib/service/process-telemetry';

test.each(['debug', 'info'] as const)(
  'at the level %s a request is counted by its route; traced, it goes on with its caller',
  async logLevel => {
    const lines: string[] = [];
    const logger = jsonLogger({ clock: systemClock, write: line => lines.push(line), base: {} });
    const environment = {
      application: 'orders',
      region: 'us-east-2',
      logLevel,
      timeScale: 1,
    } as const;
    const { telemetry, run } = processTelemetry(environment, 'service', { clock: systemClock, logger });
    const sent: unknown[] = [];
    const server = new HttpServer({
      telemetry,
      clock: systemClock,
      logger,
      makeId: () => 'made-here',
      facts: () => ({ region: 'us-east-2', epoch: 4, retryAfterSeconds: 1 }),
      routes: [
        {
          method: 'GET',
          pattern: /^\/orders\/([^/]+)$/,
          async handle({ parameters: [id] }) {
            sent.push(withTraceparent({ id: id ?? '' }));
            if (id === 'gone') throw new HttpError(404, 'not-found', 'there is no such order');
            if (id === 'broken') throw new Error('a defect');
            return { status: 200, body: { id } };
          },
        },
      ],
    });
    const base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const statuses = [];
    for (const path of ['/orders/1', '/orders/gone', '/orders/broken', '/none']) {
      statuses.push((await fetch(base + path, { headers })).status);
    }
    await server.stop(0);
    await run(AbortSignal.abort());
    expect(statuses).toEqual([200, 404, 500, 404]);
    const said = lines.map(line => JSON.parse(line));
    const spans = said.filter(line => line.message === 'span');
    const metrics = said.filter(line => line._aws !== undefined);
    expect(
      metrics.map(({ Region, Part, Route, Requests, Errors }) => [Region, Part, Route, Requests, Errors]),
    ).toEqual([
      ['us-east-2', 'service', 'GET /orders/:id', 3, 1],
      ['us-east-2', 'service', 'GET unmatched', 1, 0],
    ]);
    if (logLevel === 'info') {
      expect(spans).toEqual([]);
      return;
    }
    expect(
      spans.map(span => [span.traceId, span.parentSpanId, span.attributes['http.route'], span.error]),
    ).toEqual([
      [traceId, 'b7ad6b7169203331', '/orders/:id', undefined],
      [traceId, 'b7ad6b7169203331', '/orders/:id', undefined],
      [traceId, 'b7ad6b7169203331', '/orders/:id', 'answered 500'],
      [traceId, 'b7ad6b7169203331', 'unmatched', undefined],
    ]);
    expect(sent[0]).toMatchObject({ traceparent: `00-${traceId}-${spans[0].spanId}-01` });
    // The correlation id of the request stands in its span as in its log line.
    expect(spans[0].attributes.correlationId).toBe('made-here');
  },
);
