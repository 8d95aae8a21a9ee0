import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { BalancerArns, RegionReleaseClients } from './aws-release-region';
import type { MetricsRequest } from './release-target';
import type { PeriodMetrics } from './release-view';

/**
 * Metrics in `AWS/ApplicationELB`, with the statistic of each. Those of a target group, but for the answers that the balancer
 * itself gave, as when a target died over a request: AWS counts them for the balancer alone, and a release takes them all
 * for its own.
 */
const METRICS = {
  requests: ['RequestCount', 'Sum'],
  answers: ['HTTPCode_Target_5XX_Count', 'Sum'],
  connections: ['TargetConnectionErrorCount', 'Sum'],
  balancer: ['HTTPCode_ELB_5XX_Count', 'Sum'],
  latency: ['TargetResponseTime', 'p99'],
} as const;
type Id = keyof typeof METRICS;

/**
 * What the balancer has measured of one colour, period by period. Errors are published only where there are some, so that
 * none beside requests is 0; without requests nothing is known.
 *
 * @param latencyStatistic statistic of the answers' time; p99 unless the provider has none
 */
export async function readMetrics(
  { cloudWatch }: RegionReleaseClients,
  arns: BalancerArns,
  { colour, from, to, periodSeconds }: MetricsRequest,
  latencyStatistic: string = METRICS.latency[1],
): Promise<readonly PeriodMetrics[]> {
  const period = periodSeconds * 1000;
  const ofBalancer = [
    { Name: 'LoadBalancer', Value: resourceOf(arns.loadBalancer).replace(/^loadbalancer\//, '') },
  ];
  const ofGroup = [{ Name: 'TargetGroup', Value: resourceOf(arns.targetGroups[colour]) }, ...ofBalancer];
  const queries = Object.entries(METRICS).map(
    ([Id, [MetricName, statistic]]): MetricDataQuery => ({
      Id,
      MetricStat: {
        Metric: {
          ...{ Namespace: 'AWS/ApplicationELB', MetricName },
          Dimensions: Id === 'balancer' ? ofBalancer : ofGroup,
        },
        Period: periodSeconds,
        Stat: Id === 'latency' ? latencyStatistic : statistic,
      },
    }),
  );
  const answer = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(Math.floor(from / period) * period),
      EndTime: new Date(Math.ceil(to / period) * period),
    }),
  );
  const values = new Map<number, Partial<Record<Id, number>>>();
  for (const { Id, Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
    for (const [index, time] of Timestamps.entries()) {
      const at = time.getTime();
      values.set(at, { ...values.get(at), [Id as Id]: Values[index] });
    }
  }
  return [...values]
    .filter(([at]) => at + period <= to)
    .map(([at, { requests, answers = 0, connections = 0, balancer = 0, latency }]) => ({
      ...{ at, requests, latencySeconds: latency },
      errors: answers + connections + balancer,
    }))
    .sort((one, other) => one.at - other.at);
}

/** The part of an ARN by which metrics know a balancer or a target group. */
const resourceOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
