import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import type { RegisterReader } from './lease-keeper';
import { isActive } from './register';

/** What an epoch gate stands on. */
export interface EpochGateOptions {
  /** This Region. */
  readonly region: string;
  readonly register: RegisterReader;
  readonly clock: Pick<Clock, 'monotonic'>;
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

  constructor(private readonly options: EpochGateOptions) {}

  /**
   * The epoch under which work may be done now; reads the register when the last reading has served its time.
   *
   * @throws RuntimeError `not-active` when another Region is active, when this one's epoch was raised meanwhile, or
   * when the register cannot be read: unknown is no permission
   */
  epoch(): Promise<number> {
    const { clock } = this.options;
    if (this.held !== undefined && clock.monotonic() < this.held.until)
      return Promise.resolve(this.held.epoch);
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<number> {
    const { clock, region, register, leaseMilliseconds } = this.options;
    const startedAt = clock.monotonic();
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
    this.held = { epoch: record.epoch, until: startedAt + leaseMilliseconds };
    return record.epoch;
  }
}
