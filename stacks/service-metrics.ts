import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { RegionContext } from './region-context';

/**
 * What clones and workers tell of their Region beside their requests, by name, with how several processes that tell it
 * are read as one. A test holds the names to what the run time tells.
 */
export const TOLD = {
  StuckSagas: 'Maximum',
  StalledSagas: 'Maximum',
  StalledOrders: 'Maximum',
  StoppedProjections: 'Maximum',
  ProjectionLag: 'Maximum',
  CacheInvalidatorLag: 'Maximum',
  AnalyticsDeliveryLag: 'Maximum',
  ShedRequests: 'Sum',
} as const;

/** Name of a metric that processes tell. */
export type ToldMetric = keyof typeof TOLD;

/** A metric of this Region's processes, from the lines that they deliver to CloudWatch. */
export function toldMetric(
  { topology, region }: RegionContext,
  name: ToldMetric,
  period = Duration.minutes(5),
): Metric {
  return new Metric({
    namespace: 'Holdfast',
    metricName: name,
    dimensionsMap: { Application: topology.application, Region: region.name },
    statistic: TOLD[name],
    period,
  });
}
