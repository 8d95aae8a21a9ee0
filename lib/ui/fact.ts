import type { Clock } from '../ports';
import type { Fact } from './view';

/** The newest value of one thing that is looked at again and again, with the time of the look that saw it. */
export class Sighting<T> {
  private value: T | null = null;
  private seenAt: number | undefined;
  private why: string | undefined;

  constructor(private readonly clock: Clock) {}

  /** A look saw it. */
  saw(value: T): void {
    this.value = value;
    this.seenAt = this.clock.monotonic();
    this.why = undefined;
  }

  /** A look did not; the older value stays, and grows older. */
  missed(why: string): void {
    this.why = why;
  }

  /** What is known now. */
  fact(): Fact<T> {
    const { value, why, seenAt } = this;
    const ageSeconds = seenAt === undefined ? null : (this.clock.monotonic() - seenAt) / 1000;
    return { value, ageSeconds, ...(why === undefined ? {} : { why }) };
  }
}
