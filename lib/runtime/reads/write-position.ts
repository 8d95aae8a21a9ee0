import type { Clock } from '../clock';

/** Least time between two questions, in milliseconds: what a write may wait longer, under load alone. */
const PACE = 5;

/**
 * The position after a write, asked for by many at once. A question that was sent before a commit says nothing about
 * it, so whoever comes while one is on its way, or too soon after it, shares the next one: however many write, the
 * database is asked at most 200 times a second.
 */
export class WritePosition {
  private current: Promise<bigint> | undefined;
  private next: Promise<bigint> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ask: () => Promise<bigint>,
    private readonly clock: Clock,
  ) {}

  /** A position at or after everything that was committed before this call. Rejects as `ask` does. */
  read(): Promise<bigint> {
    if (this.current === undefined && this.early() <= 0) return this.start();
    this.next ??= this.later();
    return this.next;
  }

  /** How much too soon it is for another question. */
  private early(): number {
    return this.askedAt + PACE - this.clock.monotonic();
  }

  private async later(): Promise<bigint> {
    await this.current?.catch(() => undefined);
    const early = this.early();
    if (early > 0) await this.clock.sleep(early);
    return this.start();
  }

  private start(): Promise<bigint> {
    this.next = undefined;
    this.askedAt = this.clock.monotonic();
    const asked = this.ask().finally(() => {
      if (this.current === asked) this.current = undefined;
    });
    this.current = asked;
    return asked;
  }
}
