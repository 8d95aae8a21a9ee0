import { Duration } from 'aws-cdk-lib';
import { type AutoScalingGroup, CfnScalingPolicy } from 'aws-cdk-lib/aws-autoscaling';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { assertRules } from '../validation';
import type { ScaleOnBacklogOptions } from './queue-worker-props';

/** Queues, the workers of all of them, and how these follow. */
export interface BacklogScalingProps extends ScaleOnBacklogOptions {
  readonly queues: readonly IQueue[];
  readonly group: AutoScalingGroup;
}

/**
 * Out: target tracking on (waiting + in work) / workers. The high-level policy refuses metric math, so the
 * CloudFormation resource carries it (aws-cdk #34072); no worker at all counts as one. In: one by one, and only after
 * nothing has waited or been in work for a while; scaling in on the waiting messages alone would take the worker that
 * holds the last one (aws-cdk #20706).
 *
 * @throws HoldfastError `invalid-input` when the target is not above zero
 */
export function scaleOnBacklog(scope: Construct, props: BacklogScalingProps): void {
  assertRules(`scaleOnBacklog of ${scope.node.path}`, [
    !(props.messagesPerWorker > 0) && {
      path: 'messagesPerWorker',
      received: props.messagesPerWorker,
      message: 'not above zero',
      fix: 'divide the longest acceptable wait by the time that one message takes',
    },
  ]);
  const groupName = props.group.autoScalingGroupName;
  new CfnScalingPolicy(scope, 'ScaleOut', {
    autoScalingGroupName: groupName,
    policyType: 'TargetTrackingScaling',
    estimatedInstanceWarmup: 120,
    targetTrackingConfiguration: {
      targetValue: props.messagesPerWorker,
      disableScaleIn: true,
      customizedMetricSpecification: { metrics: backlogPerWorker(props) },
    },
  });
  const scaleIn = new CfnScalingPolicy(scope, 'ScaleIn', {
    autoScalingGroupName: groupName,
    policyType: 'StepScaling',
    adjustmentType: 'ChangeInCapacity',
    stepAdjustments: [{ metricIntervalUpperBound: 0, scalingAdjustment: -1 }],
  });
  addIdleAlarm(scope, props, scaleIn.ref);
}

function backlogPerWorker(props: BacklogScalingProps) {
  const queueMetric = (id: string, metricName: string, queue: IQueue) => ({
    id,
    returnData: false,
    metricStat: {
      metric: {
        namespace: 'AWS/SQS',
        metricName,
        dimensions: [{ name: 'QueueName', value: queue.queueName }],
      },
      stat: 'Maximum',
    },
  });
  return [
    ...props.queues.flatMap((queue, index) => [
      queueMetric(numbered('waiting', index), 'ApproximateNumberOfMessagesVisible', queue),
      queueMetric(numbered('working', index), 'ApproximateNumberOfMessagesNotVisible', queue),
    ]),
    {
      id: 'workers',
      returnData: false,
      metricStat: {
        metric: {
          namespace: 'AWS/AutoScaling',
          metricName: 'GroupInServiceInstances',
          dimensions: [{ name: 'AutoScalingGroupName', value: props.group.autoScalingGroupName }],
        },
        stat: 'Average',
      },
    },
    {
      id: 'backlog',
      label: 'Messages per worker',
      expression: `(${backlog(props)}) / IF(FILL(workers, 1) > 1, FILL(workers, 1), 1)`,
      returnData: true,
    },
  ];
}

/** Name of the nth queue's figure; the first has no number. */
const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}${index}`);

/** Messages of every queue, waiting or in work, as metric math. */
const backlog = ({ queues }: BacklogScalingProps): string =>
  queues.map((_, index) => `${numbered('waiting', index)} + ${numbered('working', index)}`).join(' + ');

function addIdleAlarm(scope: Construct, props: BacklogScalingProps, action: string): void {
  const period = Duration.minutes(1);
  const inUse = new MathExpression({
    expression: backlog(props),
    label: 'Messages waiting or in work',
    period,
    usingMetrics: Object.fromEntries(
      props.queues.flatMap((queue, index) => [
        [
          numbered('waiting', index),
          queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period }),
        ],
        [
          numbered('working', index),
          queue.metricApproximateNumberOfMessagesNotVisible({ statistic: 'Maximum', period }),
        ],
      ]),
    ),
  });
  const minutes = (props.idleBeforeScaleIn ?? Duration.minutes(15)).toMinutes();
  inUse
    .createAlarm(scope, 'Idle', {
      alarmDescription: 'Nothing waits and nothing is in work: one worker may go',
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.IGNORE,
    })
    .addAlarmAction({ bind: () => ({ alarmActionArn: action }) });
}
