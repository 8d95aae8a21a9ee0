import { type Change, changeOf } from '../changes/change';
import { RuntimeError } from '../errors';
import type { StreamWork } from '../stream/stream-handler';
import type { Cache } from './cache';

/** What an invalidator stands on. */
export interface CacheInvalidatorOptions {
  readonly cache: Pick<Cache, 'remove' | 'problem'>;
  /** Keys under which something made of the changed thing may be cached, such as `orders:7:order:o1`. */
  readonly keysOf: (change: Change, epoch: number | undefined) => readonly string[];
}

/**
 * Work of a change feed's consumer: removes from this Region's cache whatever was made of the thing that changed. Run
 * it in every Region, each for its own cache.
 *
 * A cache does not say that it could not remove; so while it does not answer the record fails and comes again, since an
 * old entry that is left in peace would be served until it expires.
 */
export function cacheInvalidator({ cache, keysOf }: CacheInvalidatorOptions): StreamWork {
  return async (data, _record, { epoch }) => {
    const change = changeOf(data);
    const keys = keysOf(change, epoch ?? change.epoch);
    for (const key of keys) await cache.remove(key);
    if (cache.problem !== undefined) {
      throw new RuntimeError('unavailable', `the cache does not answer: ${cache.problem}`);
    }
  };
}
