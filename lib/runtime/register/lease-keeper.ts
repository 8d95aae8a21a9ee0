import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { loop } from '../loop';
import type { Logger } from '../telemetry/logger';
import type { LeaseState, ReadLease } from './lease';
import type { RegisterRecord } from './register';
import { wakingTime } from './waking-time';

/** Reads the register at its own Region's endpoint with strong consistency. */
export interface RegisterReader {
  /** The record; rejects when it cannot be read, or is not there, within the reader's own timeout. */
  read(): Promise<RegisterRecord>;
}

/** What keeps a lease. */
export interface LeaseKeeperOptions {
  readonly lease: ReadLease;
  readonly register: RegisterReader;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** At most this many reads are under way, so that one that hangs does not cost the lease. */
const OVERLAPPING_READS = 3;

/** Renews a read lease every third of its length; a failed or late read extends nothing. */
export class LeaseKeeper {
  private underWay = 0;
  /** How often the process woke: an answer that was asked for before tells nothing about the time after. */
  private waking = 0;
  private failure: string | undefined = 'the register was not read yet';
  private lastLogged = '';
  private readonly listeners: Array<(state: LeaseState) => void> = [];
  private readonly time: () => number;

  constructor(private readonly options: LeaseKeeperOptions) {
    this.time = wakingTime(options.clock);
  }

  /** Whether writes may be acknowledged at this moment. Cheap: asks the clocks, never the network. */
  current(): LeaseState {
    return this.options.lease.state(this.time());
  }

  /** The newest record known, whatever its age. */
  get record(): RegisterRecord | undefined {
    return this.options.lease.record;
  }

  /** `undefined` while the register answers; else why it does not. */
  get registerProblem(): string | undefined {
    const { lease } = this.options;
    const age = this.time() - (lease.readStartedAt ?? Number.NEGATIVE_INFINITY);
    if (age < lease.leaseMilliseconds) return undefined;
    return this.failure ?? 'the register was read too long ago';
  }

  /** Tells of each change of the state, as seen when a read ends. */
  onChange(listener: (state: LeaseState) => void): void {
    this.listeners.push(listener);
  }

  /** Renews until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, lease, logger } = this.options;
    const onError = (error: unknown) => logger.error('lease.failed', { error });
    return loop({ clock, signal, pauseMilliseconds: lease.leaseMilliseconds / 3, onError }, async () => {
      if (this.underWay < OVERLAPPING_READS) void this.renew();
    });
  }

  /**
   * Drops the lease and reads the register anew: to be called first whenever the process may have been frozen, such as
   * at the start of each invocation of a function. Its monotonic clock may have stood still with it, so a lease that
   * looks valid may be hours old, and so may an answer that was on its way. Never rejects.
   */
  async wake(): Promise<void> {
    this.waking += 1;
    this.options.lease.lapse();
    this.failure = 'the register was not read since the process woke';
    await this.renew();
  }

  /** One reading of the register. Never rejects. */
  async renew(): Promise<void> {
    const { lease, register } = this.options;
    const { waking } = this;
    const startedAt = this.time();
    this.underWay += 1;
    try {
      const record = await register.read();
      if (waking !== this.waking) return;
      lease.observe(startedAt, record);
      this.failure = undefined;
    } catch (error) {
      if (waking === this.waking) this.failure = reasonOf(error);
    } finally {
      this.underWay -= 1;
    }
    this.announce();
  }

  private announce(): void {
    const state = this.current();
    const summary = state.held
      ? `held ${state.epoch}`
      : `${state.reason} ${state.record?.epoch} ${state.record?.phase} ${state.record?.region}`;
    if (summary === this.lastLogged) return;
    this.lastLogged = summary;
    const facts = state.held
      ? { held: true, epoch: state.epoch }
      : { held: false, reason: state.reason, register: state.record, problem: this.failure };
    this.options.logger.info('lease.changed', facts);
    for (const listener of this.listeners) listener(state);
  }
}
