import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../ports';
import type { Balancer, BalancerCounts, GroupCounts } from '../balancer';
import { LAB_PERIOD_SECONDS } from '../balancer-period';
import type { RegionClients } from './clients';
import type { Problems } from './problems';

const PERIOD = LAB_PERIOD_SECONDS * 1000;

/** What publishing the metrics of one balancer needs. */
export interface BalancerMetricsOptions {
  readonly region: string;
  readonly balancer: Balancer;
  /** ARN of the balancer; undefined while there is none. */
  readonly arn: () => string | undefined;
  readonly clients: RegionClients;
  readonly clock: Clock;
  readonly problems: Problems;
}

/** Publishes what a balancer has served as `AWS/ApplicationELB` has it, each period under its begin. */
export class BalancerMetrics {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: BalancerMetricsOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { balancer, clock, problems, region } = this.options;
    const { signal } = this.stopping;
    for (;;) {
      const now = clock.now().getTime();
      const begin = Math.floor(now / PERIOD) * PERIOD;
      await clock.sleep(begin + PERIOD - now, signal).catch(() => undefined);
      if (signal.aborted) return;
      const counts = balancer.takeCounts();
      // Not waited for: the next period begins now.
      void problems.guard(`metrics of ${region}`, () => this.publish(counts, new Date(begin)));
    }
  }

  private async publish(counts: BalancerCounts, Timestamp: Date): Promise<void> {
    const arn = this.options.arn();
    if (arn === undefined) return;
    const LoadBalancer = resourceOf(arn).replace(/^loadbalancer\//, '');
    const data = [...counts.groups].flatMap(([group, counted]) =>
      dataOf(counted, Timestamp, [
        { Name: 'TargetGroup', Value: resourceOf(group) },
        { Name: 'LoadBalancer', Value: LoadBalancer },
      ]),
    );
    const Dimensions = [{ Name: 'LoadBalancer', Value: LoadBalancer }];
    const own = { MetricName: 'HTTPCode_ELB_5XX_Count', Value: counts.balancerErrors, Dimensions, Timestamp };
    const MetricData = counts.balancerErrors > 0 ? [...data, own] : data;
    if (MetricData.length === 0) return;
    const command = new PutMetricDataCommand({ Namespace: 'AWS/ApplicationELB', MetricData });
    await this.options.clients.cloudWatch.send(command);
  }
}

/** As on AWS, errors are published only where there are some. */
function dataOf(
  { requests, targetErrors, connectionErrors, milliseconds }: GroupCounts,
  Timestamp: Date,
  Dimensions: MetricDatum['Dimensions'],
): MetricDatum[] {
  const slowest = [...milliseconds].sort((one, other) => one - other);
  const p99 = slowest[Math.ceil(slowest.length * 0.99) - 1];
  const values = {
    RequestCount: requests || undefined,
    HTTPCode_Target_5XX_Count: targetErrors || undefined,
    TargetConnectionErrorCount: connectionErrors || undefined,
    TargetResponseTime: p99 === undefined ? undefined : p99 / 1000,
  };
  return Object.entries(values).flatMap(([MetricName, Value]) =>
    Value === undefined ? [] : [{ MetricName, Value, Dimensions, Timestamp }],
  );
}

const resourceOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
