/**
 * Fencing token of a leader: the epoch of the register first, then the term of the lease within it. So a leader of an
 * older epoch never beats one of a newer epoch, whatever the terms of the two: the terms of a Region that lost data
 * may have fallen back, its epoch has not.
 */
export interface FencingToken {
  /** Epoch of the register under which the lease was won; 0 where an application has no register. */
  readonly epoch: number;
  /** Raised by one with every win; never lowered in one store. */
  readonly term: number;
}

/** Negative when `a` is older than `b`, 0 when they are the same, else positive. */
export function compareTokens(a: FencingToken, b: FencingToken): number {
  return a.epoch - b.epoch || a.term - b.term;
}

/** The token as people read it in logs. */
export const tokenText = ({ epoch, term }: FencingToken): string => `epoch ${epoch}, term ${term}`;
