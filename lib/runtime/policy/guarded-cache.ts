import type { Cache } from '../cache/cache';
import type { CircuitBreaker } from './breaker';
import { REFUSED } from './breaker';

/**
 * A cache that is left alone while it does not answer: a cache that hangs costs every read its whole timeout, and a
 * caller can do without. Only what may be skipped is: a removal always goes through, since another process may still
 * read what it removes, and so does what gives a lease back.
 */
export function guardedCache(cache: Cache, breaker: CircuitBreaker): Cache {
  return {
    async lookup(key, leaseMilliseconds) {
      const ticket = breaker.enter();
      if (ticket === REFUSED) return { kind: 'away' };
      // A cache never throws; "away" is how it says that it did not answer.
      const found = await cache.lookup(key, leaseMilliseconds);
      if (found.kind === 'away') breaker.failed(ticket);
      else breaker.succeeded(ticket);
      return found;
    },
    claim: async (key, leaseMilliseconds, force) =>
      breaker.refuses() ? undefined : cache.claim(key, leaseMilliseconds, force),
    fill: async (key, token, record) => (breaker.refuses() ? false : cache.fill(key, token, record)),
    put: (key, record) => cache.put(key, record),
    release: (key, token) => cache.release(key, token),
    remove: (key, removal) => cache.remove(key, removal),
    clear: () => cache.clear(),
    get problem() {
      return cache.problem;
    },
    close: () => cache.close(),
  };
}
