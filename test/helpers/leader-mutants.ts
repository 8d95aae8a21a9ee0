// The design of a leader's lease with one part taken out, to see that a proof notices.
import type { Clock } from '../../lib/runtime/clock';
import { LeaderLease } from '../../lib/runtime/leader/leader-lease';
import type { LeaderRecord } from '../../lib/runtime/leader/leader-store';

/** What is taken out of the design, to see that a proof notices. */
export type LeaderMutant =
  | 'no fence'
  | 'no margin'
  | 'wall clock'
  | 'lease from the end of the write'
  | "trust in the record's own time";

/** Mutant: counts the lease from the moment the answer of a write came. */
export class LateLease extends LeaderLease {
  constructor(
    options: ConstructorParameters<typeof LeaderLease>[0],
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    super(options);
  }

  override written(record: LeaderRecord): void {
    super.written(record, this.clock.monotonic());
  }
}

/** Mutant: the record says by the holder's wall clock when it ends, and the observer compares that with its own. */
export class TrustingLease extends LeaderLease {
  constructor(
    options: ConstructorParameters<typeof LeaderLease>[0],
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    super(options);
  }

  private stamped(record: LeaderRecord): LeaderRecord {
    return { ...record, expiresAt: this.clock.now().getTime() + this.leaseMilliseconds } as LeaderRecord;
  }

  override claim(epoch: number): LeaderRecord {
    return this.stamped(super.claim(epoch));
  }

  override renewal(own: LeaderRecord): LeaderRecord {
    return this.stamped(super.renewal(own));
  }

  override waitUntilTake(epoch: number, now: number): number {
    if (super.waitUntilTake(epoch, now) === 0) return 0;
    const { expiresAt = 0 } = this.lastSeen as LeaderRecord & { expiresAt?: number };
    return Math.max(0, expiresAt - this.clock.now().getTime());
  }
}

/** Mutant: measures by the wall clock. */
export function wallClock(process: Clock): Clock {
  return {
    now: () => process.now(),
    monotonic: () => process.now().getTime(),
    sleep: milliseconds => process.sleep(milliseconds),
  };
}
