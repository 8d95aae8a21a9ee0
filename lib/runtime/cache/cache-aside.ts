import type { Cache } from './cache';
import { SingleFlight } from './single-flight';

/** One kind of value in the cache. */
export interface CacheAsideOptions<T> {
  readonly cache: Cache;
  /**
   * Key of an id under the epoch in force, such as `orders:7:order:42`; `undefined` while no epoch is known, and
   * then the cache is not used.
   */
  readonly key: (id: string) => string | undefined;
  /** Reads the truth; `undefined` when there is none, which is not cached. */
  readonly load: (id: string) => Promise<T | undefined>;
  /** How long a value may be served, in milliseconds. */
  readonly ttlMilliseconds: (value: T) => number;
}

/**
 * Cache-aside with single flight. The key carries the epoch, so a raise of the epoch opens an empty namespace and
 * nothing cached under an old writer is ever served under a new one.
 */
export class CacheAside<T> {
  private readonly flights = new SingleFlight<T | undefined>();

  constructor(private readonly options: CacheAsideOptions<T>) {}

  /** The value, from the cache when it has one. */
  async get(id: string): Promise<T | undefined> {
    const key = this.options.key(id);
    if (key === undefined) return this.options.load(id);
    const text = await this.options.cache.get(key);
    if (text !== undefined) return JSON.parse(text) as T;
    return this.flights.run(key, () => this.fill(id, key));
  }

  /** The truth, past the cache; what is found replaces what is cached. */
  async refresh(id: string): Promise<T | undefined> {
    const key = this.options.key(id);
    return key === undefined ? this.options.load(id) : this.fill(id, key);
  }

  /** Forgets one value after it changed. */
  async invalidate(id: string): Promise<void> {
    const key = this.options.key(id);
    if (key !== undefined) await this.options.cache.remove(key);
  }

  private async fill(id: string, key: string): Promise<T | undefined> {
    const value = await this.options.load(id);
    if (value !== undefined) {
      await this.options.cache.set(key, JSON.stringify(value), this.options.ttlMilliseconds(value));
    }
    return value;
  }
}
