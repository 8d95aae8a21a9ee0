import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import type { RegisterReader } from './lease-keeper';
import { isActive } from './register';
import { wakingTime } from './waking-time';

/** What an epoch gate stands on. */
export interface EpochGateOptions {
  /** This Region. */
  readonly region: string;
  readonly register: RegisterReader;
  readonly clock: Pick<Clock, 'monotonic' | 'now' | 'sinceBoot'>;
  /** How long one reading serves, in milliseconds: the lease, less the longest time that one message takes. */
  readonly leaseMilliseconds: number;
}

/**
 * Lets a consumer work only while the register names its Region active. Made anew for each invocation: a function
 * that is frozen between two of them cannot trust what it read before, nor the clock that it read it by.
 */
export class EpochGate {
  private held: { readonly epoch: number; readonly until: number } | undefined;
  private reading: Promise<number> | undefined;

  private readonly time: () => number;

  constructor(private readonly options: EpochGateOptions) {
    this.time = wakingTime(options.clock);
  }

  /**
   * The epoch under which work may be done now; reads the register when the last reading has served its time.
   *
   * @throws RuntimeError `not-active` when another Region is active, when this one's epoch was raised meanwhile, or
   * when the register cannot be read in time: unknown is no permission
   */
  epoch(): Promise<number> {
    if (this.held !== undefined && this.time() < this.held.until) return Promise.resolve(this.held.epoch);
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<number> {
    const { region, register, leaseMilliseconds } = this.options;
    const until = this.time() + leaseMilliseconds;
    const record = await register.read().catch(error => {
      throw new RuntimeError('not-active', `the register cannot be read: ${reasonOf(error)}`);
    });
    if (!isActive(record, region)) {
      const { epoch, phase } = record;
      throw new RuntimeError('not-active', `epoch ${epoch} is ${phase} in ${record.region}, not here`);
    }
    if (this.held !== undefined && this.held.epoch !== record.epoch) {
      throw new RuntimeError(
        'not-active',
        `epoch ${record.epoch} began while epoch ${this.held.epoch} was worked`,
      );
    }
    // An answer that was so long on its way, or that a process slept over, tells of a time that is over.
    if (this.time() >= until)
      throw new RuntimeError('not-active', 'the register answered too late to be believed');
    this.held = { epoch: record.epoch, until };
    return record.epoch;
  }
}
