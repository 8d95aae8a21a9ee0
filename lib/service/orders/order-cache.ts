import { randomInt } from 'node:crypto';
import type { Cache } from '../../runtime/cache/cache';
import { CacheAside } from '../../runtime/cache/cache-aside';
import { CacheWarmer } from '../../runtime/cache/cache-warmer';
import type { Clock } from '../../runtime/clock';
import { cachePrefix } from '../cache-keys';
import type { OrderReads, OrderView } from './order-reads';

/** What the cache of orders stands on. */
export interface OrderCacheOptions {
  readonly application: string;
  readonly cache: Cache;
  readonly clock: Clock;
  /** Divides every time. */
  readonly timeScale: number;
  readonly reads: Pick<OrderReads, 'find' | 'findMany' | 'recentIds'>;
  /** Whether orders are kept with their jurisdiction, by which they are judged when they are read. @default false */
  readonly tagged?: boolean;
  /** The epoch in force, if one is known. */
  readonly epoch: () => number | undefined;
  /** How long an order that is over may be served, in unscaled seconds. */
  readonly cacheSeconds: () => number;
}

/** How long an order that is still open may be served from the cache, in unscaled seconds. */
const OPEN_ORDER_SECONDS = 5;
/** How long it is remembered that there is no such order, in unscaled seconds. */
const NO_ORDER_SECONDS = 1;
/** How much longer an order is served while the database does not answer, in unscaled seconds. */
const STALE_SECONDS = 300;
const WARM_UP_BOUND_SECONDS = 10;
const RANDOM_STEPS = 2 ** 32;

/** Orders through the cache: served past their time while the database is away, and marked so. */
export function orderCache(options: OrderCacheOptions): CacheAside<OrderView> {
  const { application, cache, clock, timeScale, reads, epoch, cacheSeconds, tagged = false } = options;
  const scaled = (seconds: number) => (seconds * 1000) / timeScale;
  return new CacheAside({
    cache,
    clock,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
    key: id => orderKey(application, epoch(), id, tagged),
    load: id => reads.find(id),
    ttlMilliseconds: order => scaled(order.status === 'accepted' ? OPEN_ORDER_SECONDS : cacheSeconds()),
    negativeMilliseconds: scaled(NO_ORDER_SECONDS),
    staleMilliseconds: scaled(STALE_SECONDS),
  });
}

/** Fills the cache of a new epoch with the newest orders, the ones that are asked for most. */
export function orderWarmer(
  cached: CacheAside<OrderView>,
  { clock, timeScale, reads }: OrderCacheOptions,
): CacheWarmer<OrderView> {
  return new CacheWarmer({
    cached,
    clock,
    hotIds: limit => reads.recentIds(limit),
    loadMany: ids => reads.findMany(ids),
    boundMilliseconds: (WARM_UP_BOUND_SECONDS * 1000) / timeScale,
  });
}

/** The longest that an order may be served from the cache, in unscaled seconds. */
export const longestLifeSeconds = (cacheSeconds: number): number =>
  Math.max(OPEN_ORDER_SECONDS, cacheSeconds) + STALE_SECONDS;

/** Key of the place up to which this Region's cache was cleaned of changes, whatever the epoch. */
export const changePlaceKey = (application: string): string => `${cachePrefix(application)}changes`;

/**
 * Key of an order in the cache; none while no epoch is known. Orders with their tag have keys of their own: one that was
 * kept without it, before there was a policy, would pass for an order without one.
 */
export function orderKey(
  application: string,
  epoch: number | undefined,
  id: string,
  tagged = false,
): string | undefined {
  const kind = tagged ? 'tagged-order' : 'order';
  return epoch === undefined ? undefined : `${cachePrefix(application)}${epoch}:${kind}:${id}`;
}
