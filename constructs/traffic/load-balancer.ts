import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { declareAccessLogBucket } from './access-log-bucket';
import type { BlueGreenBalancerProps } from './blue-green-balancer';

/** A load balancer and where it logs. */
export interface DeclaredLoadBalancer {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly accessLogBucket: s3.IBucket;
}

/** Declares the load balancer with its security group, access logs and zonal shift. */
export function declareLoadBalancer(scope: Construct, props: BlueGreenBalancerProps): DeclaredLoadBalancer {
  const internetFacing = props.internetFacing ?? true;
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: props.vpc,
    description: `Load balancer ${scope.node.path}`,
    allowAllOutbound: false,
  });
  if (internetFacing) {
    acknowledge(
      securityGroup,
      'AwsSolutions-EC23',
      'This is the public entry of the service: anybody may reach ports 80 (redirect) and 443, and no other',
    );
  }
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets ?? (internetFacing ? { subnets: props.vpc.publicSubnets } : undefined),
    internetFacing,
    loadBalancerName: props.loadBalancerName,
    securityGroup,
    deletionProtection: props.deletionProtection ?? true,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: elbv2.DesyncMitigationMode.DEFENSIVE,
  });
  loadBalancer.setAttribute('zonal_shift.config.enabled', 'true');
  const accessLogBucket = props.accessLogBucket ?? declareLogBucket(scope);
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', accessLogBucket.bucketName);
  // ELB writes a test object when logging is turned on, so the policy must stand first.
  if (accessLogBucket.policy !== undefined) loadBalancer.node.addDependency(accessLogBucket.policy);
  return { loadBalancer, accessLogBucket };
}

/** It is the log delivery service that writes, so the policy needs no list of account numbers by Region. */
function declareLogBucket(scope: Construct): s3.Bucket {
  const bucket = declareAccessLogBucket(scope);
  const { account } = Stack.of(scope);
  const logDelivery = `logdelivery.${iam.ServicePrincipal.servicePrincipalName('elasticloadbalancing')}`;
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(logDelivery)],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
    }),
  );
  return bucket;
}
