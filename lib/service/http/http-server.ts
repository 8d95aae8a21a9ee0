import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { TlsOptions } from 'node:tls';
import { reasonOf } from '../../runtime/errors';
import { readJson } from './http-body';
import { BrokenRequests } from './http-broken';
import { HttpExchange, type HttpExchangeOptions, type HttpReply, type Incoming } from './http-exchange';
import { HomesExchange } from './http-homes';

/** What the server needs. */
export interface HttpServerOptions extends HttpExchangeOptions {
  /** Speaks TLS, and asks for certificates where the options say so. @default - plain HTTP, behind a balancer */
  readonly tls?: TlsOptions;
  /** Turns away who may not call here, before a route is looked for; throws HttpError. @default - all may call */
  readonly admit?: (message: IncomingMessage) => void;
  /**
   * Homes of an active-active application: what names one is answered by its options, and the rest by these.
   * @default - none: every request is answered by these
   */
  readonly homes?: ReadonlyMap<string, HttpExchangeOptions>;
}

/** Longest wait for requests in hand when stopping, in milliseconds. */
const STOP_TIMEOUT = 10_000;

/** A plain HTTP/1.1 server: routes, JSON, correlation, one log line a request, and an orderly stop. */
export class HttpServer {
  /** Whether it is about to stop. */
  draining = false;
  private readonly server: Server | https.Server;
  private readonly broken = new BrokenRequests();
  private readonly exchange: Pick<HttpExchange, 'run'>;

  constructor(private readonly options: HttpServerOptions) {
    const { homes } = options;
    this.exchange = homes === undefined ? new HttpExchange(options) : new HomesExchange(homes, options);
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
    const { admit } = this.options;
    this.broken.begin(socket);
    response.once('close', () => this.broken.end(socket));
    const incoming: Incoming = {
      method: message.method ?? '',
      target: message.url,
      header: name => single(message.headers[name]),
      peerAddress: socket.remoteAddress,
      gone: () => socket.destroyed,
      json: () => readJson(message),
      admit: admit && (() => admit(message)),
    };
    this.exchange.run(incoming, reply => this.send(response, message, reply));
  }

  private send(response: ServerResponse, message: IncomingMessage, reply: HttpReply): void {
    // A text goes out in one write together with the headers; a buffer would take a second one.
    const { status, body, headers } = reply;
    headers['content-length'] = Buffer.byteLength(body);
    // A body that was not read to its end leaves the connection in an unknown state.
    if (this.draining || !message.complete) headers.connection = 'close';
    response.writeHead(status, headers);
    response.end(body);
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
