import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: HTTP status and one line. */
export interface Refusal {
  readonly status: 403 | 415 | 421;
  readonly message: string;
}

/** Header that carries the key of this start. */
export const KEY_HEADER = 'x-holdfast-key';

/**
 * Whether a request may be read at all. The Host header must name this server's own loopback address: a foreign name
 * that was made to resolve to it (DNS rebinding) is refused, and so is what another site makes a browser send.
 */
export function refuseRequest(request: IncomingMessage, port: number): Refusal | undefined {
  const { host } = request.headers;
  if (host === undefined || !ownHosts(port).includes(host)) {
    return { status: 421, message: `this server answers at ${ownHosts(port).join(' and ')} only` };
  }
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && request.url !== '/') {
    return { status: 403, message: 'requests of other sites are refused' };
  }
  return undefined;
}

/** Whether a request may change something: from this very page, as JSON, with the key of this start. */
export function refuseAct(request: IncomingMessage, key: string): Refusal | undefined {
  const { headers } = request;
  if (headers.origin !== `http://${headers.host}`) {
    return { status: 403, message: 'only the page of this server may ask for that' };
  }
  if (headers['content-type'] !== 'application/json') {
    return { status: 415, message: 'the content type must be application/json' };
  }
  if (!sameKey(headers[KEY_HEADER], key)) {
    return {
      status: 403,
      message: 'the key of this start is missing; open the address that holdfast printed',
    };
  }
  return undefined;
}

const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

function sameKey(given: string | string[] | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(String(given ?? '')), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
