import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from '../validation';

/** Statistics that a check of Route 53 takes. */
const BASIC = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'];
/** Shortest period of a metric of standard resolution. */
const STANDARD_SECONDS = 60;

/**
 * Alarms that a check of Route 53 can follow: standard resolution, basic statistic, one metric, and every period
 * counts (https://docs.aws.amazon.com/Route53/latest/APIReference/API_AlarmIdentifier.html). Of an imported alarm
 * nothing is known here, and nothing is said.
 */
export function alarmRules(path: string, alarm: cloudwatch.IAlarm): Rule[] {
  const resource = alarm.node.defaultChild;
  if (resource instanceof cloudwatch.CfnCompositeAlarm) {
    return [
      {
        path,
        received: 'a composite alarm',
        message: 'Route 53 follows an alarm on one metric',
        fix: 'use an alarm on one metric',
      },
    ];
  }
  if (!(resource instanceof cloudwatch.CfnAlarm)) return [];
  const statistic = resource.extendedStatistic ?? resource.statistic;
  return [
    resource.metrics !== undefined && {
      path,
      received: 'metric math',
      message: 'Route 53 follows an alarm on one metric',
      fix: 'publish what the expression says as a metric, or use an alarm on one metric',
    },
    statistic !== undefined &&
      !Token.isUnresolved(statistic) &&
      !BASIC.includes(statistic) && {
        path: `${path}.statistic`,
        received: statistic,
        message: 'Route 53 follows no extended statistic',
        fix: `use ${BASIC.join(', ')}`,
      },
    typeof resource.period === 'number' &&
      resource.period < STANDARD_SECONDS && {
        path: `${path}.period`,
        received: `${resource.period} s`,
        message: 'Route 53 follows no metric of high resolution',
        fix: `use a period of ${STANDARD_SECONDS} s or more`,
      },
    resource.datapointsToAlarm !== undefined &&
      resource.datapointsToAlarm !== resource.evaluationPeriods && {
        path: `${path}.datapointsToAlarm`,
        received: resource.datapointsToAlarm,
        message: 'Route 53 follows no alarm of "M out of N"',
        fix: 'leave it out, or make it equal to evaluationPeriods',
      },
  ];
}
