/** What is stored of one thing. */
export interface CacheRecord {
  /** The value as text; `undefined` when it is known that there is none. */
  readonly text: string | undefined;
  /** How long it is served without asking again, in milliseconds. */
  readonly softMilliseconds: number;
  /** How long it is kept, in milliseconds: past the soft time it serves only when the load fails. */
  readonly hardMilliseconds: number;
  /** How long its load took, in milliseconds; what early refresh is measured by. */
  readonly loadMilliseconds: number;
  /** Version of the thing, where it has one: a record never replaces a newer one. */
  readonly version?: number;
}

/** A record that was found. */
export interface CacheEntry extends CacheRecord {
  /** Since it was stored, in milliseconds, by the clock of the cache alone. */
  readonly ageMilliseconds: number;
}

/**
 * What a look at a key brings. `hit`: an entry. `lease`: there is none, and whoever asked is to load it and fill it under
 * the token. `busy`: another loads it now. `quiet`: it was removed so recently that nothing may be stored yet.
 * `away`: the cache does not answer.
 */
export type CacheLookup =
  | { readonly kind: 'hit'; readonly entry: CacheEntry }
  | { readonly kind: 'lease'; readonly token: string }
  | { readonly kind: 'busy' | 'quiet' | 'away' };

/** How a key is removed. */
export interface CacheRemoval {
  /**
   * For so long nothing is stored under the key, in milliseconds: more than a replica lags that is loaded from.
   * @default 0
   */
  readonly quietMilliseconds?: number;
}

/**
 * A shared cache that may be down at any time: it never throws and never makes a caller wait longer than its timeout.
 *
 * What is loaded is stored under a lease alone, and a removal voids the lease. So a load that began before a write can
 * never be stored after the removal that follows the write (the leases of "Scaling Memcache at Facebook", 2013).
 */
export interface Cache {
  /** Looks, and takes the lease when there is nothing. */
  lookup(key: string, leaseMilliseconds: number): Promise<CacheLookup>;
  /**
   * Takes the lease of a key that has an entry, to refresh it; `undefined` while another holds it, unless `force`.
   * One load at a time wins: the lease taken last.
   */
  claim(key: string, leaseMilliseconds: number, force?: boolean): Promise<string | undefined>;
  /** Stores what was loaded under a lease; `false` when the lease is void, the record older, or the answer unknown. */
  fill(key: string, token: string, record: CacheRecord): Promise<boolean>;
  /** Stores without a lease what a change tells, and voids every lease; `false` when it is not newer, or unknown. */
  put(key: string, record: CacheRecord & { readonly version: number }): Promise<boolean>;
  /** Gives a lease back after a load that failed. */
  release(key: string, token: string): Promise<void>;
  /** Removes and voids the lease; `false` when it is not certain that it happened. */
  remove(key: string, removal?: CacheRemoval): Promise<boolean>;
  /** Removes everything of this application; `false` when it is not certain that it happened. */
  clear(): Promise<boolean>;
  /** `undefined` when it answers, else why not. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}
