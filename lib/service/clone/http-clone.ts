import { cacheTokens } from '../../runtime/cache/cache-credentials';
import { PostgresPool } from '../../runtime/database/postgres-pool';
import { Admission } from '../../runtime/edge/admission';
import { watchLoop } from '../../runtime/edge/loop-delay';
import { RateLimiter } from '../../runtime/edge/rate-limiter';
import type { RatePolicy } from '../../runtime/edge/rate-policy';
import { connectLimits, redisLimits } from '../../runtime/edge/redis-limits';
import type { EdgeEnvironment } from '../../runtime/environment/edge-environment';
import { loop } from '../../runtime/loop';
import { withDeadline } from '../../runtime/policy/deadline';
import { ConsistentReads } from '../../runtime/reads/consistent-reads';
import { enginePositions } from '../../runtime/reads/database-positions';
import { formatPosition } from '../../runtime/reads/read-position';
import { WritePosition } from '../../runtime/reads/write-position';
import { keyScope, limitPrefix } from '../cache-keys';
import { machineRandom } from '../guards';
import { HttpEdge } from '../http/http-edge';
import { leaderMetrics } from '../leader/leader-metrics';
import { OrderReads } from '../orders/order-reads';
import type { OrderRoutesOptions } from '../orders/order-routes';
import type { Parts } from '../parts';
import { FollowerReads } from './follower-reads';

/** Longest time for a request, in milliseconds: well under the 60 s after which a balancer gives up. */
const REQUEST_MILLISECONDS = 10_000;
/** Requests in hand at once: what ten database connections work on, and some that read the cache. */
const IN_HAND = 64;
/** Pause between two lines of metrics, in unscaled seconds. */
const TELL_SECONDS = 60;
/** Longest wait for the position of a write, in milliseconds: the order is acknowledged without it. */
const POSITION_MILLISECONDS = 100;

/** The edge of a clone, and what ends it. */
export interface CloneEdge {
  readonly edge: HttpEdge;
  /** Watches the event loop until the signal aborts, then lets go of the counts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the edge of a clone from its environment. */
export function cloneEdge(parts: Parts): CloneEdge {
  const { clock, environment } = parts;
  const admission = new Admission({ clock, maximumInHand: IN_HAND, minimumInHand: IN_HAND / 4 });
  const { limiter, close } = cloneLimiter(parts);
  const { trustedHops, knownKeys } = environment.edge;
  const identity = { trustedHops, knownKeys };
  let admitted = 0;
  const busy = () => {
    const before = admitted;
    ({ admitted } = admission.counts);
    return admitted > before || admission.inHandNow > 0;
  };
  const edge = new HttpEdge({
    clock,
    admission,
    limiter,
    identity,
    requestMilliseconds: REQUEST_MILLISECONDS,
  });
  return {
    edge,
    async run(signal) {
      await Promise.all([
        watchLoop(clock, signal, delay => admission.observeLoop(delay), busy),
        tellShed(parts, () => admission.counts.shed, signal),
      ]);
      close();
    },
  };
}

/** Tells how many requests were turned away since the last time, none as well: silence is not the same. */
function tellShed(
  { clock, logger, environment }: Parts,
  shed: () => number,
  signal: AbortSignal,
): Promise<void> {
  const write = leaderMetrics({ clock, logger, ...environment });
  const pauseMilliseconds = (TELL_SECONDS * 1000) / environment.timeScale;
  let told = 0;
  return loop({ clock, signal, pauseMilliseconds, onError: () => undefined }, async () => {
    const count = shed();
    write({ ShedRequests: [count - told, 'Count'] });
    told = count;
    return undefined;
  });
}

function cloneLimiter({ clock, logger, environment }: Parts): { limiter?: RateLimiter; close(): void } {
  const policies = policiesOf(environment.edge);
  if (policies.length === 0) return { close: () => undefined };
  const { url, identity } = environment.cache;
  const signIn = identity && { user: identity.user, password: cacheTokens(identity, environment.region) };
  const client = connectLimits({ url, signIn });
  const shared = redisLimits({ client, prefix: limitPrefix(keyScope(environment)) });
  const localShare = 1 / environment.edge.clones;
  return {
    limiter: new RateLimiter({ shared, policies, localShare, clock, logger }),
    close: () => client.disconnect(),
  };
}

function policiesOf({ rate, dailyQuota }: EdgeEnvironment): readonly RatePolicy[] {
  const policies: RatePolicy[] = [];
  if (rate !== undefined) policies.push({ name: 'rate', kind: 'rate', ...rate });
  if (dailyQuota !== undefined) {
    policies.push({ name: 'day', kind: 'quota', limit: dailyQuota, windowSeconds: 86_400 });
  }
  return policies;
}

/** How a clone reads by staleness, and where its writes are. */
export interface CloneReads extends Pick<OrderRoutesOptions, 'consistent' | 'position'> {
  close(): Promise<void>;
}

/** Leader: the Region's database while it takes writes. Follower: its reader endpoint, or itself as a replica. */
export function cloneReads(parts: Parts): CloneReads {
  const { clock, database, activation, keeper, environment, residency } = parts;
  const positions = enginePositions();
  const reader = readerPool(parts);
  const watch = watchPool(parts);
  const leaderEpoch = () => {
    const state = activation.state();
    return state.active ? state.epoch : undefined;
  };
  const consistent = new ConsistentReads({
    clock,
    positions,
    leader: () => (database.status.writable ? database : undefined),
    follower: () => (database.status.writable ? reader : database),
    leaderEpoch,
    epoch: () => keeper.record?.epoch,
    waitMilliseconds: 200 / environment.timeScale,
  });
  const { clientPolicy } = environment;
  const reads = new FollowerReads({ reads: consistent, clientPolicy, clock, random: machineRandom });
  const written = new WritePosition(() => positions.written(watch), clock);
  return {
    consistent: (request, work) => reads.read(request, on => work(new OrderReads(on, residency))),
    async position() {
      const epoch = leaderEpoch();
      if (epoch === undefined) return undefined;
      try {
        return formatPosition({
          epoch,
          lsn: await withDeadline(POSITION_MILLISECONDS, () => written.read(), { clock }),
        });
      } catch {
        return undefined;
      }
    },
    async close() {
      await Promise.all([reader?.close(), watch.close()]);
    },
  };
}

/** Asks for positions on one connection of its own: behind the writes it would wait for all of them again. */
function watchPool({ environment, logger }: Parts): PostgresPool {
  const { database: settings, region, instanceId: applicationName } = environment;
  return new PostgresPool({
    settings,
    host: settings.host,
    region,
    applicationName,
    logger,
    maximumConnections: 1,
  });
}

function readerPool({ environment, logger }: Parts): PostgresPool | undefined {
  const { database: settings, region, instanceId: applicationName } = environment;
  const { readerHost: host } = settings;
  return host === undefined
    ? undefined
    : new PostgresPool({ settings, host, region, applicationName, logger });
}
