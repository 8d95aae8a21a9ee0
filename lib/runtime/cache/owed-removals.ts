import type { Clock } from '../clock';
import type { Logger } from '../telemetry/logger';
import type { Cache, CacheLookup, CacheRecord, CacheRemoval } from './cache';

/** What keeps account of removals. */
export interface OwedRemovalsOptions {
  readonly cache: Cache;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly logger: Logger;
  /** Pause between two attempts to pay, in milliseconds. @default 250 */
  readonly retryMilliseconds?: number;
  /** Most keys that are kept; with more owed the whole cache is cleared instead. @default 10000 */
  readonly mostKeys?: number;
}

/**
 * A cache that remembers what it could not remove. While a removal is owed this process does not use the key, and as
 * soon as the cache answers again, the removal comes before anything else is done with that key. What a cache held
 * while it was away is therefore never served by whoever knows better.
 *
 * A process that dies with removals owed takes them along: the change feed removes the same keys, and comes again until
 * it could (`cacheInvalidator`); failing that, the hard time of the entries ends it.
 */
export class OwedRemovals implements Cache {
  private readonly owed = new Map<string, Debt>();
  private everything: Debt | undefined;
  private paying: Promise<void> | undefined;
  private readonly closed = new AbortController();

  constructor(private readonly options: OwedRemovalsOptions) {}

  get problem(): string | undefined {
    return this.options.cache.problem;
  }

  /** How many removals are owed; infinite when all are. */
  get size(): number {
    return this.everything !== undefined ? Number.POSITIVE_INFINITY : this.owed.size;
  }

  async lookup(key: string, leaseMilliseconds: number): Promise<CacheLookup> {
    return this.owes(key) ? { kind: 'away' } : this.options.cache.lookup(key, leaseMilliseconds);
  }

  async claim(key: string, leaseMilliseconds: number, force?: boolean): Promise<string | undefined> {
    return this.owes(key) ? undefined : this.options.cache.claim(key, leaseMilliseconds, force);
  }

  async fill(key: string, token: string, record: CacheRecord): Promise<boolean> {
    // Looked at again afterwards: a removal may have failed while the record was on its way.
    return !this.owes(key) && (await this.options.cache.fill(key, token, record)) && !this.owes(key);
  }

  async put(key: string, record: CacheRecord & { readonly version: number }): Promise<boolean> {
    return !this.owes(key) && this.options.cache.put(key, record);
  }

  release(key: string, token: string): Promise<void> {
    return this.options.cache.release(key, token);
  }

  async remove(key: string, removal?: CacheRemoval): Promise<boolean> {
    if (await this.options.cache.remove(key, removal)) return true;
    this.owe(key, removal?.quietMilliseconds ?? 0);
    return false;
  }

  async clear(): Promise<boolean> {
    if (await this.options.cache.clear()) return true;
    this.everything = { quietMilliseconds: 0 };
    this.pay();
    return false;
  }

  close(): Promise<void> {
    this.closed.abort();
    return this.options.cache.close();
  }

  private owes(key: string): boolean {
    return this.everything !== undefined || this.owed.has(key);
  }

  private owe(key: string, asked: number): void {
    const quietMilliseconds = Math.max(asked, this.owed.get(key)?.quietMilliseconds ?? 0);
    this.owed.set(key, { quietMilliseconds });
    if (this.owed.size > (this.options.mostKeys ?? 10_000)) {
      this.owed.clear();
      this.everything = { quietMilliseconds: 0 };
    }
    this.pay();
  }

  private pay(): void {
    this.paying ??= this.payAll().finally(() => {
      this.paying = undefined;
    });
  }

  private async payAll(): Promise<void> {
    const { clock, logger, retryMilliseconds = 250 } = this.options;
    const most = this.size;
    while (this.size > 0 && !this.closed.signal.aborted) {
      await clock.sleep(retryMilliseconds, this.closed.signal).catch(() => undefined);
      await this.payOnce();
    }
    const count = (size: number) => (Number.isFinite(size) ? size : 'all');
    // Taken along: the change feed and the hard time of the entries are what is left.
    if (this.size > 0) logger.warn('cache.removals-left', { removals: count(this.size) });
    else logger.info('cache.removals-paid', { removals: count(most) });
  }

  /** A debt that was made again while it was being paid is a new one, and stays. */
  private async payOnce(): Promise<void> {
    const { cache } = this.options;
    const { everything } = this;
    if (everything !== undefined) {
      if (!(await cache.clear())) return;
      if (this.everything === everything) this.everything = undefined;
    }
    for (const [key, debt] of this.owed) {
      if (!(await cache.remove(key, debt))) return;
      if (this.owed.get(key) === debt) this.owed.delete(key);
    }
  }
}

/** One removal that is owed; its identity tells it from a later one of the same key. */
interface Debt {
  readonly quietMilliseconds: number;
}
