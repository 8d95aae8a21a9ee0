import type { Clock } from '../clock';
import { loop } from '../loop';
import type { Logger } from '../telemetry/logger';
import type { LeaderLease, Tenure } from './leader-lease';
import type { LeaderRecord, LeaderStore } from './leader-store';
import { tokenText } from './token';

/** What an election stands on. */
export interface LeaderElectionOptions {
  /** What is led; for logs. */
  readonly name: string;
  readonly lease: LeaderLease;
  readonly store: LeaderStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * The epoch under which this process may lead at this moment: that of the Region's read lease
   * (`LeaseKeeper.current()`); undefined where the Region is not active, and then nothing is led. An application
   * without a register answers 0.
   */
  readonly epoch: () => number | undefined;
}

/**
 * Stands for a leadership until told to stop. Never relied on alone: what a leader writes carries `token`, and what is
 * written to refuses an older one (`leader-fence.ts`), since a process may be stopped between any look and its deed.
 *
 * A leader that dies is followed within a lease and two heartbeats, when another one can reach the store.
 */
export class LeaderElection {
  private readonly listeners = new Set<(tenure: Tenure | undefined) => void>();
  private announced: string | undefined;

  constructor(private readonly options: LeaderElectionOptions) {}

  /** Time between two writes of a holder, and between two readings of an observer, in milliseconds. */
  get heartbeatMilliseconds(): number {
    return this.options.lease.leaseMilliseconds / 3;
  }

  /** The tenure at this very moment; undefined when this process does not lead. Cheap: asks no network. */
  current(): Tenure | undefined {
    const tenure = this.options.lease.state(this.options.clock.monotonic());
    return tenure !== undefined && tenure.token.epoch === this.options.epoch() ? tenure : undefined;
  }

  /**
   * Tells of each win and each loss, as soon as it is noticed: a loss by a pause is noticed after the pause.
   *
   * @returns a function that ends the telling
   */
  onChange(listener: (tenure: Tenure | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stands until the signal aborts, then gives the lease back, so that the next one need not wait. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const onError = (error: unknown) => this.complain('leader.failed', error);
    await loop({ clock, signal, pauseMilliseconds: this.heartbeatMilliseconds, onError }, () => this.turn());
    await this.resign();
  }

  /** One look or one renewal; how long to pause after it. */
  private async turn(): Promise<number> {
    const startedAt = this.options.clock.monotonic();
    let period = this.heartbeatMilliseconds;
    try {
      await this.act();
    } catch (error) {
      this.complain('leader.unreachable', error);
      period /= 2;
    }
    this.announce();
    const now = this.options.clock.monotonic();
    return Math.max(1, Math.min(startedAt + period - now, this.waitUntilTake(now)));
  }

  private act(): Promise<void> {
    const { lease } = this.options;
    const epoch = this.options.epoch();
    if (epoch === undefined) return Promise.resolve(lease.lose());
    const own = lease.own(epoch);
    return own === undefined ? this.stand(epoch) : this.renew(own);
  }

  private async renew(own: LeaderRecord): Promise<void> {
    const { clock, lease, store } = this.options;
    const next = lease.renewal(own);
    const startedAt = clock.monotonic();
    if (await store.renew(next, lease.holder)) lease.written(next, startedAt);
    else lease.forget();
  }

  private async stand(epoch: number): Promise<void> {
    const { clock, lease, store } = this.options;
    lease.lose();
    const seen = await store.read();
    const startedAt = clock.monotonic();
    lease.observe(seen, startedAt);
    const own = lease.own(epoch);
    // A win whose answer was lost, or one from before the register was out of reach: still this holder's.
    if (own !== undefined) return this.renew(own);
    if (lease.waitUntilTake(epoch, startedAt) > 0) return;
    const claim = lease.claim(epoch);
    if (await store.take(claim, seen)) lease.written(claim, startedAt);
  }

  /** How long until another's lease may be taken, in milliseconds; Infinity when there is nothing to wait for. */
  private waitUntilTake(now: number): number {
    const { lease } = this.options;
    const epoch = this.options.epoch();
    if (epoch === undefined || lease.lastSeen?.holder === undefined || lease.own(epoch) !== undefined)
      return Number.POSITIVE_INFINITY;
    return lease.waitUntilTake(epoch, now) || Number.POSITIVE_INFINITY;
  }

  private async resign(): Promise<void> {
    const { lease, store } = this.options;
    // The belief ends first: who gives back what it still believes in would be one of two leaders.
    const released = lease.release();
    this.announce();
    if (released === undefined) return;
    await store.renew(released, lease.holder).catch(error => this.complain('leader.not-given-back', error));
  }

  private complain(event: string, error: unknown): void {
    this.options.logger.warn(event, { leadership: this.options.name, error });
  }

  private announce(): void {
    const tenure = this.current();
    const summary = tenure && tokenText(tenure.token);
    if (summary === this.announced) return;
    this.announced = summary;
    this.options.logger.info('leader.changed', { leadership: this.options.name, leads: summary ?? 'not' });
    for (const listener of this.listeners) listener(tenure);
  }
}
