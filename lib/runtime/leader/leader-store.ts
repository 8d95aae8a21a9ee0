import type { FencingToken } from './token';

/** The lease of one leadership as it is stored: one item, or one row. It holds no time: times are each reader's own. */
export interface LeaderRecord {
  /** The newest win. */
  readonly token: FencingToken;
  /** Raised by each renewal within a term, so that an observer sees the holder's life. */
  readonly beat: number;
  /** Who holds it; absent once it was given back. */
  readonly holder?: string;
  /** How long the holder believes in it after the start of a write, in milliseconds on the holder's clock. */
  readonly leaseMilliseconds: number;
}

/**
 * Where a lease is kept. Each write is conditional and takes effect at once or never. A write that rejects may have
 * taken effect: nobody relies on either. Each call ends within the adapter's own timeout, at most a third of a lease.
 */
export interface LeaderStore {
  /** The record, strongly consistent; undefined before the first win. */
  read(): Promise<LeaderRecord | undefined>;
  /**
   * Writes `next` if the record is still exactly `seen`, by token and beat, or is still absent.
   *
   * @returns false when it is not, and when the store could not tell (a conflict between Regions): not won
   */
  take(next: LeaderRecord, seen: LeaderRecord | undefined): Promise<boolean>;
  /**
   * Writes `next` if the record has the same token, is held by `holder` and has a lower beat: a renewal, or with no
   * holder in `next` a giving back. A late write of an earlier beat so changes nothing.
   *
   * @returns false when the tenure is over
   */
  renew(next: LeaderRecord, holder: string): Promise<boolean>;
}
