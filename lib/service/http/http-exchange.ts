import type { Clock } from '../../runtime/clock';
import { RuntimeError } from '../../runtime/errors';
import { acceptCorrelationId, withCorrelationId } from '../../runtime/telemetry/correlation';
import { type Telemetry, tracedRequest } from '../../runtime/telemetry/http-telemetry';
import type { Logger } from '../../runtime/telemetry/logger';
import { TRACEPARENT } from '../../runtime/telemetry/trace-context';
import type { HttpEdge } from './http-edge';
import { errorAnswer, type RefusalFacts } from './http-errors';
import { findRoute } from './http-router';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from './http-types';

/** What answering needs, whatever brings the requests. */
export interface HttpExchangeOptions {
  readonly routes: readonly Route[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly makeId: () => string;
  /** Region, epoch and pause for refusals, and for the headers of every answer. */
  readonly facts: () => RefusalFacts;
  /** @default - no limits, no shedding and no deadlines */
  readonly edge?: HttpEdge;
  /** Spans and metrics of requests. @default - none */
  readonly telemetry?: Telemetry;
}

/** A request as a socket or an event of a function brings it. */
export interface Incoming extends Pick<HttpRequest, 'method' | 'header' | 'peerAddress' | 'gone' | 'json'> {
  /** Path and query as they were sent. */
  readonly target: string | undefined;
  /** Turns away who may not call here; throws HttpError. @default - all may call */
  readonly admit?: () => void;
}

/** An answer, ready to be sent. */
export interface HttpReply {
  readonly status: number;
  /** Its own to add to; names in lower case. */
  readonly headers: Record<string, string | number>;
  /** JSON. */
  readonly body: string;
}

/** A request on its way, and what is known of it so far. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly correlationId: string;
  quiet: boolean;
  /** The route's pattern as text, once it is found. */
  pattern?: string;
  /** Whether work on a write has begun. */
  begun: boolean;
}

/** From a request to its answer: correlation, route, edge, refusal, trace, one log line. Knows no socket. */
export class HttpExchange {
  private readonly personal: readonly Route[];

  constructor(private readonly options: HttpExchangeOptions) {
    this.personal = options.routes.filter(({ personal }) => personal);
  }

  /** Answers one request; `send` is called once, when the answer is there. Never throws. */
  run(incoming: Incoming, send: (reply: HttpReply) => void): void {
    const { clock, logger, makeId } = this.options;
    const startedAt = clock.monotonic();
    const correlationId = acceptCorrelationId(incoming.header('x-correlation-id'), makeId);
    const { path, search } = splitTarget(incoming.target);
    // Plain callbacks: each async function in between would be three more promises in every request.
    withCorrelationId(correlationId, () => {
      const call = { method: incoming.method, path, search, correlationId, quiet: false, begun: false };
      const finish = (answer: HttpAnswer) => {
        send(this.reply(answer, correlationId));
        const elapsed = clock.monotonic() - startedAt;
        this.count(call, answer.status, elapsed);
        const milliseconds = Math.round(elapsed);
        const fields = { method: call.method, path: this.shown(path), status: answer.status, milliseconds };
        if (call.quiet) logger.debug('request', fields);
        else logger.info('request', fields);
      };
      try {
        this.observed(incoming, call).then(finish, error => finish(this.refuse(error, call.begun)));
      } catch (error) {
        finish(this.refuse(error, false));
      }
    });
  }

  /** The path as logs may show it, also when no method of the route was asked for. */
  private shown(path: string): string {
    const personal = this.personal.find(({ pattern }) => pattern.test(path));
    return personal === undefined ? path : patternText(personal.pattern);
  }

  private count({ method, pattern = 'unmatched' }: Call, status: number, milliseconds: number): void {
    const { telemetry } = this.options;
    if (telemetry?.metrics === undefined || telemetry.tracer !== undefined) return;
    const name = `${method} ${pattern}`;
    telemetry.metrics.observe({ of: 'route', name, milliseconds, failed: status >= 500 });
  }

  private observed(incoming: Incoming, call: Call): Promise<HttpAnswer> {
    const { telemetry, clock } = this.options;
    // Without spans the count is made when the answer is sent, which costs no promise.
    if (telemetry?.tracer === undefined) return this.route(incoming, call);
    const request = { method: call.method, traceparent: incoming.header(TRACEPARENT) };
    const work = async () => {
      const answer = await this.routeOrRefuse(incoming, call);
      return { status: answer.status, route: call.pattern, answer };
    };
    const traced = tracedRequest({ ...telemetry, monotonic: () => clock.monotonic() }, request, work);
    return traced.then(({ answer }) => answer);
  }

  private async routeOrRefuse(incoming: Incoming, call: Call): Promise<HttpAnswer> {
    try {
      return await this.route(incoming, call);
    } catch (error) {
      return this.refuse(error, call.begun);
    }
  }

  /** Finds the route and runs it. */
  private route(incoming: Incoming, call: Call): Promise<HttpAnswer> {
    const { routes, edge } = this.options;
    const { method, path, search, correlationId } = call;
    incoming.admit?.();
    const { route, parameters } = findRoute(routes, method, path);
    call.quiet = route.quiet === true;
    if (this.options.telemetry !== undefined) call.pattern = patternText(route.pattern);
    const { header, peerAddress, gone, json } = incoming;
    const request: HttpRequest = {
      ...{ method, parameters, correlationId, header, peerAddress, gone, json },
      client: () => edge?.clientOf(header('x-api-key')),
      query: () => new URLSearchParams(search),
    };
    if (edge === undefined) return route.handle(request);
    return edge.handle(route, request, () => {
      call.begun = route.method === 'POST';
    });
  }

  private refuse(error: unknown, begun: boolean): HttpAnswer {
    const known = error instanceof HttpError || error instanceof RuntimeError;
    if (!known) this.options.logger.error('request.failed', { error });
    else if (error instanceof RuntimeError) this.options.logger.debug('request.refused', { error });
    return errorAnswer(error, { ...this.options.facts(), begun });
  }

  private reply(answer: HttpAnswer, correlationId: string): HttpReply {
    const { region, epoch } = this.options.facts();
    const headers: Record<string, string | number> = {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-correlation-id': correlationId,
      'x-holdfast-region': region,
      'x-holdfast-epoch': epoch ?? '',
    };
    for (const name in answer.headers) headers[name] = answer.headers[name] ?? '';
    return { status: answer.status, headers, body: JSON.stringify(answer.body) };
  }
}

/** Path and query of a request target. In absolute form (RFC 9112, 3.2.2) the host is left to the Host header. */
function splitTarget(target = '/'): { path: string; search: string } {
  const relative = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = relative.indexOf('?');
  if (mark < 0) return { path: relative || '/', search: '' };
  return { path: relative.slice(0, mark) || '/', search: relative.slice(mark + 1) };
}

/** `/orders/:id` of `^\\/orders\\/([^/]+)$`: from a fixed set, unlike the path. */
function patternText(pattern: RegExp): string {
  const known = PATTERN_TEXTS.get(pattern);
  if (known !== undefined) return known;
  const bare = pattern.source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/');
  const text = bare.replace(/\([^)]*\)/g, ':id');
  PATTERN_TEXTS.set(pattern, text);
  return text;
}

const PATTERN_TEXTS = new WeakMap<RegExp, string>();
