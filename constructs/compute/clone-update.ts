import { Duration, Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type Rule, wholeNumber } from '../validation';
import type { CloneGroupProps } from './clone-group-props';

/**
 * CloudFormation replaces the clones batch by batch and waits for a signal of each. It has no alarms of its own: for
 * a bake time give the stack a rollback configuration when it is deployed.
 */
export interface RollingUpdate {
  readonly strategy: 'rolling';
  /**
   * Clones replaced at once.
   * @default 1
   */
  readonly batchSize?: number;
  /**
   * Clones in service at any moment, at least 1 and below the maximum.
   * @default - the minimum of the group, and 1 for a group that may be empty
   */
  readonly minimumInService?: number;
}

/**
 * Auto Scaling replaces the clones and CloudFormation watches it: with alarms and a bake time, after either of which
 * a failure rolls the update back. It knows no signals; a new clone is ready when the load balancer and the launching
 * hook say so (`AutoScalingInstanceRefresh`,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html).
 */
export interface InstanceRefresh {
  readonly strategy: 'refresh';
  /**
   * Share of the group in percent that stays in service, 50 to 100.
   * @default 100
   */
  readonly minimumHealthyPercentage?: number;
  /**
   * Share of the group in percent that may be there at once, 100 to 200: above 100 a clone is added before one goes.
   * @default 110
   */
  readonly maximumHealthyPercentage?: number;
  /**
   * Alarms, 1 to 10, any of which stops the update and rolls it back.
   * @default - none
   */
  readonly alarms?: readonly IAlarm[];
  /**
   * How long the alarms are watched after the last clone is replaced, up to 48 hours.
   * @default - 10 minutes with alarms, else none
   */
  readonly bakeTime?: Duration;
}

/** How a new launch template reaches the clones. */
export type CloneUpdate = RollingUpdate | InstanceRefresh;

/** What the update of a group must satisfy. */
export function updateRules(props: CloneGroupProps): Rule[] {
  const update = props.update ?? { strategy: 'rolling' };
  return update.strategy === 'rolling' ? rollingRules(update, props) : refreshRules(update, props);
}

function rollingRules(update: RollingUpdate, { maximumClones }: CloneGroupProps): Rule[] {
  return [
    wholeNumber('update.batchSize', update.batchSize ?? 1, 1, 100),
    update.minimumInService !== undefined &&
      wholeNumber('update.minimumInService', update.minimumInService, 1, maximumClones - 1),
  ];
}

function refreshRules(update: InstanceRefresh, props: CloneGroupProps): Rule[] {
  const { minimumHealthyPercentage: minimum = 100, maximumHealthyPercentage: maximum = 110, alarms } = update;
  const bakeSeconds = update.bakeTime === undefined ? 0 : update.bakeTime.toSeconds();
  return [
    wholeNumber('update.minimumHealthyPercentage', minimum, 50, 100),
    wholeNumber('update.maximumHealthyPercentage', maximum, 100, 200),
    !Token.isUnresolved(maximum) &&
      maximum - minimum > 100 && {
        path: 'update.maximumHealthyPercentage',
        received: maximum,
        message: 'more than 100 above the minimum',
        fix: `use at most ${minimum + 100}`,
      },
    wholeNumber('update.bakeTime (seconds)', bakeSeconds, 0, 172_800),
    bakeSeconds > 0 &&
      alarms === undefined && {
        path: 'update.alarms',
        message: 'a bake time in which nobody looks',
        fix: 'pass the alarms that would speak of a bad version, such as the errors of the load balancer',
      },
    alarms !== undefined && wholeNumber('update.alarms (count)', alarms.length, 1, 10),
    props.entry === 'worker' &&
      props.lifecycle === undefined && {
        path: 'lifecycle',
        message: 'an instance refresh knows no signals, and no load balancer looks at a worker',
        fix: 'pass lifecycle: {}, so that a worker is in service once it runs',
      },
  ];
}

/** The update policy of the group, always with sizes left alone that have been set at run time. */
export function updatePolicyOf(props: CloneGroupProps, bootTimeout: Duration): autoscaling.UpdatePolicy {
  const update = props.update ?? { strategy: 'rolling' };
  if (update.strategy === 'rolling') {
    return autoscaling.UpdatePolicy.rollingUpdate({
      maxBatchSize: update.batchSize ?? 1,
      minInstancesInService: update.minimumInService ?? Math.max(1, props.minimumClones),
      waitOnResourceSignals: true,
      pauseTime: bootTimeout,
    });
  }
  const alarms = update.alarms === undefined ? undefined : [...update.alarms];
  return autoscaling.UpdatePolicy.instanceRefresh({
    strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
    minHealthyPercentage: update.minimumHealthyPercentage ?? 100,
    maxHealthyPercentage: update.maximumHealthyPercentage ?? 110,
    skipMatching: true,
    alarms,
    bakeTime: update.bakeTime ?? (alarms === undefined ? undefined : Duration.minutes(10)),
    // What a person has set aside or protected is not theirs to lose to a deploy, and must not hold it up either.
    standbyInstances: autoscaling.StandbyInstances.IGNORE,
    scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.REFRESH,
  });
}
