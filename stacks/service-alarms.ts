import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { RegionContext } from './region-context';
import { type ToldMetric, toldMetric } from './service-metrics';

/** An alarm over what processes tell. */
interface ToldAlarm {
  /** What is wrong, and where a person who is woken begins. */
  readonly description: string;
  /** In alarm above it. */
  readonly threshold: number;
  /** How often it must be so in a row. @default 1 */
  readonly periods?: number;
  /** @default Duration.minutes(5) */
  readonly period?: Duration;
  /**
   * Who tells it. What the active Region's workers alone tell is missing in every standby, which is no fault and must
   * not hold a move back; a Region without a living worker is found by its queue's oldest message. What clones tell is
   * told everywhere: missing, nobody knows, and preflight says so.
   */
  readonly toldBy: 'active workers' | 'clones';
}

const ALARMS: Readonly<Record<ToldMetric, ToldAlarm>> = {
  StuckSagas: {
    description:
      'Sagas wait for a person: the other side refuses to be undone. Begin with `events` of /readyz and the log lines saga.stuck; docs/events.md#sagas',
    threshold: 0,
    toldBy: 'active workers',
  },
  StalledSagas: {
    description:
      "Customers' orders are neither handed on nor rejected after 5 minutes. Is the payment provider there? Begin with the log line orders.stalled; docs/leaders.md",
    threshold: 0,
    periods: 3,
    toldBy: 'active workers',
  },
  StalledOrders: {
    description:
      'Orders stay unfulfilled although they were sent again. Begin with `forPeople` of the log line orders.stalled and `holdfast jobs list`; docs/leaders.md',
    threshold: 0,
    periods: 3,
    toldBy: 'active workers',
  },
  StoppedProjections: {
    description:
      'A read model has stopped at an event that it cannot apply, and serves what is old. Begin with `events.projections` of /readyz, which names event and reason; docs/events.md',
    threshold: 0,
    toldBy: 'active workers',
  },
  ProjectionLag: {
    description:
      "Read models are more than 2 minutes behind: searches and stock show what is old. Begin with the workers' log and the database's load; docs/events.md",
    threshold: 120,
    periods: 2,
    toldBy: 'active workers',
  },
  CacheInvalidatorLag: {
    description:
      "This Region's cache is cleaned more than 2 minutes late: reads may be as old as the cache keeps them. Begin with `changes.invalidator` of /readyz and the workers; docs/cache.md",
    threshold: 120,
    periods: 2,
    toldBy: 'clones',
  },
  AnalyticsDeliveryLag: {
    description:
      "Reports are more than 15 minutes old: files of changes are not written. Begin with the workers' log lines delivery-analytics.failed and their right to the bucket; docs/events.md#reports",
    threshold: 900,
    periods: 2,
    toldBy: 'clones',
  },
  ShedRequests: {
    description:
      'Clones turn requests away since too much waits (503): more clones are wanted, or what they wait for is slow. Begin with the latency of the database; docs/edge.md',
    threshold: 0,
    period: Duration.minutes(1),
    periods: 3,
    toldBy: 'clones',
  },
};

/** Adds an alarm for each of what the processes of a Region tell of it. */
export function addServiceAlarms(
  context: RegionContext,
  add: (id: string, metric: IMetric, options: CreateAlarmOptions) => void,
): void {
  for (const [name, alarm] of Object.entries(ALARMS) as [ToldMetric, ToldAlarm][]) {
    add(name, toldMetric(context, name, alarm.period), {
      alarmDescription: alarm.description,
      threshold: alarm.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: alarm.periods ?? 1,
      treatMissingData: alarm.toldBy === 'clones' ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
    });
  }
}
