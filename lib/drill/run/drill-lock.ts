import { HoldfastError } from '../../errors';
import type { Clock, Cloud, DrillLock } from '../../ports';
import { firstAnswer } from './endpoints';
import { isUnavailable } from './failures';

/** Unscaled seconds for which a lock binds after its last heartbeat. */
export const LOCK_LEASE_SECONDS = 30;

/** What a lock is taken with. */
export interface LockOptions {
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Regions whose endpoints are asked, in turn: the one that takes over first. */
  readonly endpoints: readonly string[];
  readonly holder: string;
  readonly drillId: string;
  readonly epoch: number;
  readonly timeScale: number;
  readonly signal?: AbortSignal;
}

/**
 * The drill lock as one process holds it. A holder counts its lease on its own monotonic clock from before the
 * write that renewed it, so that it stops before anybody else may take over; a taker waits a whole lease on its own
 * clock in which the heartbeat did not change.
 */
export class HeldLock {
  private readonly stop = new AbortController();
  private isLost = false;

  private constructor(
    private readonly options: LockOptions,
    private current: DrillLock,
    private renewedAt: number,
  ) {
    void this.beat();
  }

  /**
   * Takes the lock; waits a lease for one whose holder seems dead.
   * @throws HoldfastError `conflict` when another drill is under way, naming its holder
   */
  static async take(options: LockOptions): Promise<HeldLock> {
    const { cloud, clock, endpoints, timeScale, signal } = options;
    const read = () => firstAnswer(endpoints, region => cloud.readLock(region));
    const leaseSeconds = LOCK_LEASE_SECONDS / timeScale;
    let seen = await read();
    if (seen !== undefined && seen.holder !== options.holder) {
      await clock.sleep(Math.max(seen.leaseSeconds, leaseSeconds) * 1000, signal);
      const now = await read();
      if (now !== undefined && now.heartbeatAt !== seen.heartbeatAt) throw busy(now);
      seen = now;
    }
    const startedAt = clock.monotonic();
    const lock: DrillLock = {
      holder: options.holder,
      drillId: options.drillId,
      epoch: Math.max(options.epoch, seen?.epoch ?? 0),
      heartbeatAt: heartbeat(clock),
      leaseSeconds,
    };
    if (!(await firstAnswer(endpoints, region => cloud.takeLock(region, lock, seen)))) {
      // A write whose answer was lost is refused when it is repeated, here or within the SDK: by our own lock.
      const now = await read();
      if (now?.holder !== lock.holder || now.heartbeatAt !== lock.heartbeatAt) throw busy(now);
    }
    return new HeldLock(options, lock, startedAt);
  }

  /**
   * Returns while this process holds the lock, renewing it when it is due. Called before every act.
   * @throws HoldfastError `conflict` when another process has taken it, `unavailable` when that is unknown
   */
  async ensure(): Promise<void> {
    if (this.isLost) throw busy(undefined);
    if (!this.sure) await this.renew();
  }

  /** Whether this process holds the lock at this moment for certain, by its own clock alone. */
  get sure(): boolean {
    return !this.isLost && this.fresh(0.9);
  }

  /** Whether another process is known to have taken the lock. */
  get lost(): boolean {
    return this.isLost;
  }

  /** Notes a newer epoch; the next heartbeat carries it. */
  raise(epoch: number): void {
    this.current = { ...this.current, epoch: Math.max(epoch, this.current.epoch) };
  }

  /** Stops the heartbeat and gives the lock back; a failure leaves it to run out by itself. */
  async release(): Promise<void> {
    this.stop.abort();
    if (this.isLost) return;
    const { cloud, endpoints } = this.options;
    await firstAnswer(endpoints, region => cloud.releaseLock(region, this.current)).catch(() => undefined);
  }

  private fresh(share: number): boolean {
    const age = this.options.clock.monotonic() - this.renewedAt;
    return age < this.current.leaseSeconds * 1000 * share;
  }

  private async renew(): Promise<void> {
    const { cloud, clock, endpoints } = this.options;
    const startedAt = clock.monotonic();
    const next = { ...this.current, heartbeatAt: heartbeat(clock) };
    if (!(await firstAnswer(endpoints, region => cloud.renewLock(region, next)))) {
      this.isLost = true;
      throw busy(undefined);
    }
    this.current = { ...next, epoch: Math.max(next.epoch, this.current.epoch) };
    this.renewedAt = startedAt;
  }

  private async beat(): Promise<void> {
    const { clock } = this.options;
    const signal = this.stop.signal;
    try {
      while (!signal.aborted && !this.isLost) {
        await clock.sleep((this.current.leaseSeconds * 1000) / 3, signal);
        // A missed beat is not the end: `ensure` decides by the clock before the next act.
        await this.renew().catch(ignoreUnlessLost);
      }
    } catch {
      // Released while sleeping.
    }
  }
}

function ignoreUnlessLost(error: unknown): void {
  if (!isUnavailable(error)) throw error;
}

function heartbeat(clock: Clock): string {
  return `${clock.now().toISOString()}/${clock.monotonic().toFixed(3)}`;
}

function busy(lock: DrillLock | undefined): HoldfastError {
  const who = lock === undefined ? 'another process' : `${lock.drillId} of ${lock.holder}`;
  return new HoldfastError(
    'conflict',
    `another drill is under way: the drill lock is held by ${who}; wait until it has ended`,
  );
}
