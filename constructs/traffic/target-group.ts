import { Duration } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Colour } from '../../lib/naming';
import type { BlueGreenBalancerProps } from './blue-green-balancer';

/** Target group of one colour: quick and shallow checks, slow start, and doubt when too many fail at once. */
export function declareTargetGroup(
  scope: Construct,
  colour: Colour,
  props: BlueGreenBalancerProps,
): elbv2.ApplicationTargetGroup {
  const percentage = props.minimumHealthyPercentage ?? 50;
  return new elbv2.ApplicationTargetGroup(scope, colour === 'blue' ? 'Blue' : 'Green', {
    vpc: props.vpc,
    targetGroupName: props.targetGroupNames?.[colour],
    targetType: elbv2.TargetType.INSTANCE,
    protocol: elbv2.ApplicationProtocol.HTTP,
    port: props.port ?? 8080,
    deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(30),
    slowStart: props.slowStart ?? Duration.seconds(30),
    healthCheck: {
      path: props.healthCheckPath ?? '/healthz',
      protocol: elbv2.Protocol.HTTP,
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
      healthyHttpCodes: '200',
    },
    targetGroupHealth: {
      // The share for DNS must not be lower than the share for routing, or ELB refuses the pair.
      dnsMinimumHealthyTargetCount: 1,
      dnsMinimumHealthyTargetPercentage: percentage,
      routingMinimumHealthyTargetCount: 1,
      routingMinimumHealthyTargetPercentage: percentage,
    },
  });
}
