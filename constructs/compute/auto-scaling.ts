import { Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import type { CloneGroupProps } from './clone-group';

/** Longest time from launch to healthy. */
export const bootTimeoutOf = (props: Pick<CloneGroupProps, 'bootTimeout'>): Duration =>
  props.bootTimeout ?? Duration.minutes(10);

/**
 * Declares the group: smallest and largest size, no desired one. A new template rolls through it one clone at a
 * time, each of which must signal that it is up, and never takes the last clone in service.
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
    launchTemplate,
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
    updatePolicy: autoscaling.UpdatePolicy.rollingUpdate({
      maxBatchSize: 1,
      minInstancesInService: Math.max(1, props.minimumClones),
      waitOnResourceSignals: true,
      pauseTime: bootTimeout,
    }),
  });
  acknowledge(
    group,
    'AwsSolutions-AS3',
    'Scaling events are read from the group metrics and from EventBridge, which carries every one of them; a topic without a reader tells nobody',
  );
  return group;
}
