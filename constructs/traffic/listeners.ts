import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Colour } from '../../lib/naming';
import type { BlueGreenBalancerProps } from './blue-green-balancer';

/** Declares the TLS listener with the colours' weights and the redirect to it; returns the TLS listener. */
export function declareListeners(
  scope: Construct,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  targetGroups: Readonly<Record<Colour, elbv2.ApplicationTargetGroup>>,
  props: BlueGreenBalancerProps,
): elbv2.ApplicationListener {
  const open = props.internetFacing ?? true;
  const weights = props.birthWeights ?? { blue: 100, green: 0 };
  const listener = new elbv2.ApplicationListener(scope, 'Tls', {
    loadBalancer,
    port: 443,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates: [...props.certificates],
    sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
    open,
    defaultAction: elbv2.ListenerAction.weightedForward([
      { targetGroup: targetGroups.blue, weight: weights.blue },
      { targetGroup: targetGroups.green, weight: weights.green },
    ]),
  });
  const redirect = new elbv2.ApplicationListener(scope, 'Redirect', {
    loadBalancer,
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open,
    defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
  if (!open) {
    for (const entry of [listener, redirect]) {
      entry.connections.allowDefaultPortFrom(ec2.Peer.ipv4(props.vpc.vpcCidrBlock), 'Clients of the network');
    }
  }
  return listener;
}
