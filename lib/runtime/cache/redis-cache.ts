import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { Cache, CacheLookup, CacheRecord, CacheRemoval } from './cache';
import { CACHE_SCRIPTS } from './cache-scripts';

/** How the cache is reached. */
export interface RedisCacheOptions {
  /** `rediss://host:6379` with TLS or `redis://host:port` without. */
  readonly url: string;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What every key of this cache begins with, such as `orders:cache:`, and nothing else does: `clear` removes those. */
  readonly prefix: string;
  /** Signs in as this user with the passwords it makes. @default - no signing in */
  readonly signIn?: { readonly user: string; readonly password: () => Promise<string> };
  /** A command that takes longer is a miss, in milliseconds. @default 100 */
  readonly commandTimeoutMilliseconds?: number;
  /** After a command that took too long none is sent for so long, in milliseconds. @default 500 */
  readonly restMilliseconds?: number;
  /** Longest pause between two attempts to connect, in milliseconds. @default 1000 */
  readonly reconnectMilliseconds?: number;
}

/**
 * A cache on a Redis-compatible server that knows scripts (Redis 6, Valkey 7 or later). Connects in the background;
 * commands do not queue while it is away.
 */
export function redisCache(options: RedisCacheOptions): Cache {
  const longest = options.reconnectMilliseconds ?? 1000;
  const client = new Redis(options.url, {
    lazyConnect: true,
    username: options.signIn?.user,
    connectTimeout: 1000,
    commandTimeout: options.commandTimeoutMilliseconds ?? 100,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    scripts: CACHE_SCRIPTS,
    retryStrategy: attempt => Math.min(50 * 2 ** Math.min(attempt, 10), longest),
  });
  const cache = new RedisCache(client as ScriptedRedis, options);
  void cache.open(options.signIn?.password);
  return cache;
}

type Script = (key: string, ...values: ReadonlyArray<string | number>) => Promise<unknown>;
type ScriptedRedis = Redis & Readonly<Record<keyof typeof CACHE_SCRIPTS, Script>>;

/** Passwords serve for 15 minutes; a new one is at hand well before, whenever the connection is lost. */
const PASSWORD_MILLISECONDS = 10 * 60_000;

class RedisCache implements Cache {
  private failure: string | undefined = 'the cache is not connected yet';
  private renewal: NodeJS.Timeout | undefined;
  private restUntil = Number.NEGATIVE_INFINITY;
  /** Tokens of leases: unique among processes, and in this one by a number. */
  private readonly name = randomUUID();
  private leases = 0;

  constructor(
    private readonly client: ScriptedRedis,
    private readonly options: RedisCacheOptions,
  ) {
    client.on('ready', () => this.note(undefined));
    client.on('error', error => this.note(reasonOf(error)));
    client.on('close', () => this.note(this.failure ?? 'the connection to the cache was closed'));
  }

  /** Connects, with a fresh password where one is asked for. Never rejects. */
  async open(password?: () => Promise<string>): Promise<void> {
    if (password !== undefined) {
      await this.renew(password);
      this.renewal = setInterval(() => void this.renew(password), PASSWORD_MILLISECONDS).unref();
    }
    await this.client.connect().catch(() => undefined);
  }

  get problem(): string | undefined {
    return this.failure;
  }

  async lookup(key: string, leaseMilliseconds: number): Promise<CacheLookup> {
    const token = this.token();
    const answer = await this.attempt(() => this.client.holdfastLookup(key, whole(leaseMilliseconds), token));
    if (!Array.isArray(answer)) return { kind: 'away' };
    const [kind, soft, hard, load, left, text] = answer as readonly unknown[];
    if (kind === 2) return { kind: 'lease', token };
    if (kind !== 1) return { kind: kind === 3 ? 'quiet' : 'busy' };
    const entry = {
      text: typeof text === 'string' ? text : undefined,
      softMilliseconds: Number(soft),
      hardMilliseconds: Number(hard),
      loadMilliseconds: Number(load),
      ageMilliseconds: Number(hard) - Number(left),
    };
    return { kind: 'hit', entry };
  }

  async claim(key: string, leaseMilliseconds: number, force = false): Promise<string | undefined> {
    const token = this.token();
    const values = [whole(leaseMilliseconds), token, force ? '1' : '0'];
    return (await this.attempt(() => this.client.holdfastClaim(key, ...values))) === 1 ? token : undefined;
  }

  async fill(key: string, token: string, record: CacheRecord): Promise<boolean> {
    return (await this.attempt(() => this.client.holdfastFill(key, token, ...valuesOf(record)))) === 1;
  }

  async put(key: string, record: CacheRecord & { readonly version: number }): Promise<boolean> {
    return (await this.attempt(() => this.client.holdfastPut(key, ...valuesOf(record)))) === 1;
  }

  async release(key: string, token: string): Promise<void> {
    await this.attempt(() => this.client.holdfastRelease(key, token));
  }

  async remove(key: string, { quietMilliseconds = 0 }: CacheRemoval = {}): Promise<boolean> {
    const quiet = quietMilliseconds > 0 ? whole(quietMilliseconds) : 0;
    return (await this.attempt(() => this.client.holdfastRemove(key, quiet))) === 1;
  }

  /** A scan returns every key that is there from its beginning to its end, whatever comes and goes meanwhile. */
  async clear(): Promise<boolean> {
    const pattern = `${this.options.prefix.replace(/[*?[\]\\^]/g, '\\$&')}*`;
    let cursor = '0';
    do {
      const page = await this.attempt(() => this.client.scan(cursor, 'MATCH', pattern, 'COUNT', 500));
      if (page === undefined) return false;
      const [next, keys] = page;
      if (keys.length > 0 && (await this.attempt(() => this.client.unlink(keys))) === undefined) return false;
      cursor = next;
    } while (cursor !== '0');
    return true;
  }

  async close(): Promise<void> {
    clearInterval(this.renewal);
    this.client.disconnect();
  }

  private token(): string {
    this.leases += 1;
    return `${this.name}:${this.leases}`;
  }

  private async renew(password: () => Promise<string>): Promise<void> {
    try {
      this.client.options.password = await password();
    } catch (error) {
      this.note(reasonOf(error));
    }
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    const { clock, restMilliseconds = 500, logger } = this.options;
    if (this.client.status !== 'ready' || clock.monotonic() < this.restUntil) return undefined;
    try {
      const answer = await command();
      this.note(undefined);
      return answer;
    } catch (error) {
      // A server that hangs would cost each command its whole timeout: one finds out, the others pass by.
      if (/timed out/i.test(reasonOf(error))) this.restUntil = clock.monotonic() + restMilliseconds;
      this.note(reasonOf(error));
      logger.debug('cache.missed', { error });
      return undefined;
    }
  }

  private note(failure: string | undefined): void {
    if ((failure === undefined) !== (this.failure === undefined)) {
      this.options.logger.info('cache.changed', { problem: failure });
    }
    this.failure = failure;
  }
}

const whole = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds));

function valuesOf(record: CacheRecord): ReadonlyArray<string | number> {
  const { softMilliseconds, hardMilliseconds, loadMilliseconds, version, text } = record;
  const soft = Math.max(0, Math.floor(softMilliseconds));
  return [
    soft,
    Math.max(whole(hardMilliseconds), soft),
    Math.ceil(loadMilliseconds),
    version ?? '',
    text === undefined ? '0' : '1',
    text ?? '',
  ];
}
