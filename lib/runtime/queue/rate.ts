/** A bucket of tokens whose rate may change at any time; it holds what one second brings. */
export class Rate {
  private tokens = 0;
  private filledAt: number | undefined;

  /** Whole tokens at `now`, in monotonic milliseconds. */
  available(perSecond: number, now: number): number {
    const most = Math.max(1, perSecond);
    const passed = this.filledAt === undefined ? 1000 : now - this.filledAt;
    this.tokens = Math.min(most, this.tokens + (passed * perSecond) / 1000);
    this.filledAt = now;
    return Math.floor(this.tokens);
  }

  take(count: number): void {
    this.tokens -= count;
  }

  /** Milliseconds until the next whole token. */
  wait(perSecond: number): number {
    return Math.max(0, Math.ceil(((1 - this.tokens) * 1000) / perSecond));
  }
}
