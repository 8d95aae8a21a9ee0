import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, MathExpression, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { cacheIdentifier, clusterIdentifier } from '../lib/naming';
import type { OperationsStackProps } from './operations-stack';
import { healthyClones } from './region-alarms';
import { type ToldMetric, toldMetric } from './service-metrics';

/**
 * Adds the dashboard of a Region: its golden signals, what is nearly full, whether it could take over, whether work moves, and
 * where a person begins.
 */
export function addDashboard(scope: Construct, props: OperationsStackProps): void {
  const { topology, region } = props.context;
  const { balancer, queues } = props.service;
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: `${topology.application}-${region.name}`,
    defaultInterval: Duration.hours(3),
  });
  dashboard.addWidgets(
    new TextWidget({
      width: 24,
      height: 2,
      markdown: `Begin: \`npx holdfast runbook list\`, or from an alarm \`npx holdfast runbook show --alarm <name> --region ${region.name}\``,
    }),
  );
  dashboard.addWidgets(
    new GraphWidget({
      title: 'Requests and errors',
      left: [balancer.metricRequestCount(), balancer.metricTargetErrors(), balancer.metricBalancerErrors()],
      width: 12,
    }),
    new GraphWidget({ title: 'Latency (s)', left: [balancer.metricLatency()], width: 12 }),
    new GraphWidget({ title: 'Clones', left: [healthyClones(props)], width: 8 }),
    new GraphWidget({
      title: 'Replication lag (ms)',
      left: props.data.map(({ database }) => database.metricReplicationLag()),
      width: 8,
    }),
    new GraphWidget({
      title: 'Work',
      left: queues.map(queue => queue.metricBacklog()),
      right: queues.map(queue => queue.metricOldestMessage()),
      width: 8,
    }),
  );
  const cluster = { DBClusterIdentifier: clusterIdentifier(topology.application, region.name) };
  const database = (metricName: string) =>
    new Metric({ namespace: 'AWS/RDS', metricName, dimensionsMap: cluster, statistic: 'Maximum' });
  const hits = new MathExpression({
    expression: `SEARCH('{AWS/ElastiCache,CacheClusterId} MetricName="CacheHitRate" "${cacheIdentifier(topology.application, region.name)}"', 'Average', 60)`,
    label: 'Cache hit rate',
    usingMetrics: {},
  });
  dashboard.addWidgets(
    new GraphWidget({
      title: 'Database: processor (%), connections',
      left: [database('CPUUtilization')],
      right: [database('DatabaseConnections')],
      width: 8,
    }),
    new GraphWidget({
      title: 'Cache: memory, processor (%)',
      left: [props.cache.metricMemoryUsage(), props.cache.metricEngineCpuUtilization()],
      width: 8,
    }),
    new GraphWidget({ title: 'Cache hit rate (%)', left: [hits], width: 8 }),
  );
  const told = (title: string, ...names: readonly ToldMetric[]) =>
    new GraphWidget({ title, left: names.map(name => toldMetric(props.context, name)), width: 8 });
  dashboard.addWidgets(
    told('Wants a person', 'StuckSagas', 'StalledSagas', 'StalledOrders', 'StoppedProjections'),
    told('Behind the writes (s)', 'ProjectionLag', 'CacheInvalidatorLag', 'AnalyticsDeliveryLag'),
    told('Requests turned away', 'ShedRequests'),
  );
}
