/** What bounds extra attempts. */
export interface BudgetOptions {
  /** Tokens earned by one call, from 0 to 1: the share of extra attempts in the long run. */
  readonly ratio: number;
  /** Most tokens that are kept: what a burst may use. */
  readonly reserve: number;
  /** Tokens at the start. @default 0 */
  readonly start?: number;
}

/** Parts of a token, so that twenty twentieths are exactly one. */
const PARTS = 10_000;

/**
 * A token bucket that fills by calls and not by time: extra attempts stay a share of the calls, however many come. Ever
 * taken is at most `start + ratio x earned`, and in any stretch at most `reserve + ratio x earned in it`.
 */
export class Budget {
  private parts: number;
  private readonly share: number;
  private readonly most: number;

  /** @throws RangeError when an option is no number in its range */
  constructor({ ratio, reserve, start = 0 }: BudgetOptions) {
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio is ${ratio}; use 0 to 1`);
    if (!(reserve >= 0 && start >= 0 && start <= reserve)) {
      throw new RangeError(
        `reserve is ${reserve}, start ${start}; use 0 or more, and no start above the reserve`,
      );
    }
    this.share = Math.floor(ratio * PARTS);
    this.most = Math.floor(reserve * PARTS);
    this.parts = Math.floor(start * PARTS);
  }

  /** Whole and broken tokens in hand. */
  get tokens(): number {
    return this.parts / PARTS;
  }

  /** A call earned its share. */
  earn(): void {
    this.parts = Math.min(this.most, this.parts + this.share);
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    if (this.parts < PARTS) return false;
    this.parts -= PARTS;
    return true;
  }

  /** Gives back a token that was taken for an attempt that then was not made. */
  giveBack(): void {
    this.parts = Math.min(this.most, this.parts + PARTS);
  }
}
