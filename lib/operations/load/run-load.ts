import type { Clock } from '../../ports';
import type { LoadRequest, RequestMaker } from './requests';
import { type Arrivals, dueTimes, type LoadStage } from './stages';
import { Tally } from './tally';

/**
 * Sends one request; `done` is called with the status, or with nothing when there was no answer. Gives back what ends it:
 * after that, `done` counts no more.
 */
export type Send = (request: LoadRequest, done: (status: number | undefined) => void) => () => void;

/** A load to run. */
export interface LoadRun {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly requests: RequestMaker;
  readonly send: Send;
  /** @default 'poisson' */
  readonly arrivals?: Arrivals;
  /** Milliseconds after which a request that was due counts as failed and is ended. @default 10000 */
  readonly timeoutMilliseconds?: number;
  /** Requests under way at most; what is due beyond is counted as failed, and never sent. @default 20000 */
  readonly mostUnderWay?: number;
  /** Told each second. */
  readonly onSecond?: (stage: string, rate: number, second: Tally) => void;
}

/** What one stage came to. */
export interface StageResult {
  readonly stage: LoadStage;
  readonly all: Tally;
  readonly journeys: ReadonlyMap<string, Tally>;
  /** One a second, by the moment at which requests were due. */
  readonly seconds: readonly Tally[];
  /** Seconds by which the last request left late: more than a little means that this machine was the limit. */
  readonly lateSeconds: number;
}

const TICK_MILLISECONDS = 1;

/** One request that was sent and has no answer yet. */
interface UnderWay {
  readonly due: number;
  readonly end: () => void;
  settled: boolean;
}

/**
 * Runs one stage: an open model, in which requests come when they are due and wait for nobody. A time is counted from that
 * moment, so that an answer which was waited for by others is as long for them too (coordinated omission).
 */
export function runStage(run: LoadRun, stage: LoadStage): Promise<StageResult> {
  return new StageRun(run, stage).result();
}

class StageRun {
  private readonly journeys = new Map<string, Tally>();
  private readonly seconds: Tally[];
  /** In the order in which they were due; the oldest stands at `head`. */
  private readonly sent: UnderWay[] = [];
  private head = 0;
  private open = 0;
  private late = 0;
  private told = 0;
  private readonly start: number;

  constructor(
    private readonly run: LoadRun,
    private readonly stage: LoadStage,
  ) {
    this.seconds = Array.from({ length: Math.ceil(stage.seconds) }, () => new Tally(false));
    this.start = run.clock.monotonic();
  }

  async result(): Promise<StageResult> {
    const { clock, signal, random, arrivals = 'poisson' } = this.run;
    const times = dueTimes(this.stage, arrivals, random);
    let next = times.next();
    while ((!next.done || this.open > 0) && !signal.aborted) {
      const now = this.now();
      while (!next.done && next.value <= now) {
        this.late = now - next.value;
        this.fire(next.value);
        next = times.next();
      }
      this.endOld(now);
      this.tell(now);
      await clock.sleep(TICK_MILLISECONDS, signal).catch(() => undefined);
    }
    this.endOld(Number.POSITIVE_INFINITY);
    if (!signal.aborted) this.tell(Number.POSITIVE_INFINITY);
    const { stage, journeys, seconds, late } = this;
    const all = new Tally();
    for (const tally of journeys.values()) all.add(tally);
    return { stage, all, journeys, seconds, lateSeconds: late };
  }

  /** Seconds since the stage began. */
  private now(): number {
    return (this.run.clock.monotonic() - this.start) / 1000;
  }

  private fire(due: number): void {
    const { requests, send, mostUnderWay = 20_000 } = this.run;
    const request = requests.next();
    const tallies = this.talliesOf(request.journey, due);
    if (this.open >= mostUnderWay) {
      for (const tally of tallies) tally.notSent();
      return;
    }
    this.open += 1;
    const settle = (status: number | undefined) => {
      if (entry.settled) return;
      entry.settled = true;
      this.open -= 1;
      const milliseconds = (this.now() - due) * 1000;
      for (const tally of tallies) tally.answered(milliseconds, status === undefined || status >= 500);
    };
    const entry: UnderWay = { due, settled: false, end: () => ended() };
    const cancel = send(request, settle);
    const ended = () => {
      settle(undefined);
      cancel();
    };
    this.sent.push(entry);
  }

  /** Ends what has been due for too long; the oldest come first. */
  private endOld(now: number): void {
    const limit = now - (this.run.timeoutMilliseconds ?? 10_000) / 1000;
    for (; this.head < this.sent.length; this.head += 1) {
      const entry = this.sent[this.head] as UnderWay;
      if (entry.settled) continue;
      if (entry.due > limit) break;
      entry.end();
    }
    if (this.head > 10_000) {
      this.sent.splice(0, this.head);
      this.head = 0;
    }
  }

  private tell(now: number): void {
    const { onSecond } = this.run;
    for (; this.told < Math.floor(now) && this.told < this.seconds.length; this.told += 1)
      onSecond?.(this.stage.name, rateAt(this.stage, this.told), this.seconds[this.told] as Tally);
  }

  private talliesOf(journey: string, due: number): readonly Tally[] {
    const own = this.journeys.get(journey) ?? new Tally();
    this.journeys.set(journey, own);
    const second = this.seconds[Math.floor(due)];
    return second === undefined ? [own] : [own, second];
  }
}

const rateAt = ({ fromRate, toRate, seconds }: LoadStage, second: number): number =>
  fromRate + ((toRate - fromRate) * Math.min(second + 0.5, seconds)) / seconds;
