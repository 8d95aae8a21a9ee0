import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { Canary } from '../constructs/operations/canary';
import {
  eventIndicator,
  type ServiceIndicator,
  valueIndicator,
} from '../constructs/operations/service-indicator';
import { ServiceLevel } from '../constructs/operations/service-level';
import type { ServiceLevelSpec } from '../regions';
import type { OperationsStackProps } from './operations-stack';
import { toldMetric } from './service-metrics';

/** Name of the level that the Regions' canaries watch: the service under its own name, wherever it is served. */
export const OUTSIDE_LEVEL = 'outside';

/**
 * Adds what the topology promises, and beside it the same promise seen from outside: a Region that is lost tells nothing of
 * itself, and the canary of another one does.
 */
export function addServiceLevels(
  scope: Construct,
  props: OperationsStackProps,
  canary: Canary,
): readonly ServiceLevel[] {
  const { topology } = props.context;
  const levels = topology.serviceLevels ?? [];
  const action = new SnsAction(props.alarmTopic);
  const add = (
    name: string,
    spec: Pick<ServiceLevelSpec, 'target' | 'windowDays'>,
    indicator: ServiceIndicator,
  ) =>
    new ServiceLevel(scope, `Level-${name}`, {
      application: topology.application,
      levelName: name,
      target: spec.target,
      windowDays: spec.windowDays,
      indicator,
      pageAction: action,
      runbook: `holdfast runbook show service-level --level ${name}`,
    });
  const promised = levels.map(level => add(level.name, level, indicatorOf(level, props)));
  const strictest = levels
    .filter(({ kind }) => kind === 'availability')
    .sort((a, b) => b.target - a.target)[0];
  if (strictest === undefined) return promised;
  const outside = eventIndicator({ bad: [canary.metricFailed()], total: canary.metricRuns() });
  return [...promised, add(OUTSIDE_LEVEL, strictest, outside)];
}

/** How a promise is read in this Region. */
function indicatorOf(level: ServiceLevelSpec, props: OperationsStackProps): ServiceIndicator {
  const { context, database, service } = props;
  const { balancer } = service;
  const milliseconds = level.thresholdMilliseconds ?? 0;
  switch (level.kind) {
    case 'availability':
      return level.route === undefined
        ? eventIndicator({
            bad: [balancer.metricTargetErrors(), balancer.metricBalancerErrors()],
            total: balancer.metricRequestCount(),
          })
        : eventIndicator({
            bad: [routeMetric(props, level.route, 'Errors')],
            total: routeMetric(props, level.route, 'Requests'),
          });
    case 'latency':
      return level.route === undefined
        ? valueIndicator({ metric: balancer.metricLatency(), limit: milliseconds / 1000 })
        : valueIndicator({ metric: routeMetric(props, level.route, 'Duration'), limit: milliseconds });
    case 'freshness':
      return valueIndicator({
        metric: toldMetric(context, 'ProjectionLag'),
        limit: level.thresholdSeconds ?? 0,
      });
    case 'durability':
      return valueIndicator({
        metric: database.metricReplicationLag(),
        limit: (level.thresholdSeconds ?? context.topology.objectives.rpoSeconds) * 1000,
      });
  }
}

/** What this Region's clones tell of one route. */
function routeMetric({ context }: OperationsStackProps, route: string, metricName: string): Metric {
  const { topology, region } = context;
  return new Metric({
    namespace: 'Holdfast',
    metricName,
    dimensionsMap: { Application: topology.application, Region: region.name, Part: 'service', Route: route },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
}
