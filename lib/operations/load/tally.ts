import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Longest time that is told apart: five minutes, in microseconds. */
const HIGHEST = 300_000_000;

/** Answers of a second, of a journey or of a stage. */
export interface TallySummary {
  /** Requests that were due. */
  readonly requests: number;
  /** Answers of 500 and more, and what was not answered. */
  readonly failed: number;
  /** Of those, what was never sent since too much was under way already. */
  readonly unsent: number;
  /** Milliseconds from the moment at which a request was due to its answer. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Counts and times of requests; times are of all that were answered, well or not. */
export class Tally {
  private readonly times: RecordableHistogram;
  private readonly goodTimes: RecordableHistogram;
  private requests = 0;
  private failed = 0;
  private unsent = 0;

  /** @param judged whether it is held against promises: 3 significant digits and good answers apart; otherwise 2 */
  constructor(private readonly judged = true) {
    const figures = judged ? 3 : 2;
    this.times = createHistogram({ lowest: 1, highest: HIGHEST, figures });
    this.goodTimes = judged ? createHistogram({ lowest: 1, highest: HIGHEST, figures }) : this.times;
  }

  answered(milliseconds: number, failed: boolean): void {
    const microseconds = Math.min(HIGHEST, Math.max(1, Math.round(milliseconds * 1000)));
    this.times.record(microseconds);
    this.requests += 1;
    if (failed) this.failed += 1;
    else if (this.judged) this.goodTimes.record(microseconds);
  }

  /** Adds what another judged tally holds. */
  add(other: Tally): void {
    this.times.add(other.times);
    this.goodTimes.add(other.goodTimes);
    this.requests += other.requests;
    this.failed += other.failed;
    this.unsent += other.unsent;
  }

  notSent(): void {
    this.requests += 1;
    this.failed += 1;
    this.unsent += 1;
  }

  /** Share of all requests that failed or took longer than so many milliseconds, 0 without requests. */
  badShare(limitMilliseconds: number): number {
    if (this.requests === 0) return 0;
    return (this.requests - this.goodWithin(limitMilliseconds * 1000)) / this.requests;
  }

  /** Share of all requests that failed. */
  failedShare(): number {
    return this.requests === 0 ? 0 : this.failed / this.requests;
  }

  summary(): TallySummary {
    const at = (percentile: number) =>
      this.times.count === 0 ? 0 : this.times.percentile(percentile) / 1000;
    const { requests, failed, unsent } = this;
    const max = this.times.count === 0 ? 0 : this.times.max / 1000;
    return { requests, failed, unsent, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max };
  }

  /** Good answers within a time, by halving: a histogram tells the time of a share, and not the share of a time. */
  private goodWithin(microseconds: number): number {
    const { goodTimes } = this;
    if (goodTimes.count === 0) return 0;
    if (goodTimes.max <= microseconds) return goodTimes.count;
    let [low, high] = [0, 100];
    for (let round = 0; round < 40; round += 1) {
      const middle = (low + high) / 2;
      if (middle > 0 && goodTimes.percentile(middle) <= microseconds) low = middle;
      else high = middle;
    }
    return Math.round((low / 100) * goodTimes.count);
  }
}
