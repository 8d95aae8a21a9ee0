/** How long to wait before the n-th turn (from 1), in milliseconds; `random` is from 0 to below 1. */
export type Backoff = (turn: number, random: () => number) => number;

/** The shape of a growing pause. */
export interface ExponentialOptions {
  /** Upper bound of the first pause, in milliseconds. */
  readonly baseMilliseconds: number;
  /** Upper bound of every pause, in milliseconds. */
  readonly capMilliseconds: number;
}

/**
 * Anything from 0 to `base x 2^(turn - 1)`, at most the cap. The whole span is drawn, since clients that failed
 * together come back together otherwise ("Exponential Backoff And Jitter", AWS Architecture Blog).
 */
export function fullJitter({ baseMilliseconds, capMilliseconds }: ExponentialOptions): Backoff {
  return (turn, random) => random() * ceiling(baseMilliseconds, capMilliseconds, turn);
}

/**
 * The upper half of the same span: for what must not come back at once, such as a circuit that has just opened.
 */
export function equalJitter({ baseMilliseconds, capMilliseconds }: ExponentialOptions): Backoff {
  return (turn, random) => (0.5 + random() / 2) * ceiling(baseMilliseconds, capMilliseconds, turn);
}

/** Always the same pause. */
export function constant(milliseconds: number): Backoff {
  return () => milliseconds;
}

// 2^30 is far past any cap; without a limit the power becomes Infinity, and Infinity x 0 is NaN.
const ceiling = (base: number, cap: number, turn: number): number =>
  Math.min(cap, base * 2 ** Math.min(turn - 1, 30));
