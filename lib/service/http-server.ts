import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { Clock } from '../runtime/clock';
import { RuntimeError, reasonOf } from '../runtime/errors';
import { acceptCorrelationId, withCorrelationId } from '../runtime/telemetry/correlation';
import { type Telemetry, tracedRequest } from '../runtime/telemetry/http-telemetry';
import type { Logger } from '../runtime/telemetry/logger';
import { TRACEPARENT } from '../runtime/telemetry/trace-context';
import { readJson } from './http-body';
import { BrokenRequests } from './http-broken';
import type { HttpEdge } from './http-edge';
import { errorAnswer, type RefusalFacts } from './http-errors';
import { findRoute } from './http-router';
import { type HttpAnswer, HttpError, type HttpRequest, type Route } from './http-types';

/** What the server needs. */
export interface HttpServerOptions {
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
  /** Speaks TLS, and asks for certificates where the options say so. @default - plain HTTP, behind a balancer */
  readonly tls?: TlsOptions;
  /** Turns away who may not call here, before a route is looked for; throws HttpError. @default - all may call */
  readonly admit?: (message: IncomingMessage) => void;
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

/** Longest wait for requests in hand when stopping, in milliseconds. */
const STOP_TIMEOUT = 10_000;

/** A plain HTTP/1.1 server: routes, JSON, correlation, one log line a request, and an orderly stop. */
export class HttpServer {
  /** Whether it is about to stop. */
  draining = false;
  private readonly server: Server | https.Server;
  private readonly broken = new BrokenRequests();

  constructor(private readonly options: HttpServerOptions) {
    const settings = {
      requestTimeout: 15_000,
      headersTimeout: 10_000,
      // Longer than the balancer's idle timeout (60 s), so that it never meets a connection closed by us.
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
    };
    const serve = (message: IncomingMessage, response: ServerResponse) => this.serve(message, response);
    const { tls, logger } = options;
    this.server =
      tls === undefined ? createServer(settings, serve) : https.createServer({ ...settings, ...tls }, serve);
    // Who was refused at the door leaves no request, and so no other line.
    this.server.on('tlsClientError', (error: Error, socket: { remoteAddress?: string }) =>
      logger.warn('tls.refused', { reason: reasonOf(error), peer: socket.remoteAddress }),
    );
    this.server.on('clientError', (error, socket) => this.broken.meet(error, socket));
  }

  /** Listens; resolves with the port. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        const address = this.server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes renewed certificates; connections that stand keep theirs. */
  renew(tls: TlsOptions): void {
    if (this.server instanceof https.Server) this.server.setSecureContext(tls);
  }

  /**
   * Stops: for `drainMilliseconds` it still takes requests, not ready and closing each connection, so that the
   * balancer turns away first; then it takes no more and finishes those in hand.
   */
  async stop(drainMilliseconds: number): Promise<void> {
    this.draining = true;
    await this.options.clock.sleep(drainMilliseconds);
    const closed = new Promise<void>(resolve => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const late = new AbortController();
    const deadline = this.options.clock.sleep(STOP_TIMEOUT, late.signal).catch(() => undefined);
    await Promise.race([closed, deadline]);
    late.abort();
    this.server.closeAllConnections();
  }

  private serve(message: IncomingMessage, response: ServerResponse): void {
    const { socket } = message;
    this.broken.begin(socket);
    response.once('close', () => this.broken.end(socket));
    const startedAt = this.options.clock.monotonic();
    const correlationId = acceptCorrelationId(
      single(message.headers['x-correlation-id']),
      this.options.makeId,
    );
    const { path, search } = splitTarget(message.url);
    // Plain callbacks: each async function in between would be three more promises in every request.
    withCorrelationId(correlationId, () => {
      const call = { method: message.method ?? '', path, search, correlationId, quiet: false, begun: false };
      const finish = (answer: HttpAnswer) => {
        this.send(response, message, answer, correlationId);
        const elapsed = this.options.clock.monotonic() - startedAt;
        this.count(call, answer.status, elapsed);
        const milliseconds = Math.round(elapsed);
        const fields = { method: call.method, path, status: answer.status, milliseconds };
        if (call.quiet) this.options.logger.debug('request', fields);
        else this.options.logger.info('request', fields);
      };
      try {
        this.observed(message, call).then(finish, error => finish(this.refuse(error, call.begun)));
      } catch (error) {
        finish(this.refuse(error, false));
      }
    });
  }

  private count({ method, pattern = 'unmatched' }: Call, status: number, milliseconds: number): void {
    const { telemetry } = this.options;
    if (telemetry?.metrics === undefined || telemetry.tracer !== undefined) return;
    const name = `${method} ${pattern}`;
    telemetry.metrics.observe({ of: 'route', name, milliseconds, failed: status >= 500 });
  }

  private observed(message: IncomingMessage, call: Call): Promise<HttpAnswer> {
    const { telemetry, clock } = this.options;
    // Without spans the count is made when the answer is sent, which costs no promise.
    if (telemetry?.tracer === undefined) return this.route(message, call);
    const request = { method: call.method, traceparent: single(message.headers[TRACEPARENT]) };
    const work = async () => {
      const answer = await this.routeOrRefuse(message, call);
      return { status: answer.status, route: call.pattern, answer };
    };
    const traced = tracedRequest({ ...telemetry, monotonic: () => clock.monotonic() }, request, work);
    return traced.then(({ answer }) => answer);
  }

  private async routeOrRefuse(message: IncomingMessage, call: Call): Promise<HttpAnswer> {
    try {
      return await this.route(message, call);
    } catch (error) {
      return this.refuse(error, call.begun);
    }
  }

  /** Finds the route and runs it. */
  private route(message: IncomingMessage, call: Call): Promise<HttpAnswer> {
    const { routes, edge, admit } = this.options;
    const { method, path, search, correlationId } = call;
    admit?.(message);
    const { route, parameters } = findRoute(routes, method, path);
    call.quiet = route.quiet === true;
    if (this.options.telemetry !== undefined) call.pattern = patternText(route.pattern);
    const header = (name: string) => single(message.headers[name]);
    const request: HttpRequest = {
      method,
      parameters,
      correlationId,
      header,
      client: () => edge?.clientOf(header('x-api-key')),
      peerAddress: message.socket.remoteAddress,
      query: () => new URLSearchParams(search),
      gone: () => message.socket.destroyed,
      json: () => readJson(message),
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

  private send(
    response: ServerResponse,
    message: IncomingMessage,
    answer: HttpAnswer,
    correlationId: string,
  ): void {
    const { region, epoch } = this.options.facts();
    // A text goes out in one write together with the headers; a buffer would take a second one.
    const body = JSON.stringify(answer.body);
    const headers: Record<string, string | number> = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-correlation-id': correlationId,
      'x-holdfast-region': region,
      'x-holdfast-epoch': epoch ?? '',
    };
    // A body that was not read to its end leaves the connection in an unknown state.
    if (this.draining || !message.complete) headers.connection = 'close';
    for (const name in answer.headers) headers[name] = answer.headers[name] ?? '';
    response.writeHead(answer.status, headers);
    response.end(body);
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

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
