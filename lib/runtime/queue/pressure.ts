/** Pause after a first failure, and the longest after many, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/**
 * How much may be in work: at most what is configured, half of it after each failure, and step by step more while work
 * succeeds (additive increase, multiplicative decrease: Chiu and Jain, 1989). So what is behind slows the intake down
 * instead of seeing every message fail.
 */
export class Pressure {
  private limit = Number.POSITIVE_INFINITY;
  private inFlight = 0;
  private failures = 0;
  private restUntil = 0;

  /** How many more may be taken now. */
  free(maximum: number, now: number): number {
    this.limit = Math.min(this.limit, maximum);
    return now < this.restUntil ? 0 : Math.max(0, Math.floor(this.limit) - this.inFlight);
  }

  /** Milliseconds until anything may be taken, as far as failures are concerned. */
  rest(now: number): number {
    return Math.max(0, this.restUntil - now);
  }

  begin(count: number): void {
    this.inFlight += count;
  }

  /** Notes what became of messages that were in work. */
  end(worked: number, failed: number, now: number): void {
    this.inFlight -= worked + failed;
    if (failed === 0) {
      this.failures = 0;
      this.limit += worked / Math.max(1, this.limit);
      return;
    }
    this.limit = Math.max(1, this.limit / 2);
    // A part that fails is the message's own fault more often than the world's; all of it, the world's.
    if (worked > 0) return;
    this.restUntil = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.failures += 1;
  }
}
