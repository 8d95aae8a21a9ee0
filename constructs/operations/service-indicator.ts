import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { assertRules, type Rule } from '../validation';

/** How the share of what is bad in a window is read. */
export interface ServiceIndicator {
  /**
   * Share of bad events in a window, 0 to 1.
   *
   * @param minimumBad bad events below which the share counts as 0; indicators of values know no events and ignore it
   */
  badShare(window: Duration, minimumBad: number): IMetric;
}

/** Counts of events; each metric's own statistic counts them, so it is `Sum` or `SampleCount`. */
export interface EventCounts {
  /** Events that are bad. What is missing counts as none, since AWS tells no zeros. */
  readonly bad: readonly Metric[];
  /** All events, bad ones among them. Without any, there is no share and no data. */
  readonly total: Metric;
}

/** Values of which each is good or bad by itself. */
export interface ValuesWithin {
  readonly metric: Metric;
  /** Highest value that is good, in the unit of the metric. */
  readonly limit: number;
}

/**
 * Bad events by all events, as of requests and errors.
 * @throws HoldfastError `invalid-input` for a metric whose statistic counts nothing
 */
export function eventIndicator({ bad, total }: EventCounts): ServiceIndicator {
  assertRules('eventIndicator', [
    ...bad.map((metric, index) => counts(`bad[${index}]`, metric)),
    counts('total', total),
  ]);
  return {
    badShare: (window, minimumBad) => {
      const names = bad.map((_, index) => `bad${index}`);
      const sum = names.map(name => `FILL(${name}, 0)`).join(' + ');
      const share = `(${sum}) / total`;
      return new MathExpression({
        expression: minimumBad > 1 ? `IF((${sum}) >= ${minimumBad}, ${share}, 0)` : share,
        label: 'Share that is bad',
        period: window,
        usingMetrics: {
          total: total.with({ period: window }),
          ...Object.fromEntries(bad.map((metric, index) => [names[index], metric.with({ period: window })])),
        },
      });
    },
  };
}

/** Values above a limit by all values, as of latencies and lags: CloudWatch's percentile rank says how many are not. */
export function valueIndicator({ metric, limit }: ValuesWithin): ServiceIndicator {
  return {
    badShare: window =>
      new MathExpression({
        expression: '(100 - good) / 100',
        label: 'Share that is bad',
        period: window,
        usingMetrics: { good: metric.with({ statistic: `PR(:${limit})`, period: window }) },
      }),
  };
}

function counts(path: string, { statistic }: Metric): Rule {
  return (
    !/^(sum|samplecount)$/i.test(statistic) && {
      path: `${path}.statistic`,
      received: statistic,
      message: 'counts no events',
      fix: "use 'Sum', or 'SampleCount' where each value is an event",
    }
  );
}
