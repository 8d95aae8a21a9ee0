import { createHash } from 'node:crypto';
import { isIP } from 'node:net';

/** What is known of a request before anyone has looked at its contents. */
export interface RequestOrigin {
  /** Address of the peer that holds the connection: the balancer, where there is one. */
  readonly peerAddress: string | undefined;
  /** Value of `X-Forwarded-For`. */
  readonly forwardedFor: string | undefined;
  /** Value of `X-Api-Key`. */
  readonly apiKey: string | undefined;
}

/** How clients are told apart. */
export interface ClientIdentityOptions {
  /**
   * How many proxies in front of us are ours. Each appends the address that it saw, so the client is that many
   * entries from the right of `X-Forwarded-For`; what stands further left was written by whoever liked to.
   * 0: the peer itself. 1: one balancer (an ALB in `append` mode). 2: CloudFront before an ALB.
   */
  readonly trustedHops: number;
  /** SHA-256 (hex) of the API keys that name a client; any other key is no key. */
  readonly knownKeys: ReadonlySet<string>;
}

/** Who asks, as it may stand in a shared cache: hashed, since keys are secrets and addresses are personal data. */
export interface ClientIdentity {
  readonly kind: 'key' | 'address';
  readonly id: string;
}

/**
 * Tells who asks. A key counts only when it is known: if each unknown key had a limit of its own, whoever invents a
 * new one for each request would have none. An IPv6 client is its /64, the least that one site is given.
 */
export function identifyClient(origin: RequestOrigin, options: ClientIdentityOptions): ClientIdentity {
  const known = origin.apiKey === undefined ? undefined : knownClient(origin.apiKey, options.knownKeys);
  if (known !== undefined) return { kind: 'key', id: known };
  const address = clientAddress(origin, options.trustedHops);
  return { kind: 'address', id: `a${digest(network(address)).slice(0, 32)}` };
}

/** Id of the client whose key this is, hashed; undefined when the key is not known. */
export function knownClient(apiKey: string, knownKeys: ReadonlySet<string>): string | undefined {
  if (knownKeys.size === 0) return undefined;
  const hash = digest(apiKey);
  return knownKeys.has(hash) ? `k${hash.slice(0, 32)}` : undefined;
}

/**
 * The address of the client as the outermost proxy of ours saw it. When there are fewer entries than proxies, or the
 * one that counts is no address, the request did not come the way it should: then it is the peer.
 */
export function clientAddress(origin: RequestOrigin, trustedHops: number): string {
  const peer = origin.peerAddress ?? 'unknown';
  if (trustedHops === 0 || origin.forwardedFor === undefined) return peer;
  const entries = origin.forwardedFor.split(',');
  const entry = entries[entries.length - trustedHops]?.trim();
  const address = entry === undefined ? undefined : withoutPort(entry);
  return address === undefined || isIP(address) === 0 ? peer : address;
}

/** `1.2.3.4:80` and `[::1]:80` as some proxies write them. */
function withoutPort(entry: string): string {
  const match = /^\[([^\]]+)\](?::\d+)?$/.exec(entry) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry);
  return match?.[1] ?? entry;
}

/** An IPv4 address as it is, also when it comes as IPv6; the first 64 bits of an IPv6 address. */
function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = (address.split('%', 1)[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
