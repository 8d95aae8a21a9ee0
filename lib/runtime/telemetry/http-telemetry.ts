import type { RedMetrics } from './red-metrics';
import { parseTraceparent } from './trace-context';
import type { Span, Tracer } from './tracer';

/** Where requests and messages are told; each part may be left out. */
export interface Telemetry {
  readonly tracer?: Pick<Tracer, 'span'>;
  readonly metrics?: Pick<RedMetrics, 'observe'>;
}

/** A request as telemetry needs it. */
export interface TracedRequest {
  readonly method: string;
  /** The caller's `traceparent`, if it sent one. */
  readonly traceparent: string | undefined;
}

/** What became of a request. */
export interface TracedAnswer {
  readonly status: number;
  /** The route's own pattern, such as `/orders/:id`, never the path; absent when no route was found. */
  readonly route?: string;
}

/**
 * Runs a request within a span that goes on with the caller's trace, and counts it by its route. An answer of 500 or
 * above is a failure; what a client did wrong is none.
 */
export async function tracedRequest<T extends TracedAnswer>(
  telemetry: Telemetry & { readonly monotonic: () => number },
  request: TracedRequest,
  work: () => Promise<T>,
): Promise<T> {
  const { tracer, metrics, monotonic } = telemetry;
  const start = monotonic();
  const count = (route: string, failed: boolean) =>
    metrics?.observe({
      of: 'route',
      name: `${request.method} ${route}`,
      milliseconds: monotonic() - start,
      failed,
    });
  const run = async (span?: Span): Promise<T> => {
    try {
      const answer = await work();
      const { status, route = 'unmatched' } = answer;
      span?.set({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span?.fail(`answered ${status}`);
      count(route, status >= 500);
      return answer;
    } catch (error) {
      count('unmatched', true);
      throw error;
    }
  };
  if (tracer === undefined) return run();
  const parent = parseTraceparent(request.traceparent);
  const attributes = { 'http.request.method': request.method };
  return tracer.span(`${request.method} request`, { kind: 'server', parent, attributes }, run);
}
