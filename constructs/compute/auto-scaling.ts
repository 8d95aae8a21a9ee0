import { Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { addCapacity, launchSource } from './clone-capacity';
import type { CloneGroupProps } from './clone-group-props';
import { updatePolicyOf } from './clone-update';

/** Longest time from launch to healthy. */
export const bootTimeoutOf = (props: Pick<CloneGroupProps, 'bootTimeout'>): Duration =>
  props.bootTimeout ?? Duration.minutes(10);

/**
 * Declares the group: smallest and largest size, no desired one. A new template goes through it as the update policy
 * says, and never takes the last clone in service.
 */
export function declareGroup(
  scope: Construct,
  launchTemplate: ec2.LaunchTemplate,
  props: CloneGroupProps,
): autoscaling.AutoScalingGroup {
  const bootTimeout = bootTimeoutOf(props);
  const isService = (props.entry ?? 'service') === 'service';
  const group = new autoscaling.AutoScalingGroup(scope, 'Group', {
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets,
    autoScalingGroupName: props.groupName,
    ...launchSource(launchTemplate, props),
    minCapacity: props.minimumClones,
    maxCapacity: props.maximumClones,
    cooldown: Duration.minutes(1),
    defaultInstanceWarmup: Duration.minutes(1),
    groupMetrics: [autoscaling.GroupMetrics.all()],
    // Only a load balancer knows whether a service answers; EC2 alone would keep a dead process in service.
    healthChecks: isService
      ? autoscaling.HealthChecks.withAdditionalChecks({
          additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
          gracePeriod: bootTimeout,
        })
      : autoscaling.HealthChecks.ec2({ gracePeriod: bootTimeout }),
    terminationPolicies: [
      autoscaling.TerminationPolicy.OLDEST_LAUNCH_TEMPLATE,
      autoscaling.TerminationPolicy.DEFAULT,
    ],
    updatePolicy: updatePolicyOf(props, bootTimeout),
  });
  addCapacity(group, props);
  acknowledge(
    group,
    'AwsSolutions-AS3',
    'Scaling events are read from the group metrics and from EventBridge, which carries every one of them; a topic without a reader tells nobody',
  );
  if (props.mixedInstances !== undefined) {
    acknowledge(
      group,
      'AwsSolutions-EC26',
      'The rule cannot read a group of several instance types; its launch template encrypts every volume',
    );
  }
  return group;
}
