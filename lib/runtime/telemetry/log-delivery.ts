import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import { loop } from '../loop';

/** One line with its time, in milliseconds since 1970. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Where lines go; rejects when they were not taken. */
export type PutLogEvents = (events: readonly LogEvent[]) => Promise<void>;

/** How lines are delivered. */
export interface LogDeliveryOptions {
  readonly clock: Clock;
  readonly put: PutLogEvents;
  /** Told when the delivery begins to fail and when it is well again: on a way that does not lead here. */
  readonly onChange: (problem: string | undefined) => void;
  /** Pause between two deliveries, in milliseconds. @default 5000 */
  readonly pauseMilliseconds?: number;
  /** Bytes that wait at most; later lines are dropped and counted. @default 8388608 */
  readonly mostBytes?: number;
}

/** Limits of one call: events, bytes with 26 for each event, time. Source: PutLogEvents, API reference. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_000_000;
const EVENT_BYTES = 26;
/** Longest time that one call spans, in milliseconds: the service takes 24 hours, and we stay below. */
const LONGEST_SPAN = 23 * 3_600_000;
/** A longer line is cut: a line that no call takes would stand in the way of all others. */
const LONGEST = 200_000;

/**
 * Delivers the lines of a process in batches in the background, in their order. Where they go may be away: they wait,
 * bounded, and what does not fit is counted and told with the next batch. A process that is killed loses its last seconds.
 */
export class LogDelivery {
  /** Lines that were dropped so far. */
  dropped = 0;
  private toldDropped = 0;
  private waiting: LogEvent[] = [];
  private bytes = 0;
  private problem: string | undefined;

  constructor(private readonly options: LogDeliveryOptions) {}

  /** Takes a line; costs no call. */
  readonly take = (line: string): void => {
    const message = line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
    const size = sizeOf(message);
    if (this.bytes + size > (this.options.mostBytes ?? 8 * 1024 ** 2)) {
      this.dropped += 1;
      return;
    }
    this.bytes += size;
    this.waiting.push({ timestamp: this.options.clock.now().getTime(), message });
  };

  /** Delivers until the signal aborts, and then what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, pauseMilliseconds = 5000 } = this.options;
    await loop({ clock, signal, pauseMilliseconds, onError: () => undefined }, async () => {
      await this.deliver();
      return undefined;
    });
    await this.deliver();
  }

  /** Delivers all that waits. Never rejects: what was not taken waits for the next time. */
  async deliver(): Promise<void> {
    this.tellDropped();
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      try {
        await this.options.put(batch);
      } catch (error) {
        this.note(reasonOf(error));
        return;
      }
      this.waiting = this.waiting.slice(batch.length);
      this.bytes -= batch.reduce((sum, { message }) => sum + sizeOf(message), 0);
      this.note(undefined);
    }
  }

  private nextBatch(): readonly LogEvent[] {
    let bytes = 0;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    const end = this.waiting.findIndex(({ message, timestamp }, index) => {
      bytes += sizeOf(message);
      first = Math.min(first, timestamp);
      last = Math.max(last, timestamp);
      return index === MOST_EVENTS || bytes > MOST_BYTES || last - first > LONGEST_SPAN;
    });
    const batch = end === -1 ? this.waiting : this.waiting.slice(0, Math.max(1, end));
    // A clock that was put back must not have a whole batch refused.
    return batch.toSorted((left, right) => left.timestamp - right.timestamp);
  }

  private tellDropped(): void {
    const { dropped, toldDropped } = this;
    if (dropped === toldDropped) return;
    const time = this.options.clock.now();
    const line = { time: time.toISOString(), level: 'warn', message: 'logs.dropped' };
    const message = JSON.stringify({ ...line, lines: dropped - toldDropped });
    this.waiting.push({ timestamp: time.getTime(), message });
    this.bytes += sizeOf(message);
    this.toldDropped = dropped;
  }

  private note(problem: string | undefined): void {
    if ((problem === undefined) !== (this.problem === undefined)) this.options.onChange(problem);
    this.problem = problem;
  }
}

/** UTF-8 takes three bytes for a unit of a JavaScript string at the most; most lines are of one each. */
const sizeOf = (message: string): number => Buffer.byteLength(message) + EVENT_BYTES;
