import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Cache, CacheEntry, CacheRecord } from './cache';
import { type FreshnessOptions, isDueEarly, isPastSoftTime, jittered } from './freshness';
import { type Landing, SingleFlight } from './single-flight';

/** One kind of value in the cache. All times are in milliseconds. */
export interface CacheAsideOptions<T> extends FreshnessOptions {
  readonly cache: Cache;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /**
   * Key of an id under the epoch in force, such as `orders:7:order:42`; `undefined` while no epoch is known, and
   * then the cache is not used.
   */
  readonly key: (id: string) => string | undefined;
  /** Reads the truth; `undefined` when there is none. */
  readonly load: (id: string) => Promise<T | undefined>;
  /** How long a value may be served without asking again. */
  readonly ttlMilliseconds: (value: T) => number;
  /** How much longer a value may be served when its load fails. @default 0: the failure is told */
  readonly staleMilliseconds?: number;
  /** How long it is remembered that there is none; an invalidation ends it. @default 0: not at all */
  readonly negativeMilliseconds?: number;
  /** Version of a value, where it has one: an older one never replaces a newer. @default - no versions */
  readonly versionOf?: (value: T) => number;
  /** How long one process is left to load before another may. @default 3000 */
  readonly leaseMilliseconds?: number;
  /** How long a reader waits for another process's load before it loads by itself. @default 200 */
  readonly waitMilliseconds?: number;
  /** After an invalidation nothing is stored for so long: more than a replica that is loaded from lags. @default 0 */
  readonly quietMilliseconds?: number;
}

/** A value and how it was come by. */
export interface CacheAnswer<T> {
  readonly value: T | undefined;
  /** `stale`: past its time, served because the load failed. */
  readonly source: 'cache' | 'load' | 'stale';
  /** Since it was loaded; 0 for a load of now. */
  readonly ageMilliseconds: number;
  /** Why a stale value is served. */
  readonly reason?: string;
}

const POLL_MILLISECONDS = 20;

/**
 * Cache-aside with single flight in and across processes. A read never serves what is older than an invalidation that
 * had ended when the read began. The key carries the epoch, so a raise of the epoch opens an empty namespace and
 * nothing cached under an old writer is ever served under a new one.
 */
export class CacheAside<T> {
  private readonly flights = new SingleFlight<T | undefined>();

  constructor(private readonly options: CacheAsideOptions<T>) {}

  /** The value, from the cache when it has one. */
  async get(id: string): Promise<T | undefined> {
    return (await this.read(id)).value;
  }

  /** The value with its source and age. Rejects when it has to be loaded, cannot be, and nothing stale may serve. */
  async read(id: string): Promise<CacheAnswer<T>> {
    const key = this.options.key(id);
    const moment = this.flights.moment();
    if (key === undefined) return loaded(await this.options.load(id));
    let expired: ReadEntry<T> | undefined;
    const giveUpAt = this.options.clock.monotonic() + (this.options.waitMilliseconds ?? 200);
    try {
      for (;;) {
        const { kind, entry, token } = await this.look(key);
        if (entry !== undefined && !isPastSoftTime(entry)) return this.fresh(id, key, entry);
        expired = entry;
        if (token !== undefined) return loaded((await this.load(id, key, token)).value);
        const joined = await this.flights.join(key, moment);
        if (joined !== undefined) return loaded(joined.value);
        if (this.flights.has(key)) continue;
        const othersLoad = kind === 'busy' && this.options.clock.monotonic() < giveUpAt;
        if (!othersLoad) return loaded((await this.load(id, key, undefined)).value);
        await this.options.clock.sleep(POLL_MILLISECONDS);
      }
    } catch (error) {
      return this.stale(expired, error);
    }
  }

  /** The truth, past the cache; what is found replaces what is cached. */
  async refresh(id: string): Promise<T | undefined> {
    const key = this.options.key(id);
    if (key === undefined) return this.options.load(id);
    const token = await this.options.cache.claim(key, this.options.leaseMilliseconds ?? 3000, true);
    return (await this.load(id, key, token)).value;
  }

  /** Forgets one value after it changed; `false` when the cache could not be told, which is then owed or retried. */
  async invalidate(id: string): Promise<boolean> {
    const key = this.options.key(id);
    const { cache, quietMilliseconds } = this.options;
    return key === undefined || cache.remove(key, { quietMilliseconds });
  }

  /** Stores what a change tells, if it is newer than what is there; `undefined` for what is gone. */
  async put(id: string, value: T | undefined, version: number): Promise<boolean> {
    const key = this.options.key(id);
    if (key === undefined) return false;
    return this.options.cache.put(key, { ...this.recordOf(value, 0), version });
  }

  /** Fills several ids that are not there yet, by one load of them all. Returns how many were stored. */
  async warm(
    ids: readonly string[],
    loadMany: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<number> {
    const { cache, key: keyOf, leaseMilliseconds = 3000 } = this.options;
    const leases = await Promise.all(
      ids.map(async id => {
        const key = keyOf(id);
        const found = key === undefined ? undefined : await cache.lookup(key, leaseMilliseconds);
        return found?.kind === 'lease' && key !== undefined ? [{ id, key, token: found.token }] : [];
      }),
    );
    const wanted = leases.flat();
    if (wanted.length === 0) return 0;
    const values = await loadMany(wanted.map(({ id }) => id));
    const stored = await Promise.all(
      wanted.map(async ({ id, key, token }) => {
        const value = values.get(id);
        if (value !== undefined) return cache.fill(key, token, this.recordOf(value, 0));
        await cache.release(key, token);
        return false;
      }),
    );
    return stored.filter(Boolean).length;
  }

  /** Looks at a key; takes the lease when there is nothing, or nothing within its soft time. */
  private async look(key: string): Promise<Look<T>> {
    const { cache, clock, leaseMilliseconds = 3000 } = this.options;
    const found = await cache.lookup(key, leaseMilliseconds);
    if (found.kind === 'lease') return found;
    if (found.kind !== 'hit') return { kind: found.kind };
    const entry = readEntry<T>(found.entry, clock.monotonic());
    if (entry === undefined) {
      // What another build wrote, or nobody, is no value.
      await cache.remove(key);
      return { kind: 'away' };
    }
    if (!isPastSoftTime(entry)) return { kind: 'hit', entry };
    const token = await cache.claim(key, leaseMilliseconds);
    return { kind: cache.problem === undefined ? 'busy' : 'away', entry, token };
  }

  private fresh(id: string, key: string, entry: ReadEntry<T>): CacheAnswer<T> {
    if (isDueEarly(entry, this.options)) void this.refreshEarly(id, key);
    return { value: entry.value, source: 'cache', ageMilliseconds: entry.ageMilliseconds };
  }

  /** What is past its soft time and within its hard time serves when the load failed. */
  private stale(entry: ReadEntry<T> | undefined, error: unknown): CacheAnswer<T> {
    if (entry === undefined) throw error;
    const ageMilliseconds = entry.ageMilliseconds + this.options.clock.monotonic() - entry.readAt;
    if (ageMilliseconds >= entry.hardMilliseconds) throw error;
    return { value: entry.value, source: 'stale', ageMilliseconds, reason: reasonOf(error) };
  }

  private async refreshEarly(id: string, key: string): Promise<void> {
    const token = await this.options.cache.claim(key, this.options.leaseMilliseconds ?? 3000);
    // The entry still serves; whoever finds it past its time tells the failure.
    if (token !== undefined) await this.load(id, key, token).catch(() => undefined);
  }

  /** One load, stored under its lease; without a lease it is not stored. */
  private load(id: string, key: string, token: string | undefined): Promise<Landing<T | undefined>> {
    const { cache, clock, load } = this.options;
    return this.flights.start(key, async () => {
      const startedAt = clock.monotonic();
      try {
        const value = await load(id);
        if (token === undefined) return { value, confirmed: false };
        const record = this.recordOf(value, clock.monotonic() - startedAt);
        if (record.hardMilliseconds > 0) return { value, confirmed: await cache.fill(key, token, record) };
        await cache.release(key, token);
        return { value, confirmed: false };
      } catch (error) {
        if (token !== undefined) await cache.release(key, token);
        throw error;
      }
    });
  }

  private recordOf(value: T | undefined, loadMilliseconds: number): CacheRecord {
    const { negativeMilliseconds = 0, staleMilliseconds = 0, ttlMilliseconds, versionOf } = this.options;
    if (value === undefined) {
      const softMilliseconds = negativeMilliseconds;
      return { text: undefined, softMilliseconds, hardMilliseconds: softMilliseconds, loadMilliseconds };
    }
    const softMilliseconds = jittered(ttlMilliseconds(value), this.options);
    return {
      text: JSON.stringify(value),
      softMilliseconds,
      hardMilliseconds: softMilliseconds + staleMilliseconds,
      loadMilliseconds,
      ...(versionOf === undefined ? {} : { version: versionOf(value) }),
    };
  }
}

interface ReadEntry<T> extends CacheEntry {
  readonly value: T | undefined;
  /** On the monotonic clock. */
  readonly readAt: number;
}

interface Look<T> {
  readonly kind: 'hit' | 'lease' | 'busy' | 'quiet' | 'away';
  readonly entry?: ReadEntry<T>;
  readonly token?: string;
}

function readEntry<T>(entry: CacheEntry, readAt: number): ReadEntry<T> | undefined {
  try {
    const value = entry.text === undefined ? undefined : (JSON.parse(entry.text) as T);
    return { ...entry, value, readAt };
  } catch {
    return undefined;
  }
}

const loaded = <T>(value: T | undefined): CacheAnswer<T> => ({ value, source: 'load', ageMilliseconds: 0 });
