import type { EnvironmentReader } from './environment-reader';

/** How a clone treats its clients. */
export interface EdgeEnvironment {
  /** Requests of one client in so many seconds; undefined for no limit. Not divided by the time scale. */
  readonly rate?: { readonly limit: number; readonly windowSeconds: number };
  /** Requests of one client a day (UTC); undefined for no quota. */
  readonly dailyQuota?: number;
  /** Proxies in front of the clone that are ours: 1 for a balancer. */
  readonly trustedHops: number;
  /** SHA-256 (hex) of the API keys that name a client. */
  readonly knownKeys: ReadonlySet<string>;
  /** Clones that the Region promises to run: while the cache is away each gives out its part of a limit. */
  readonly clones: number;
}

/** Reads what concerns the edge; every variable may be left out. */
export function edgePart(reader: EnvironmentReader): EdgeEnvironment {
  const [limit, seconds] = reader.groups(
    'HOLDFAST_RATE_LIMIT',
    /^(?:none|([1-9]\d{0,8})\/([1-9]\d{0,4}))$/,
    '<requests>/<seconds>, such as 100/1, or none',
    'none',
  );
  const quota = reader.number('HOLDFAST_DAILY_QUOTA', 0, { minimum: 0, maximum: 1_000_000_000 });
  const keys = reader.optional('HOLDFAST_CLIENT_KEYS')?.split(',') ?? [];
  if (!keys.every(key => /^[0-9a-f]{64}$/.test(key))) {
    reader.refuse('HOLDFAST_CLIENT_KEYS', 'is no list of hashes', 'give SHA-256 in hex, with commas between');
  }
  return {
    rate: limit === undefined ? undefined : { limit: Number(limit), windowSeconds: Number(seconds) },
    dailyQuota: quota === 0 ? undefined : Math.floor(quota),
    trustedHops: reader.number('HOLDFAST_TRUSTED_HOPS', 1, { minimum: 0, maximum: 8 }),
    knownKeys: new Set(keys),
    clones: reader.number('HOLDFAST_CLONES', 2, { minimum: 1, maximum: 10_000 }),
  };
}
