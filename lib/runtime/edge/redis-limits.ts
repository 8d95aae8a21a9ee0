import { type Cluster, Redis } from 'ioredis';
import { RuntimeError } from '../errors';
import { LIMIT_SCRIPT, readAnswer, scriptArguments } from './limit-script';
import type { SharedLimits } from './rate-limiter';

/** How the counts are reached. */
export interface RedisLimitsOptions {
  /** A connection of its own, so that a count never waits behind a large value. */
  readonly client: Redis | Cluster;
  /** Begins each key, such as `orders:limit`. */
  readonly prefix: string;
}

/** Where the limits connect to. */
export interface LimitConnectionOptions {
  /** `rediss://host:6379` with TLS or `redis://host:port` without. */
  readonly url: string;
  /** Signs in as this user with the passwords it makes. @default - no signing in */
  readonly signIn?: { readonly user: string; readonly password: () => Promise<string> };
  /** A count that takes longer fails, in milliseconds. @default 50 */
  readonly commandTimeoutMilliseconds?: number;
}

type Scripted = { holdfastLimit(key: string, ...values: readonly (string | number)[]): Promise<unknown> };

/** Counts on a Redis-compatible server (5 or newer), alone or as a cluster: one script, one key a client. */
export function redisLimits({ client, prefix }: RedisLimitsOptions): SharedLimits {
  client.defineCommand('holdfastLimit', { numberOfKeys: 1, lua: LIMIT_SCRIPT });
  const scripted = client as unknown as Scripted;
  return {
    async take(id, policies) {
      if (client.status !== 'ready') throw new RuntimeError('unavailable', 'the cache is not connected');
      return readAnswer(
        policies,
        await scripted.holdfastLimit(`${prefix}:${id}`, ...scriptArguments(policies, 1)),
      );
    },
  };
}

/** A connection for the counts: connects in the background, and never keeps a command waiting for it. */
export function connectLimits(options: LimitConnectionOptions): Redis {
  const client = new Redis(options.url, {
    lazyConnect: true,
    username: options.signIn?.user,
    connectTimeout: 1000,
    commandTimeout: options.commandTimeoutMilliseconds ?? 50,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: attempt => Math.min(50 * 2 ** Math.min(attempt, 10), 1000),
  });
  // What went wrong is told by the command that fails; without a listener the event would end the process.
  client.on('error', () => undefined);
  void open(client, options.signIn?.password);
  return client;
}

/** Passwords serve for 15 minutes; a fresh one is at hand well before, whenever the connection is lost. */
const PASSWORD_MILLISECONDS = 10 * 60_000;

async function open(client: Redis, password: (() => Promise<string>) | undefined): Promise<void> {
  if (password !== undefined) {
    const renew = async () => {
      client.options.password = await password().catch(() => client.options.password);
    };
    await renew();
    const renewal = setInterval(() => void renew(), PASSWORD_MILLISECONDS).unref();
    client.once('end', () => clearInterval(renewal));
  }
  await client.connect().catch(() => undefined);
}
