/** One look at a primary: how far its log was, and when. */
interface Sample {
  readonly at: number;
  readonly position: bigint;
}

/** Samples kept a standby; at four a second, ten minutes. */
const CAPACITY = 2400;

/**
 * Replication lag as an age: how long ago the primary wrote the first thing that the standby has not replayed.
 * It grows while a standby is silent, where the server's own `replay_lag` would repeat its last value.
 */
export class LagMeter {
  private samples: Sample[] = [];

  /** Notes the primary's position; `at` in milliseconds of a monotonic clock. */
  primaryAt(at: number, position: bigint): void {
    const last = this.samples.at(-1);
    // Only the first time of a position counts: the primary may idle on it for long.
    if (last?.position !== position) this.samples.push({ at, position });
    if (this.samples.length > CAPACITY) this.samples.shift();
  }

  /** Milliseconds of lag of a standby that has replayed up to `replayed`; undefined before the first sample. */
  lagOf(replayed: bigint, now: number): number | undefined {
    if (this.samples.length === 0) return undefined;
    const missing = this.samples.find(sample => sample.position > replayed);
    return missing === undefined ? 0 : Math.max(0, now - missing.at);
  }

  /** Forgets the samples: another server is the primary. */
  reset(): void {
    this.samples = [];
  }
}
