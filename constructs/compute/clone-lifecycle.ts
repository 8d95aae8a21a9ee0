import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { DefaultResult, LifecycleTransition } from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { type Rule, wholeNumber } from '../validation';
import type { CloneGroupProps } from './clone-group-props';

/** How clones enter and leave service. */
export interface CloneLifecycleOptions {
  /**
   * Longest time that a leaving clone may take for what it works on, 60 s to 2 hours. Meanwhile it sends heartbeats;
   * without them the group gives it up after two minutes.
   * @default Duration.minutes(10)
   */
  readonly drainTimeout?: Duration;
}

/** Names of the hooks, which the clone uses to report. */
export const HOOKS = { launching: 'launching', terminating: 'terminating' } as const;

/** Time between two heartbeats after which the group gives a leaving clone up: four of them may be lost. */
const HEARTBEAT_TIMEOUT = Duration.minutes(2);

/** Seconds of the longest drain. */
export const drainSecondsOf = ({ lifecycle }: Pick<CloneGroupProps, 'lifecycle'>): number =>
  (lifecycle?.drainTimeout ?? Duration.minutes(10)).toSeconds();

/** What the hooks of a group must satisfy. */
export function lifecycleRules(props: CloneGroupProps): Rule[] {
  if (props.lifecycle === undefined) return [];
  return [
    wholeNumber('lifecycle.drainTimeout (seconds)', drainSecondsOf(props), 60, 7_200),
    props.groupName === undefined && {
      path: 'groupName',
      message: 'a clone names its group when it reports that it is up or done',
      fix: 'give the group a name',
    },
  ];
}

/**
 * Declares the hooks and lets the clones report to them. A launching clone whose report does not come through joins
 * after the boot timeout all the same: health checks judge it, and a boot depends on no further service (law 9).
 */
export function addLifecycle(
  scope: Construct,
  group: autoscaling.AutoScalingGroup,
  role: iam.IRole,
  bootTimeout: Duration,
  groupName: string,
): void {
  group.addLifecycleHook('Launching', {
    lifecycleHookName: HOOKS.launching,
    lifecycleTransition: LifecycleTransition.INSTANCE_LAUNCHING,
    heartbeatTimeout: bootTimeout,
    defaultResult: DefaultResult.CONTINUE,
  });
  group.addLifecycleHook('Terminating', {
    lifecycleHookName: HOOKS.terminating,
    lifecycleTransition: LifecycleTransition.INSTANCE_TERMINATING,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    defaultResult: DefaultResult.CONTINUE,
  });
  // The id in the middle is chosen by Auto Scaling, so the name alone tells groups apart.
  const arn = Stack.of(scope).formatArn({
    service: 'autoscaling',
    resource: 'autoScalingGroup',
    resourceName: `*:autoScalingGroupName/${groupName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const policy = new iam.Policy(scope, 'Lifecycle', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
        resources: [arn],
      }),
    ],
  });
  acknowledge(
    policy,
    `AwsSolutions-IAM5[Resource::${findingArn(scope, arn)}]`,
    'The open part is an id that Auto Scaling chooses; Region, account and name of the group are fixed',
  );
}
