import { Redis } from 'ioredis';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';

/**
 * A shared cache that may be down at any time: it never throws and never makes a caller wait longer than its
 * timeout. What it cannot do is a miss.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMilliseconds: number): Promise<void>;
  remove(key: string): Promise<void>;
  /** `undefined` when it answers, else why not. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}

/** How the cache is reached. */
export interface RedisCacheOptions {
  /** `rediss://host:6379` with TLS or `redis://host:port` without. */
  readonly url: string;
  readonly logger: Logger;
  /** Signs in as this user with the passwords it makes. @default - no signing in */
  readonly signIn?: { readonly user: string; readonly password: () => Promise<string> };
  /** A command that takes longer is a miss, in milliseconds. @default 100 */
  readonly commandTimeoutMilliseconds?: number;
  /** Longest pause between two attempts to connect, in milliseconds. @default 1000 */
  readonly reconnectMilliseconds?: number;
}

/** A cache on a Redis-compatible server. Connects in the background; commands do not queue while it is away. */
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
    retryStrategy: attempt => Math.min(50 * 2 ** Math.min(attempt, 10), longest),
  });
  const cache = new RedisCache(client, options.logger);
  void cache.open(options.signIn?.password);
  return cache;
}

/** Passwords serve for 15 minutes; a new one is at hand well before, whenever the connection is lost. */
const PASSWORD_MILLISECONDS = 10 * 60_000;

class RedisCache implements Cache {
  private failure: string | undefined = 'the cache is not connected yet';
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Redis,
    private readonly logger: Logger,
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

  async get(key: string): Promise<string | undefined> {
    return (await this.attempt(() => this.client.get(key))) ?? undefined;
  }

  async set(key: string, value: string, ttlMilliseconds: number): Promise<void> {
    await this.attempt(() => this.client.set(key, value, 'PX', Math.max(1, Math.ceil(ttlMilliseconds))));
  }

  async remove(key: string): Promise<void> {
    await this.attempt(() => this.client.unlink(key));
  }

  async close(): Promise<void> {
    clearInterval(this.renewal);
    this.client.disconnect();
  }

  private async renew(password: () => Promise<string>): Promise<void> {
    try {
      this.client.options.password = await password();
    } catch (error) {
      this.note(reasonOf(error));
    }
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (this.client.status !== 'ready') return undefined;
    try {
      return await command();
    } catch (error) {
      this.logger.debug('cache.missed', { error });
      return undefined;
    }
  }

  private note(failure: string | undefined): void {
    if ((failure === undefined) !== (this.failure === undefined)) {
      this.logger.info('cache.changed', { problem: failure });
    }
    this.failure = failure;
  }
}
