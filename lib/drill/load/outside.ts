import { Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { HoldfastError } from '../../errors';
import type { Clock, Outside, OutsideAnswer, OutsideRequest } from '../../ports';

/** How the outside is reached. */
export interface OutsideOptions {
  readonly clock: Clock;
  /** DNS servers as `address:port`. @default - those of the machine */
  readonly dnsServers?: readonly string[];
}

/** An outside client on this machine's network, with its own connections. */
export interface OutsideClient extends Outside {
  /** Closes all connections. */
  close(): void;
}

interface Cached {
  readonly addresses: readonly string[];
  readonly until: number;
}

const DNS_TIMEOUT_MILLISECONDS = 1000;

/**
 * A client that resolves names at the given servers, keeps each answer for exactly its TTL, and keeps connections
 * alive: the way a well-behaved client of the service sees a move.
 */
export function createOutside(options: OutsideOptions): OutsideClient {
  const { clock, dnsServers } = options;
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MILLISECONDS, tries: 2 });
  if (dnsServers !== undefined) resolver.setServers([...dnsServers]);
  const agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 16 }),
    https: new https.Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 16 }),
  };
  const cache = new Map<string, Cached>();
  const pending = new Map<string, Promise<readonly string[]>>();
  let turn = 0;

  async function resolve(name: string) {
    try {
      const records = await resolver.resolve4(name, { ttl: true });
      return {
        addresses: records.map(record => record.address),
        ttlSeconds: Math.min(...records.map(record => record.ttl)),
      };
    } catch (error) {
      throw new HoldfastError('unavailable', `${name} does not resolve: ${String(error)}`, [], {
        cause: error,
      });
    }
  }

  async function lookUp(name: string): Promise<readonly string[]> {
    const askedAt = clock.monotonic();
    const { addresses, ttlSeconds } = await resolve(name);
    cache.set(name, { addresses, until: askedAt + ttlSeconds * 1000 });
    return addresses;
  }

  async function addressesOf(name: string): Promise<readonly string[]> {
    const known = cache.get(name);
    if (known !== undefined && clock.monotonic() < known.until) return known.addresses;
    const asked =
      pending.get(name) ??
      lookUp(name).finally(() => {
        pending.delete(name);
      });
    pending.set(name, asked);
    return asked;
  }

  return {
    resolve,
    async request(request) {
      const addresses = await addressesOf(request.host);
      const address = addresses[turn++ % addresses.length];
      if (address === undefined) throw new HoldfastError('unavailable', `${request.host} has no address`);
      return send(request, address, agents[request.scheme]);
    },
    async certificateEnd(host, port) {
      const [address] = await addressesOf(host);
      if (address === undefined) throw new HoldfastError('unavailable', `${host} has no address`);
      return shakeHands(host, address, port);
    },
    close() {
      resolver.cancel();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function send(request: OutsideRequest, address: string, agent: http.Agent): Promise<OutsideAnswer> {
  const { scheme, host, port, path, method = 'GET', headers, body, timeoutMilliseconds } = request;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      clearTimeout(timer);
      reject(
        new HoldfastError(
          'unavailable',
          `${method} ${scheme}://${host}:${port}${path} failed: ${String(cause)}`,
        ),
      );
    };
    const defaultPort = scheme === 'https' ? 443 : 80;
    const outgoing = (scheme === 'https' ? https : http).request(
      {
        agent,
        host: address,
        port,
        path,
        method,
        servername: host,
        headers: {
          ...headers,
          host: port === defaultPort ? host : `${host}:${port}`,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      },
      answer => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', fail);
        answer.on('end', () => {
          clearTimeout(timer);
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    // A deadline over the whole exchange, not the socket's idle time.
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer in ${timeoutMilliseconds} ms`)),
      timeoutMilliseconds,
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

const HANDSHAKE_MILLISECONDS = 5000;

/** One verified handshake, after which nothing is sent. */
function shakeHands(host: string, address: string, port: number): Promise<Date> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: address, port, servername: host }, () => {
      const end = new Date(socket.getPeerCertificate().valid_to);
      socket.destroy();
      resolve(end);
    });
    socket.setTimeout(HANDSHAKE_MILLISECONDS, () => socket.destroy(new Error('no handshake in time')));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // What Node refuses to trust has one of OpenSSL's names; what did not answer has one of the system's.
      const judged = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(error.code ?? '');
      const code = judged ? 'refused' : 'unavailable';
      reject(new HoldfastError(code, `handshake with ${host}:${port}: ${error.code ?? error.message}`));
    });
  });
}
