/** Says how long a call may be silent before a second attempt starts, and learns from those that answered. */
export interface HedgeDelay {
  /** Milliseconds; `Infinity` when it is not known yet: then there is no hedge. */
  current(): number;
  /** An attempt answered after so many milliseconds. */
  observe(milliseconds: number): void;
}

/** Always the same delay, such as the one that the topology's objectives give. */
export function fixedDelay(milliseconds: number): HedgeDelay {
  return { current: () => milliseconds, observe: () => undefined };
}

/** What a learned delay is made of. */
export interface PercentileDelayOptions {
  /** Share of the attempts that answer within the delay, from 0 to 1. @default 0.95 */
  readonly percentile?: number;
  /** Never hedge earlier, in milliseconds. @default 1 */
  readonly floorMilliseconds?: number;
  /** Answers before the delay is believed. @default 50 */
  readonly minimumAnswers?: number;
}

/** Buckets of a factor of 1.1 from 0.1 ms on reach past 10 minutes. */
const FACTOR = Math.log(1.1);
const BUCKETS = 170;
const SMALLEST_MILLISECONDS = 0.1;
/** The delay is computed anew after so many answers. */
const REFRESH = 32;
/** Answers after which each weighs half: the past fades. */
const HALF_AFTER = 2048;

/**
 * The delay that a share of the recent answers kept to, within 10 %. It learns from attempts that answered alone: one
 * that was cancelled says no more than "longer than this".
 */
export function percentileDelay(options: PercentileDelayOptions = {}): HedgeDelay {
  const { percentile = 0.95, floorMilliseconds = 1, minimumAnswers = 50 } = options;
  const counts = new Float64Array(BUCKETS);
  let total = 0;
  let untilRefresh = minimumAnswers;
  let delay = Number.POSITIVE_INFINITY;
  const refresh = () => {
    untilRefresh = REFRESH;
    let left = total * percentile;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && left > (counts[bucket] as number)) {
      left -= counts[bucket] as number;
      bucket += 1;
    }
    delay = Math.max(floorMilliseconds, SMALLEST_MILLISECONDS * Math.exp(bucket * FACTOR));
    if (total < HALF_AFTER) return;
    for (let index = 0; index < BUCKETS; index += 1) (counts[index] as number) /= 2;
    total /= 2;
  };
  return {
    current: () => delay,
    observe: milliseconds => {
      const place = Math.ceil(Math.log(milliseconds / SMALLEST_MILLISECONDS) / FACTOR);
      (counts[Math.min(BUCKETS - 1, Math.max(0, place))] as number) += 1;
      total += 1;
      untilRefresh -= 1;
      if (untilRefresh <= 0) refresh();
    },
  };
}
