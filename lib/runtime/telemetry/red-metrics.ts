import type { Clock } from '../clock';
import { loop } from '../loop';
import { redactText } from './redaction';

/** One piece of work that ended: a request of a route, or a call of a dependency. */
export interface Observation {
  readonly of: 'route' | 'dependency';
  /** From a fixed set, such as `GET /orders/:id` or `database`; never what a caller sent. */
  readonly name: string;
  readonly milliseconds: number;
  /** Whether it failed on our side. */
  readonly failed: boolean;
}

/** How metrics are written. */
export interface RedMetricsOptions {
  readonly clock: Clock;
  /** Takes one document, to be written as a line of JSON to where CloudWatch reads the metrics; a logger will do. */
  readonly write: (document: Readonly<Record<string, unknown>>) => void;
  /** @default 'Holdfast' */
  readonly namespace?: string;
  /** Dimensions of every metric, such as the Region and the part; at most 28. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Names that are told apart, of each kind; the rest counts as `other`. @default 50 */
  readonly mostNames?: number;
  /** Pause between two flushes, in milliseconds. @default 60000 */
  readonly pauseMilliseconds?: number;
}

/** Limits of the embedded metric format: values of one metric in one line, dimensions of one set. */
const MOST_VALUES = 100;
const MOST_DIMENSIONS = 30;

interface Series {
  readonly of: Observation['of'];
  readonly name: string;
  requests: number;
  errors: number;
  durations: number[];
}

/**
 * Rate, errors and duration of each route and dependency, in CloudWatch's embedded metric format: a line for each at a
 * flush. Beyond 100 durations between two flushes a fair sample of 100 stands for all (reservoir), so percentiles hold
 * and counts are those of `Requests`.
 */
export class RedMetrics {
  private readonly series = new Map<string, Series>();

  constructor(
    private readonly options: RedMetricsOptions,
    /** From 0 to below 1. */
    private readonly random: () => number,
  ) {
    if (Object.keys(options.dimensions).length + 1 > MOST_DIMENSIONS) {
      throw new RangeError(`a metric has at most ${MOST_DIMENSIONS} dimensions, with that of its name`);
    }
  }

  /** Counts one piece of work. */
  observe({ of, name, milliseconds, failed }: Observation): void {
    const series = this.seriesOf(of, name);
    series.requests += 1;
    if (failed) series.errors += 1;
    if (series.durations.length < MOST_VALUES) series.durations.push(milliseconds);
    else {
      const place = Math.floor(this.random() * series.requests);
      if (place < MOST_VALUES) series.durations[place] = milliseconds;
    }
  }

  /** Runs `work` as a call of a dependency. */
  async measure<T>(dependency: string, work: () => Promise<T>): Promise<T> {
    const start = this.options.clock.monotonic();
    let failed = true;
    try {
      const result = await work();
      failed = false;
      return result;
    } finally {
      const milliseconds = this.options.clock.monotonic() - start;
      this.observe({ of: 'dependency', name: dependency, milliseconds, failed });
    }
  }

  /** Flushes until the signal aborts, and then what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, pauseMilliseconds = 60_000 } = this.options;
    const flush = async () => {
      this.flush();
      return undefined;
    };
    await loop({ clock, signal, pauseMilliseconds, onError: () => undefined }, flush);
    this.flush();
  }

  /** Writes what was counted since the last flush; nothing when there was nothing. */
  flush(): void {
    const all = [...this.series.values()];
    this.series.clear();
    for (const series of all) this.options.write(this.lineOf(series));
  }

  private seriesOf(of: Series['of'], name: string): Series {
    const known = this.series.get(`${of} ${name}`);
    if (known !== undefined) return known;
    const names = [...this.series.values()].filter(
      series => series.of === of && series.name !== 'other',
    ).length;
    const shown = names < (this.options.mostNames ?? 50) ? name : 'other';
    const key = `${of} ${shown}`;
    const series = this.series.get(key) ?? {
      of,
      name: redactText(shown),
      requests: 0,
      errors: 0,
      durations: [],
    };
    this.series.set(key, series);
    return series;
  }

  private lineOf({ of, name, requests, errors, durations }: Series): Record<string, unknown> {
    const { clock, namespace = 'Holdfast', dimensions } = this.options;
    const own = of === 'route' ? 'Route' : 'Dependency';
    const Metrics = [
      { Name: 'Requests', Unit: 'Count' },
      { Name: 'Errors', Unit: 'Count' },
      { Name: 'Duration', Unit: 'Milliseconds' },
    ];
    const Dimensions = [[...Object.keys(dimensions), own]];
    return {
      _aws: {
        Timestamp: clock.now().getTime(),
        CloudWatchMetrics: [{ Namespace: namespace, Dimensions, Metrics }],
      },
      ...dimensions,
      [own]: name,
      Requests: requests,
      Errors: errors,
      Duration: durations.map(value => Math.round(value * 1000) / 1000),
    };
  }
}
