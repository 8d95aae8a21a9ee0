import type { LeaderRecord } from './leader-store';
import { compareTokens, type FencingToken } from './token';

/** What a lease of a leadership needs to know. */
export interface LeaderLeaseOptions {
  /** Who this is: unique to this run of this process, such as a UUID; never a host's name, which a restart keeps. */
  readonly holder: string;
  /** How long a write makes a leader, in milliseconds from the write's start. */
  readonly leaseMilliseconds: number;
  /**
   * What an observer waits on top of a lease: at least the lease times the drift between two clocks. 5 % covers
   * clocks that are each 2 % wrong, of a machine whose clock is being slewed (adjtimex allows 0.05 %, others more).
   * @default 5 % of the lease
   */
  readonly marginMilliseconds?: number;
}

/** A tenure that is believed in. */
export interface Tenure {
  readonly token: FencingToken;
  /** End of the belief, on this process's monotonic clock, unless renewed. */
  readonly validUntil: number;
}

/**
 * One process's view of a lease. Pure: times of its own monotonic clock go in, and no time of another's ever does.
 *
 * The holder counts from the *start* of its last successful write. An observer counts from the *end* of the first
 * reading that showed the record as it is, which is later than that start, and waits a whole lease and the margin:
 * so, whatever the two clocks show, the observer's wait ends after the holder's belief.
 */
export class LeaderLease {
  readonly holder: string;
  readonly leaseMilliseconds: number;
  readonly marginMilliseconds: number;
  private seen: { readonly record: LeaderRecord; readonly at: number } | undefined;
  private tenure: { readonly record: LeaderRecord; readonly startedAt: number } | undefined;
  /** The highest beat ever used: a write whose answer was lost may have used it up. */
  private beat = 0;

  constructor(options: LeaderLeaseOptions) {
    this.holder = options.holder;
    this.leaseMilliseconds = options.leaseMilliseconds;
    this.marginMilliseconds = options.marginMilliseconds ?? options.leaseMilliseconds * 0.05;
  }

  /** Takes what a reading that ended at `endedAt` showed. */
  observe(record: LeaderRecord | undefined, endedAt: number): void {
    const before = this.seen?.record;
    const same =
      record !== undefined &&
      before !== undefined &&
      compareTokens(record.token, before.token) === 0 &&
      record.beat === before.beat &&
      record.holder === before.holder;
    if (!same) this.seen = record === undefined ? undefined : { record, at: endedAt };
  }

  /** How long from `now` until `epoch` may try to take the lease, in milliseconds; Infinity when it may not. */
  waitUntilTake(epoch: number, now: number): number {
    if (this.seen === undefined) return 0;
    const { record, at } = this.seen;
    if (record.token.epoch > epoch) return Number.POSITIVE_INFINITY;
    // A newer epoch began after the old one's writers had waited out the register's own lease (law 6).
    if (record.holder === undefined || record.token.epoch < epoch) return 0;
    const length = Math.max(record.leaseMilliseconds, this.leaseMilliseconds);
    return Math.max(0, at + length + this.marginMilliseconds - now);
  }

  /** The record to write in order to take the lease as it was last seen. */
  claim(epoch: number): LeaderRecord {
    const term = (this.seen?.record.token.term ?? 0) + 1;
    return {
      token: { epoch, term },
      beat: 0,
      holder: this.holder,
      leaseMilliseconds: this.leaseMilliseconds,
    };
  }

  /** The record of this holder, as last written or, after a write without an answer, as last seen. */
  own(epoch: number): LeaderRecord | undefined {
    const record = this.tenure?.record ?? this.seen?.record;
    return record?.holder === this.holder && record.token.epoch === epoch ? record : undefined;
  }

  /** The record to write in order to renew `own`. */
  renewal(own: LeaderRecord): LeaderRecord {
    this.beat = Math.max(this.beat, own.beat) + 1;
    return { ...own, beat: this.beat, leaseMilliseconds: this.leaseMilliseconds };
  }

  /** Takes note that `record` was written by a call that began at `startedAt` and is known to have succeeded. */
  written(record: LeaderRecord, startedAt: number): void {
    this.tenure = { record, startedAt };
  }

  /** Ends the belief. */
  lose(): void {
    this.tenure = undefined;
  }

  /** Forgets what was seen: it is known to be over. */
  forget(): void {
    this.lose();
    this.seen = undefined;
  }

  /** Ends the belief; the record to write in order to give the lease back, if there is one to give. */
  release(): LeaderRecord | undefined {
    const record = this.tenure?.record;
    this.lose();
    if (record === undefined) return undefined;
    const { holder: _, ...rest } = this.renewal(record);
    return rest;
  }

  /** The record as it was last seen, whoever holds it. */
  get lastSeen(): LeaderRecord | undefined {
    return this.seen?.record;
  }

  /** What is believed at `now`. */
  state(now: number): Tenure | undefined {
    if (this.tenure === undefined) return undefined;
    const validUntil = this.tenure.startedAt + this.leaseMilliseconds;
    return now < validUntil ? { token: this.tenure.record.token, validUntil } : undefined;
  }
}
