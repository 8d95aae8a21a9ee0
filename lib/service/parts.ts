import { type Cache, redisCache } from '../runtime/cache/cache';
import { CacheAside } from '../runtime/cache/cache-aside';
import { cacheTokens } from '../runtime/cache/cache-credentials';
import type { Clock } from '../runtime/clock';
import { appConfigSource } from '../runtime/config/appconfig-source';
import { RemoteConfig } from '../runtime/config/config';
import { FencedTransactions } from '../runtime/database/fence';
import { PostgresPool } from '../runtime/database/postgres-pool';
import { type DatabaseHost, RegionalDatabase } from '../runtime/database/regional-database';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import { Probes } from '../runtime/probes';
import { type Queue, sqsQueue } from '../runtime/queue/queue';
import { ReadLease } from '../runtime/register/lease';
import { LeaseKeeper } from '../runtime/register/lease-keeper';
import { dynamoRegisterReader } from '../runtime/register/register-reader';
import type { Logger } from '../runtime/telemetry/logger';
import { Activation } from './activation';
import { OrderReads, type OrderView } from './order-reads';
import { ensureSchema } from './schema';
import { DEFAULT_CONFIG, parseServiceConfig, type ServiceConfig } from './service-config';

/** What a clone and a worker have in common. */
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
}

/** How long an order that is still open may be served from the cache, in unscaled seconds. */
const OPEN_ORDER_SECONDS = 5;

/** Makes the parts of a process from its environment; nothing is called yet. */
export function makeParts(environment: ServiceEnvironment, clock: Clock, logger: Logger): Parts {
  const { region, endpointUrl, timeScale, queueUrl } = environment;
  const keeper = makeKeeper(environment, clock, logger);
  const database = makeDatabase(environment, logger);
  const cache = makeCache(environment, logger);
  const source = appConfigSource({ region, identifiers: environment.config, endpointUrl });
  const config = new RemoteConfig({
    source,
    clock,
    logger,
    timeScale,
    defaults: DEFAULT_CONFIG,
    parse: parseServiceConfig,
  });
  const reads = new OrderReads(database);
  return {
    environment,
    clock,
    logger,
    keeper,
    database,
    cache,
    config,
    reads,
    fenced: new FencedTransactions(database, () => keeper.current()),
    activation: new Activation({ keeper, database, clock, logger, migrate: () => ensureSchema(database) }),
    queue: sqsQueue({ region, queueUrl, endpointUrl }),
    probes: new Probes(clock, logger),
    cached: new CacheAside({
      cache,
      key: id => orderKey(environment.application, keeper.record?.epoch, id),
      load: id => reads.find(id),
      ttlMilliseconds: order =>
        ((order.status === 'fulfilled' ? config.value.cacheSeconds : OPEN_ORDER_SECONDS) * 1000) / timeScale,
    }),
  };
}

/** Runs what goes on in the background until the signal aborts. */
export async function runParts(parts: Parts, signal: AbortSignal): Promise<void> {
  const { environment, keeper, activation, config, probes, queue } = parts;
  const second = 1000 / environment.timeScale;
  await Promise.all([
    keeper.run(signal),
    activation.run(signal, (environment.leaseSeconds * second) / 3),
    config.run(signal),
    probes.run({ name: 'queue', intervalMilliseconds: 10 * second, check: () => queue.check() }, signal),
  ]);
}

/** Ends every connection. */
export async function closeParts(parts: Parts): Promise<void> {
  await Promise.all([parts.database.close(), parts.cache.close()]);
}

/** Key of an order in the cache; none while no epoch is known. */
export function orderKey(application: string, epoch: number | undefined, id: string): string | undefined {
  return epoch === undefined ? undefined : `${application}:${epoch}:order:${id}`;
}

function makeKeeper(environment: ServiceEnvironment, clock: Clock, logger: Logger): LeaseKeeper {
  const { region, registerTable: table, endpointUrl } = environment;
  const leaseMilliseconds = (environment.leaseSeconds * 1000) / environment.timeScale;
  // A reading that takes as long as the lease brings nothing any more.
  const register = dynamoRegisterReader({
    region,
    table,
    endpointUrl,
    timeoutMilliseconds: leaseMilliseconds,
  });
  return new LeaseKeeper({ lease: new ReadLease(region, leaseMilliseconds), register, clock, logger });
}

function makeCache({ cache: { url, identity }, region }: ServiceEnvironment, logger: Logger): Cache {
  const signIn = identity && { user: identity.user, password: cacheTokens(identity, region) };
  return redisCache({ url, logger, signIn });
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
