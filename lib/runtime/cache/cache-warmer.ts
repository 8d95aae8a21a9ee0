import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { CacheAside } from './cache-aside';

/** How far a warm-up has come; part of `/readyz`. */
export interface WarmUpProgress {
  /** `idle`: none was asked for yet. `warm`: it ended, or reached its bound. */
  readonly state: 'idle' | 'warming' | 'warm' | 'failed';
  /** Epoch whose namespace is filled. */
  readonly epoch?: number;
  /** Keys looked at, and those of them that were stored; the others were there already, or are gone. */
  readonly looked: number;
  readonly stored: number;
  /** Since it began, or how long it took, in milliseconds. */
  readonly milliseconds: number;
  /** Why it failed, or which bound ended it. */
  readonly reason?: string;
}

/** What a warm-up stands on. */
export interface CacheWarmerOptions<T> {
  readonly cached: Pick<CacheAside<T>, 'warm'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The ids most likely to be asked for, most wanted first; at most `limit`. */
  readonly hotIds: (limit: number) => Promise<readonly string[]>;
  /** Reads several at once. */
  readonly loadMany: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  /** Most keys. @default 1000 */
  readonly limit?: number;
  /** Keys in one load. @default 100 */
  readonly chunk?: number;
  /** Ends after so long with what it has, in milliseconds. @default 10000 */
  readonly boundMilliseconds?: number;
}

/**
 * Fills the empty namespace of a new epoch from the database before traffic comes. Call it once this Region's database is
 * the writer: what is read earlier from a replica may be older than the last writes of the old Region. Each key is filled
 * under a lease, so a write that happens meanwhile wins.
 */
export class CacheWarmer<T> {
  private done: WarmUpProgress = { state: 'idle', looked: 0, stored: 0, milliseconds: 0 };
  private underWay: Promise<WarmUpProgress> | undefined;
  private startedAt = 0;

  constructor(private readonly options: CacheWarmerOptions<T>) {}

  /** How far it has come. */
  get progress(): WarmUpProgress {
    if (this.underWay === undefined) return this.done;
    return { ...this.done, milliseconds: this.elapsed() };
  }

  /** Warms the namespace of an epoch, once; asked again for the same epoch it tells what came of it. Never rejects. */
  async warm(epoch: number): Promise<WarmUpProgress> {
    await this.underWay;
    if (this.done.epoch === epoch && this.done.state !== 'failed') return this.done;
    this.startedAt = this.options.clock.monotonic();
    this.done = { state: 'warming', epoch, looked: 0, stored: 0, milliseconds: 0 };
    this.underWay = this.run().finally(() => {
      this.underWay = undefined;
    });
    return this.underWay;
  }

  private async run(): Promise<WarmUpProgress> {
    try {
      const reason = await this.fill();
      this.note({ state: 'warm', reason });
    } catch (error) {
      this.note({ state: 'failed', reason: reasonOf(error) });
    }
    return this.done;
  }

  /** Returns the bound that ended it, if one did. */
  private async fill(): Promise<string | undefined> {
    const { cached, hotIds, loadMany, limit = 1000, chunk = 100, boundMilliseconds = 10_000 } = this.options;
    const ids = (await hotIds(limit)).slice(0, limit);
    for (let start = 0; start < ids.length; start += chunk) {
      if (this.elapsed() >= boundMilliseconds) {
        return `ended after ${boundMilliseconds} ms with ${start} of ${ids.length} keys`;
      }
      const part = ids.slice(start, start + chunk);
      const stored = await cached.warm(part, loadMany);
      this.note({ looked: this.done.looked + part.length, stored: this.done.stored + stored });
    }
    return undefined;
  }

  private note(change: Partial<WarmUpProgress>): void {
    this.done = { ...this.done, ...change, milliseconds: this.elapsed() };
  }

  private elapsed(): number {
    return Math.round(this.options.clock.monotonic() - this.startedAt);
  }
}
