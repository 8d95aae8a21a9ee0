/** Decides when a closed circuit opens. Stateful: one for each breaker. */
export interface BreakerRule {
  succeeded(now: number): void;
  /** Notes a failure; true when the circuit is to open. */
  failed(now: number): boolean;
  /** Forgets everything: the circuit has closed again. */
  clear(): void;
}

/** Opens at the n-th failure without a success between them. */
export function consecutiveFailures(count: number): BreakerRule {
  let failures = 0;
  return {
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures += 1;
      return failures >= count;
    },
    clear: () => {
      failures = 0;
    },
  };
}

/** When a share of failures opens a circuit. */
export interface FailureRateOptions {
  /** Share of the calls in the window that failed, from 0 to 1. @default 0.5 */
  readonly threshold?: number;
  /** Fewest calls in the window that say anything. @default 10 */
  readonly minimumCalls?: number;
  /** @default 10000 */
  readonly windowMilliseconds?: number;
}

/** Parts of the window; what is forgotten at once is a tenth of it. */
const BUCKETS = 10;

/** Opens when at least `minimumCalls` came in the window and the share of failures reaches the threshold. */
export function failureRate(options: FailureRateOptions = {}): BreakerRule {
  const { threshold = 0.5, minimumCalls = 10, windowMilliseconds = 10_000 } = options;
  const width = windowMilliseconds / BUCKETS;
  const calls = new Float64Array(BUCKETS);
  const failures = new Float64Array(BUCKETS);
  let slot = Number.NEGATIVE_INFINITY;
  let allCalls = 0;
  let allFailures = 0;
  const clear = () => {
    calls.fill(0);
    failures.fill(0);
    allCalls = 0;
    allFailures = 0;
  };
  const bucketAt = (now: number): number => {
    const current = Math.floor(now / width);
    if (current - slot >= BUCKETS) clear();
    else {
      for (let old = slot + 1; old <= current; old += 1) {
        const bucket = modulo(old);
        allCalls -= calls[bucket] as number;
        allFailures -= failures[bucket] as number;
        calls[bucket] = 0;
        failures[bucket] = 0;
      }
    }
    slot = Math.max(slot, current);
    return modulo(slot);
  };
  return {
    succeeded: now => {
      const bucket = bucketAt(now);
      (calls[bucket] as number)++;
      allCalls += 1;
    },
    failed: now => {
      const bucket = bucketAt(now);
      (calls[bucket] as number)++;
      (failures[bucket] as number)++;
      allCalls += 1;
      allFailures += 1;
      return allCalls >= minimumCalls && allFailures >= threshold * allCalls;
    },
    clear,
  };
}

const modulo = (slot: number): number => ((slot % BUCKETS) + BUCKETS) % BUCKETS;
