import { Duration } from 'aws-cdk-lib';
import { CfnScalingPolicy } from 'aws-cdk-lib/aws-autoscaling';
import { type Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { assertRules, wholeNumber } from '../validation';
import type { CloneGroup } from './clone-group';
import type { ScaleOnQueueOptions } from './clone-group-props';

/** From so many times the target on, a group grows by so many percent; by one clone at the least. */
const STEPS = [
  { from: 1, percent: 25 },
  { from: 2, percent: 50 },
  { from: 4, percent: 100 },
] as const;

/**
 * Declares the steps. The backlog is counted per clone. Where there is none (or no data, as of a group that was never
 * in service), each message counts as the load of a whole clone, so that the first one starts somebody.
 */
export function stepOnBacklog(clones: CloneGroup, { queue, messagesPerClone }: ScaleOnQueueOptions): Alarm {
  assertRules(`CloneGroup ${clones.node.path}`, [
    wholeNumber('messagesPerClone', messagesPerClone, 1, 1_000_000),
  ]);
  const period = Duration.minutes(1);
  const options = { period, statistic: 'Maximum' };
  const backlog = new MathExpression({
    label: 'Messages per clone',
    expression: `IF(FILL(clones, 0) < 1, (waiting + working) * ${messagesPerClone}, (waiting + working) / FILL(clones, 1))`,
    period,
    usingMetrics: {
      waiting: queue.metricApproximateNumberOfMessagesVisible(options),
      working: queue.metricApproximateNumberOfMessagesNotVisible(options),
      clones: clones.metricInServiceClones({ period }),
    },
  });
  const policy = new CfnScalingPolicy(clones, 'Backlog', {
    autoScalingGroupName: clones.groupName,
    policyType: 'StepScaling',
    adjustmentType: 'PercentChangeInCapacity',
    // A percentage of nothing is nothing: at least one clone, so that an empty group starts.
    minAdjustmentMagnitude: 1,
    estimatedInstanceWarmup: 120,
    metricAggregationType: 'Maximum',
    stepAdjustments: STEPS.map(({ from, percent }, at) => {
      const above = STEPS[at + 1];
      return {
        metricIntervalLowerBound: (from - 1) * messagesPerClone,
        metricIntervalUpperBound: above === undefined ? undefined : (above.from - 1) * messagesPerClone,
        scalingAdjustment: percent,
      };
    }),
  });
  const alarm = backlog.createAlarm(clones, 'BacklogAlarm', {
    alarmDescription: 'More messages than the clones there are can work off',
    threshold: messagesPerClone,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) });
  return alarm;
}
