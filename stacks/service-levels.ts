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
import { OUTSIDE_LEVEL, type WatchedLevel, watchedLevels } from '../regions';
import type { OperationsStackProps } from './operations-stack';
import { toldMetric } from './service-metrics';

/** Adds what the topology promises, and the same as the canary sees it from outside. */
export function addServiceLevels(
  scope: Construct,
  props: OperationsStackProps,
  canary: Canary,
): readonly ServiceLevel[] {
  const { topology } = props.context;
  const outside = eventIndicator({ bad: [canary.metricFailed()], total: canary.metricRuns() });
  return watchedLevels(topology).map(
    level =>
      new ServiceLevel(scope, `Level-${level.name}`, {
        application: topology.application,
        levelName: level.name,
        target: level.target,
        windowDays: level.windowDays,
        indicator: level.name === OUTSIDE_LEVEL ? outside : indicatorOf(level, props),
        pageAction: new SnsAction(props.alarmTopic),
        runbook: `holdfast runbook show --level ${level.name}`,
      }),
  );
}

/** How a promise is read in this Region. */
function indicatorOf(level: WatchedLevel, props: OperationsStackProps): ServiceIndicator {
  const { context, service } = props;
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
      return durability(level, props);
  }
}

/** Each home has a database of its own, which is behind by itself. */
function durability({ home, thresholdSeconds }: WatchedLevel, props: OperationsStackProps): ServiceIndicator {
  const { rpoSeconds } = props.context.topology.objectives;
  const found = props.data.find(({ context }) => context.topology.home === home);
  if (found === undefined) throw new Error(`no data of home ${home}`);
  return valueIndicator({
    metric: found.database.metricReplicationLag(),
    limit: (thresholdSeconds ?? rpoSeconds) * 1000,
  });
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
