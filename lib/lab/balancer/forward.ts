import { Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Target } from './types';

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
]);
/** Milliseconds that an idle connection to a target is kept: less than targets keep theirs (5 s in Node). */
const IDLE = 2000;
/** Milliseconds to connect to a process on this machine. */
const CONNECT_TIMEOUT = 1000;

/** Thrown when a target took no connection: the request was never sent and may go elsewhere. */
export class NotConnected extends Error {}

/** Connections to the targets, kept between requests. */
export const targetAgent = (): Agent => new Agent({ keepAlive: true, timeout: IDLE, maxFreeSockets: 64 });

/** How one request is forwarded. */
export interface ForwardOptions {
  readonly agent: Agent;
  /** Milliseconds without a byte until the balancer gives up. */
  readonly idleTimeout: number;
}

/** Who answered a request: the target, or the balancer for it. */
export type Answerer = 'target' | 'balancer';

/**
 * Sends a request to a target and its answer back. A failure after the request was sent is answered here (502, or
 * 504 for silence) and never tried again: the target may have acted on it.
 * @throws NotConnected before anything was sent
 */
export async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: Target,
  options: ForwardOptions,
): Promise<Answerer> {
  const upstream = open(incoming, target, options);
  await connected(upstream);
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.once('error', () => upstream.destroy());
  let answerer: Answerer = 'target';
  await new Promise<void>(resolve => {
    outgoing.once('close', resolve);
    upstream.once('response', response => answer(response, outgoing));
    upstream.once('timeout', () => {
      answerer = 'balancer';
      fail(outgoing, 504, 'the target did not answer in time');
      upstream.destroy();
    });
    upstream.once('error', () => {
      answerer = 'balancer';
      fail(outgoing, 502, 'the target closed the connection');
    });
    incoming.pipe(upstream);
  });
  return answerer;
}

/** Answers with an error of the balancer's own, as an Application Load Balancer would; cuts an answer already begun. */
export function fail(outgoing: ServerResponse, status: number, reason: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const body = JSON.stringify({ error: { code: 'balancer', message: reason } });
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  outgoing.end(body);
}

function open(incoming: IncomingMessage, target: Target, options: ForwardOptions): ClientRequest {
  const headers = ownHeaders(incoming);
  const forwarded = incoming.headers['x-forwarded-for'];
  const client = incoming.socket.remoteAddress ?? 'unknown';
  headers['x-forwarded-for'] = forwarded === undefined ? client : `${forwarded}, ${client}`;
  headers['x-forwarded-proto'] = 'http';
  if (incoming.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return request({
    host: target.host,
    port: target.port,
    method: incoming.method,
    path: incoming.url,
    agent: options.agent,
    timeout: options.idleTimeout,
    headers,
  });
}

function answer(response: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(response.statusCode ?? 502, ownHeaders(response));
  response.once('error', () => outgoing.destroy());
  response.once('aborted', () => outgoing.destroy());
  response.pipe(outgoing);
}

function ownHeaders(message: IncomingMessage): Record<string, string | string[]> {
  const listed = (message.headers.connection ?? '').split(',').map(name => name.trim().toLowerCase());
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined || CONNECTION_HEADERS.has(name) || listed.includes(name)) continue;
    headers[name] = value;
  }
  return headers;
}

function connected(upstream: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => reject(new NotConnected(error.message));
    upstream.once('error', refused);
    upstream.once('socket', socket => {
      const ready = () => {
        upstream.off('error', refused);
        resolve();
      };
      if (!socket.connecting) {
        ready();
        return;
      }
      const timer = setTimeout(() => upstream.destroy(new Error('connection timed out')), CONNECT_TIMEOUT);
      socket.once('close', () => clearTimeout(timer));
      socket.once('connect', () => {
        clearTimeout(timer);
        ready();
      });
    });
  });
}
