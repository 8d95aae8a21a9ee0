import type { Cache } from '../runtime/cache/cache';
import type { CacheAside } from '../runtime/cache/cache-aside';
import { cacheTokens } from '../runtime/cache/cache-credentials';
import type { CacheWarmer } from '../runtime/cache/cache-warmer';
import { OwedRemovals } from '../runtime/cache/owed-removals';
import { redisCache } from '../runtime/cache/redis-cache';
import type { Clock } from '../runtime/clock';
import { appConfigSource } from '../runtime/config/appconfig-source';
import { RemoteConfig } from '../runtime/config/config';
import { configFile } from '../runtime/config/config-file';
import { FencedTransactions } from '../runtime/database/fence';
import { PostgresPool } from '../runtime/database/postgres-pool';
import { type DatabaseHost, RegionalDatabase } from '../runtime/database/regional-database';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import { Probes } from '../runtime/probes';
import { type Queue, sqsQueue } from '../runtime/queue/queue';
import { ReadLease } from '../runtime/register/lease';
import { LeaseKeeper } from '../runtime/register/lease-keeper';
import { dynamoRegisterReader } from '../runtime/register/register-reader';
import { type Logger, loggerWith } from '../runtime/telemetry/logger';
import { Activation } from './activation';
import { cachePrefix, keyScope } from './cache-keys';
import { makeShards, type ShardParts } from './carts/shard-parts';
import { guardCache, guardedReads } from './guards';
import { orderCache, orderWarmer } from './orders/order-cache';
import { OrderReads, type OrderView } from './orders/order-reads';
import { OrderResidency } from './residency/residency-orders';
import { ensureSchema } from './schema';
import { DEFAULT_CONFIG, parseServiceConfig, type ServiceConfig } from './service-config';
import { type ServiceFlags, serviceFlags } from './service-flags';

/** What a clone and a worker have in common, of one home. */
export interface Parts {
  readonly environment: ServiceEnvironment;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keeper: LeaseKeeper;
  readonly database: RegionalDatabase;
  readonly fenced: FencedTransactions;
  readonly activation: Activation;
  readonly queue: Queue;
  readonly cache: Cache;
  readonly config: RemoteConfig<ServiceConfig>;
  readonly probes: Probes;
  readonly reads: OrderReads;
  readonly cached: CacheAside<OrderView>;
  readonly warmer: CacheWarmer<OrderView>;
  readonly shards: ShardParts;
  readonly flags: ServiceFlags;
  /** @default - orders may be held anywhere */
  readonly residency?: OrderResidency;
}

/** What all homes of a process have in common. */
export type SharedParts = Pick<Parts, 'config' | 'flags'>;

/** Makes what all homes of a process share; nothing is called yet. */
export function makeShared(environment: ServiceEnvironment, clock: Clock, logger: Logger): SharedParts {
  const { region, endpointUrl, timeScale } = environment;
  const source = appConfigSource({ region, identifiers: environment.config, endpointUrl });
  const config = new RemoteConfig({
    source,
    clock,
    logger,
    timeScale,
    defaults: DEFAULT_CONFIG,
    parse: parseServiceConfig,
    store: environment.configFile === undefined ? undefined : configFile(environment.configFile),
  });
  return { config, flags: serviceFlags(environment, clock, logger) };
}

/** Keeps configuration and flags current until the signal aborts. */
export async function runShared({ config, flags }: SharedParts, signal: AbortSignal): Promise<void> {
  await Promise.all([config.run(signal), flags.run(signal)]);
}

/** A logger whose lines name the home, where there is one. */
export const homeLogger = (logger: Logger, { home }: Pick<ServiceEnvironment, 'home'>): Logger =>
  home === undefined ? logger : loggerWith(logger, { home });

/** Makes the parts of a home from its environment; nothing is called yet. */
export function makeParts(
  environment: ServiceEnvironment,
  clock: Clock,
  logger: Logger,
  { config, flags }: SharedParts = makeShared(environment, clock, logger),
): Parts {
  const { region, endpointUrl, timeScale, queueUrl } = environment;
  const keeper = makeKeeper(environment, clock, logger);
  const database = makeDatabase(environment, logger);
  const cache = makeCache(environment, clock, logger);
  const residency = environment.residency && new OrderResidency(environment.residency, region);
  const reads = new OrderReads(
    guardedReads(database, { clientPolicy: environment.clientPolicy, clock, logger }),
    residency,
  );
  const ofOrders = {
    application: keyScope(environment),
    cache,
    clock,
    timeScale,
    reads,
    tagged: residency !== undefined,
    epoch: () => keeper.record?.epoch,
    cacheSeconds: () => config.value.cacheSeconds,
  };
  const cached = orderCache(ofOrders);
  const fenced = new FencedTransactions(database, () => keeper.current());
  const migrate = () => ensureSchema(database);
  const activation = new Activation({ keeper, database, clock, logger, migrate });
  return {
    environment,
    clock,
    logger,
    keeper,
    database,
    cache,
    config,
    reads,
    fenced,
    activation,
    queue: sqsQueue({ region, queueUrl, endpointUrl }),
    probes: new Probes(clock, logger),
    cached,
    warmer: orderWarmer(cached, ofOrders),
    shards: makeShards({
      ...{ database, fenced, activation, clock, logger },
      configured: () => config.value.shardRing,
    }),
    residency,
    flags,
  };
}

/** Runs what goes on in a home's background until the signal aborts. */
export async function runParts(parts: Parts, signal: AbortSignal): Promise<void> {
  const { environment, keeper, activation, probes, queue, shards } = parts;
  const second = 1000 / environment.timeScale;
  await Promise.all([
    keeper.run(signal),
    activation.run(signal, (environment.leaseSeconds * second) / 3),
    shards.ring.run(signal, second),
    probes.run({ name: 'queue', intervalMilliseconds: 10 * second, check: () => queue.check() }, signal),
  ]);
}

/** Ends every connection. */
export async function closeParts(parts: Parts): Promise<void> {
  await Promise.all([parts.database.close(), parts.cache.close()]);
}

function makeKeeper(environment: ServiceEnvironment, clock: Clock, logger: Logger): LeaseKeeper {
  const { region, registerTable: table, registerKey: key, endpointUrl } = environment;
  const leaseMilliseconds = (environment.leaseSeconds * 1000) / environment.timeScale;
  // A reading that takes as long as the lease brings nothing any more.
  const register = dynamoRegisterReader({
    region,
    table,
    key,
    endpointUrl,
    timeoutMilliseconds: leaseMilliseconds,
  });
  return new LeaseKeeper({ lease: new ReadLease(region, leaseMilliseconds), register, clock, logger });
}

function makeCache(environment: ServiceEnvironment, clock: Clock, logger: Logger): Cache {
  const {
    cache: { url, identity },
    region,
  } = environment;
  const signIn = identity && { user: identity.user, password: cacheTokens(identity, region) };
  const cache = redisCache({ url, logger, clock, prefix: cachePrefix(keyScope(environment)), signIn });
  return new OwedRemovals({ cache: guardCache(cache, { clock, logger }), clock, logger });
}

function makeDatabase(environment: ServiceEnvironment, logger: Logger): RegionalDatabase {
  const { database: settings, region, instanceId: applicationName } = environment;
  const connect = (host: string): DatabaseHost => {
    const shared = { settings, host, region, applicationName, logger };
    return { work: new PostgresPool(shared), watch: new PostgresPool({ ...shared, maximumConnections: 1 }) };
  };
  const readers = settings.readerHost === undefined ? [] : [connect(settings.readerHost)];
  return new RegionalDatabase([connect(settings.host), ...readers], logger);
}
