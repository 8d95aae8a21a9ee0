import type { Clock } from '../clock';
import { RuntimeError } from '../errors';
import { after } from '../policy/timer';
import type { Priority } from './priority';
import { WaitingLine } from './waiting-line';

/** What admission is measured by. All times in milliseconds. */
export interface AdmissionOptions {
  readonly clock: Clock;
  /** Most requests in hand at once; about what the parts behind can work on, so that whoever must wait waits here. */
  readonly maximumInHand: number;
  /** Fewest, however late the event loop is. @default a tenth of the most, at least 1 */
  readonly minimumInHand?: number;
  /** A wait that is fine for good. @default 50 */
  readonly targetMilliseconds?: number;
  /** A wait that is fine for a moment, and how long a moment is. @default 500 */
  readonly intervalMilliseconds?: number;
  /** An event loop that is later than this all through an interval has too much in hand. @default 200 */
  readonly loopTargetMilliseconds?: number;
  /** Most that wait. @default 1000 */
  readonly maximumWaiting?: number;
}

/** What admission has done so far. */
export interface AdmissionCounts {
  readonly admitted: number;
  readonly shed: number;
}

/**
 * Load shedding by queueing delay, after CoDel (RFC 8289): when all through an interval someone had waited longer than
 * the target, there is a standing queue. From then on whoever has waited longer than the target is turned away, until
 * an interval in which the line was empty for once; otherwise a burst may wait up to the interval. No rate is configured: what is served adapts to what the parts behind can do, and what is
 * admitted never waited longer than the interval, or the target under lasting overload.
 *
 * What waits in the event loop is not seen here, so its delay is reported by `observeLoop`: a loop that stays late
 * lowers the number in hand by a quarter an interval, and one that is on time raises it by a twentieth of the most.
 */
export class Admission {
  private readonly target: number;
  private readonly interval: number;
  private readonly line = new WaitingLine();
  private inHand = 0;
  private limit: number;
  private overload = false;
  private intervalEnds: number;
  private leastAge = Number.POSITIVE_INFINITY;
  private leastLoopDelay = Number.POSITIVE_INFINITY;
  private stopTimer: (() => void) | undefined;
  private admitted = 0;
  private shed = 0;

  constructor(private readonly options: AdmissionOptions) {
    this.target = options.targetMilliseconds ?? 50;
    this.interval = options.intervalMilliseconds ?? 500;
    this.limit = options.maximumInHand;
    this.intervalEnds = options.clock.monotonic() + this.interval;
  }

  /** Whether there is a standing queue. */
  get overloaded(): boolean {
    return this.overload;
  }

  /** How many are in hand. */
  get inHandNow(): number {
    return this.inHand;
  }

  /** How many may be in hand now. */
  get inHandLimit(): number {
    return this.limit;
  }

  /** How often it let in and turned away. */
  get counts(): AdmissionCounts {
    return { admitted: this.admitted, shed: this.shed };
  }

  /** Runs `work` when its turn comes. @throws RuntimeError `overloaded` before the work began */
  run<T>(priority: Priority, work: () => Promise<T>): Promise<T> {
    return this.enter() ? this.perform(work) : this.wait(priority).then(() => this.perform(work));
  }

  private perform<T>(work: () => Promise<T>): Promise<T> {
    const leave = () => this.leave();
    try {
      const working = work();
      working.then(leave, leave);
      return working;
    } catch (error) {
      leave();
      return Promise.reject(error);
    }
  }

  /** Hears how late the event loop was just now. */
  observeLoop(delayMilliseconds: number): void {
    this.leastLoopDelay = Math.min(this.leastLoopDelay, delayMilliseconds);
    this.look(this.options.clock.monotonic());
  }

  private enter(): boolean {
    if (this.inHand >= this.limit || this.line.length > 0) return false;
    this.inHand += 1;
    this.admitted += 1;
    this.leastAge = 0;
    return true;
  }

  private wait(priority: Priority): Promise<void> {
    const now = this.options.clock.monotonic();
    this.look(now);
    const full = this.line.length >= (this.options.maximumWaiting ?? 1000);
    const displaced = full ? this.line.lesser(priority) : undefined;
    displaced?.refuse();
    return new Promise((resolve, reject) => {
      const refuse = () => {
        this.shed += 1;
        reject(new RuntimeError('overloaded', 'too much waits here already; nothing was done'));
      };
      if (full && displaced === undefined) return refuse();
      this.line.push(priority, { since: now, admit: resolve, refuse });
      this.admitWaiting(now);
      this.watch();
    });
  }

  private leave(): void {
    this.inHand -= 1;
    if (this.line.length > 0) this.admitWaiting(this.options.clock.monotonic());
  }

  private admitWaiting(now: number): void {
    this.look(now);
    this.leastAge = Math.min(this.leastAge, now - (this.line.oldest ?? Number.NEGATIVE_INFINITY));
    while (this.inHand < this.limit) {
      const next = this.line.next();
      if (next === undefined) break;
      this.inHand += 1;
      this.admitted += 1;
      next.admit();
    }
    if (this.line.length === 0) this.leastAge = 0;
  }

  /** Ends an interval that is over, and turns away who has waited too long. */
  private look(now: number): void {
    if (now >= this.intervalEnds) {
      const least = Math.min(this.leastAge, now - (this.line.oldest ?? Number.NEGATIVE_INFINITY));
      // With waits cut at the target the line can only look short; it is over when it was empty.
      const standing = Number.isFinite(least) && least > this.target;
      this.overload = standing || (this.overload && least > 0);
      this.adaptLimit();
      this.intervalEnds = now + this.interval;
      this.leastAge = Number.POSITIVE_INFINITY;
      this.leastLoopDelay = Number.POSITIVE_INFINITY;
    }
    if (this.line.length === 0) return;
    const longest = this.overload ? this.target : this.interval;
    for (const late of this.line.expired(now - longest)) late.refuse();
  }

  private adaptLimit(): void {
    const {
      maximumInHand: most,
      minimumInHand = Math.ceil(most / 10),
      loopTargetMilliseconds: punctual = 200,
    } = this.options;
    const late = Number.isFinite(this.leastLoopDelay) && this.leastLoopDelay > punctual;
    this.limit = late
      ? Math.max(Math.min(minimumInHand, most), Math.floor(this.limit * 0.75))
      : Math.min(most, this.limit + Math.ceil(most / 20));
  }

  /** Looks again by itself while someone waits: when everything in hand is stuck, nothing else would. */
  private watch(): void {
    if (this.stopTimer !== undefined || this.line.length === 0) return;
    this.stopTimer = after(this.options.clock, this.target / 2, () => {
      this.stopTimer = undefined;
      this.admitWaiting(this.options.clock.monotonic());
      this.watch();
    });
  }
}
