import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import {
  canaryName,
  clusterIdentifier,
  homeScope,
  loadBalancerName,
  queueName,
  serviceLevelAlarmName,
} from '../lib/naming';
import { hostOf, watchedLevels } from '../regions';
import type { OperationsStackProps } from './operations-stack';

const MINUTE = Duration.minutes(1);

/**
 * Adds the dashboard over all Regions. Every Region has one of its own, so that the loss of any leaves the others with the whole
 * picture; it knows the other Regions by the names of what stands there.
 */
export function addOverallDashboard(scope: Construct, props: OperationsStackProps): Dashboard {
  const { topology, region } = props.context;
  const dashboard = new Dashboard(scope, 'Overall', {
    dashboardName: `${topology.application}-all-from-${region.name}`,
    defaultInterval: Duration.hours(3),
  });
  dashboard.addWidgets(new TextWidget({ width: 24, height: 3, markdown: heading(props) }));
  dashboard.addWidgets(...topology.regions.flatMap(({ name }) => promises(scope, props, name)));
  for (const row of rows(props)) dashboard.addWidgets(...row);
  return dashboard;
}

function heading({ context: { topology, homes } }: OperationsStackProps): string {
  const { application } = topology;
  return [
    `# ${application}: ${homes.map(home => hostOf(home.topology)).join(', ')}`,
    'Who is active: `npx holdfast preflight --to <Region> --target aws`. Leave a Region: `npx holdfast runbook show evacuate`. A promise burns: `npx holdfast runbook show service-level`.',
  ].join('\n');
}

/** The alarms of every promise in a Region, as they stand there. */
function promises(
  scope: Construct,
  { context: { topology } }: OperationsStackProps,
  region: string,
): IWidget[] {
  const levels = watchedLevels(topology);
  if (levels.length === 0) return [];
  const alarms = levels.flatMap(({ name }) =>
    (['fast', 'slow', 'leak'] as const).map(rate => {
      const alarm = serviceLevelAlarmName(topology.application, name, rate);
      const arn = `arn:${Aws.PARTITION}:cloudwatch:${region}:${topology.account}:alarm:${alarm}`;
      return Alarm.fromAlarmArn(scope, `All-${region}-${alarm}`, arn);
    }),
  );
  const width = Math.floor(24 / topology.regions.length);
  return [new AlarmStatusWidget({ title: `Promises in ${region}`, alarms, width, height: 6 })];
}

/** One graph a signal, one line a Region: whatever serves, the picture is the same. */
function rows({ context: { topology, homes } }: OperationsStackProps): IWidget[][] {
  const { application, objectives } = topology;
  const scopes = homes.map(({ topology: { home } }) => homeScope(application, home));
  const names = topology.regions.map(({ name }) => name);
  const each = (make: (region: string) => IMetric) => names.map(make);
  const balancer = (name: string, statistic: string) =>
    each(region =>
      search(
        region,
        'AWS/ApplicationELB,LoadBalancer',
        name,
        `app/${loadBalancerName(application)}/`,
        statistic,
      ),
    );
  const named = (
    namespace: string,
    metricName: string,
    statistic: string,
    dimensionsMap: (region: string, scope: string) => Record<string, string>,
    of: readonly string[] = [application],
  ) =>
    names.flatMap(region =>
      of.map(
        scope =>
          new Metric({
            namespace,
            metricName,
            statistic,
            region,
            period: MINUTE,
            label: scope === application ? region : `${region} ${scope}`,
            dimensionsMap: dimensionsMap(region, scope),
          }),
      ),
    );
  const told = (metricName: string) =>
    named('Holdfast', metricName, 'Maximum', region => ({ Application: application, Region: region }));
  const cluster = (region: string, scope: string) => ({
    DBClusterIdentifier: clusterIdentifier(scope, region),
  });
  return [
    [
      graph('Requests: who serves', balancer('RequestCount', 'Sum')),
      graph('Errors of clones', balancer('HTTPCode_Target_5XX_Count', 'Sum')),
      graph('Latency, p99 (s)', balancer('TargetResponseTime', 'p99')),
    ],
    [
      graph(
        'Seen from outside (% good)',
        named('CloudWatchSynthetics', 'SuccessPercent', 'Average', region => ({
          CanaryName: canaryName(application, 'service', region),
        })),
      ),
      graph(
        `Replication lag (ms), promised ${objectives.rpoSeconds * 1000}`,
        named('AWS/RDS', 'AuroraGlobalDBReplicationLag', 'Maximum', cluster, scopes),
      ),
      graph('Database, processor (%)', named('AWS/RDS', 'CPUUtilization', 'Maximum', cluster, scopes)),
    ],
    [
      graph(
        'Oldest message (s)',
        named(
          'AWS/SQS',
          'ApproximateAgeOfOldestMessage',
          'Maximum',
          (_, scope) => ({ QueueName: queueName(scope) }),
          scopes,
        ),
      ),
      graph('Wants a person', [...told('StuckSagas'), ...told('StalledOrders')]),
      graph('Requests turned away', told('ShedRequests')),
    ],
  ];
}

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8 });

/** A metric whose dimension ends in an id that only its own Region knows. */
function search(
  searchRegion: string,
  schema: string,
  name: string,
  text: string,
  statistic: string,
): MathExpression {
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${name}" "${text}"', '${statistic}', 60)`,
    label: searchRegion,
    searchRegion,
    period: MINUTE,
    usingMetrics: {},
  });
}
