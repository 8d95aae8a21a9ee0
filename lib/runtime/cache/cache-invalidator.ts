import { type Change, changeOf } from '../changes/change';
import { RuntimeError } from '../errors';
import type { StreamWork } from '../stream/stream-handler';
import type { Cache, CacheRecord, CacheRemoval } from './cache';

/** What an invalidator stands on. */
export interface CacheInvalidatorOptions extends CacheRemoval {
  readonly cache: Pick<Cache, 'remove' | 'problem'>;
  /** Keys under which something made of the changed thing may be cached, such as `orders:7:order:o1`. */
  readonly keysOf: (change: Change, epoch: number | undefined) => readonly string[];
}

/**
 * Work of a change feed's consumer: removes from this Region's cache whatever was made of the thing that changed. Run
 * it in every Region, each for its own cache.
 *
 * It removes under the epoch of the change, the one in force, and the one after it: a late change of the old writer must
 * reach the new namespace, and another process may know of a raise before this one does.
 *
 * A removal that is not certain fails the record, so that it comes again: an old entry that is left in peace would be
 * served until it expires.
 */
export function cacheInvalidator({ cache, keysOf, quietMilliseconds }: CacheInvalidatorOptions): StreamWork {
  return async (data, _record, { epoch }) => {
    const change = changeOf(data);
    const keys = new Set(epochsOf(change.epoch, epoch).flatMap(each => keysOf(change, each)));
    for (const key of keys) {
      if (!(await cache.remove(key, { quietMilliseconds }))) throw unanswered(cache);
    }
  };
}

/** What a write-through stands on. */
export interface CacheWriterOptions {
  readonly cache: Pick<Cache, 'put' | 'problem'>;
  /**
   * The entry that a change makes, with the version of the thing; `undefined` where it makes none. Let no one else put
   * under these keys: a removal keeps no version.
   */
  readonly entryOf: (
    change: Change,
    epoch: number | undefined,
  ) => { readonly key: string; readonly record: CacheRecord & { readonly version: number } } | undefined;
}

/**
 * Work of a change feed's consumer that keeps a standby warm: writes what changed through to this Region's cache. A
 * change that comes twice or late never replaces a newer one; what cannot be written fails and comes again.
 */
export function cacheWriter({ cache, entryOf }: CacheWriterOptions): StreamWork {
  return async (data, _record, { epoch }) => {
    const change = changeOf(data);
    const entry = entryOf(change, epoch ?? change.epoch);
    if (entry === undefined) return;
    const stored = await cache.put(entry.key, entry.record);
    if (!stored && cache.problem !== undefined) throw unanswered(cache);
  };
}

function epochsOf(
  ofChange: number | undefined,
  inForce: number | undefined,
): readonly (number | undefined)[] {
  const known = [ofChange, inForce].filter(epoch => epoch !== undefined);
  return known.length === 0 ? [undefined] : [...new Set([...known, Math.max(...known) + 1])];
}

function unanswered(cache: Pick<Cache, 'problem'>): RuntimeError {
  return new RuntimeError('unavailable', `the cache does not answer: ${cache.problem ?? 'no reason given'}`);
}
