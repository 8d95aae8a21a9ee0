import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { RegionNetwork } from '../../../constructs/network/region-network';
import {
  BlueGreenBalancer,
  type BlueGreenBalancerProps,
} from '../../../constructs/traffic/blue-green-balancer';
import { wholeRegion } from './whole-region';

function balancer(props: Partial<BlueGreenBalancerProps> = {}, env = { region: 'us-east-2' }) {
  const stack = new Stack(new App(), 'Stack', { env });
  const { vpc } = new RegionNetwork(stack, 'Network', {
    cidr: '10.10.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    interfaceEndpoints: [],
    flowLogs: false,
  });
  const certificate = Certificate.fromCertificateArn(
    stack,
    'Certificate',
    stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'x' }),
  );
  const built = new BlueGreenBalancer(stack, 'Balancer', { vpc, certificates: [certificate], ...props });
  return { stack, vpc, built, template: Template.fromStack(stack) };
}

const attribute = (Key: string, Value: unknown) => Match.arrayWith([{ Key, Value }]);

describe('load balancer', () => {
  test.each([
    ['deletion_protection.enabled', 'true'],
    ['routing.http.drop_invalid_header_fields.enabled', 'true'],
    ['zonal_shift.config.enabled', 'true'],
    ['access_logs.s3.enabled', 'true'],
  ])('%s is %s', (key, value) => {
    balancer().template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: attribute(key, value),
    });
  });

  test('access logs go to a kept bucket, closed to the public, with a policy that stands first', () => {
    const { template } = balancer();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: { PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true }) },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          }),
        ]),
      },
    });
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('AccessLogsPolicy')]),
    });
  });

  test('a bucket of one own is used', () => {
    const stack = new Stack(new App(), 'Other');
    const accessLogBucket = Bucket.fromBucketName(stack, 'Logs', 'central-logs');
    const { template } = balancer({ accessLogBucket });
    template.resourceCountIs('AWS::S3::Bucket', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: attribute('access_logs.s3.bucket', 'central-logs'),
    });
  });

  test('an internal one sits in the private subnets and serves the network alone', () => {
    const { template } = balancer({ internetFacing: false });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroup'))).not.toContain(
      '"CidrIp":"0.0.0.0/0","Desc',
    );
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([
        Match.objectLike({ CidrIp: '10.10.0.0/16', FromPort: 443, ToPort: 443 }),
      ]),
    });
  });
});

describe('listeners', () => {
  test('TLS carries the weights of birth', () => {
    balancer().template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [Match.anyValue()],
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: Match.stringLikeRegexp('Blue') }, Weight: 100 },
              { TargetGroupArn: { Ref: Match.stringLikeRegexp('Green') }, Weight: 0 },
            ],
          },
        },
      ],
    });
  });

  test('plain HTTP only leads to TLS', () => {
    const { template } = balancer();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } }],
    });
  });
});

describe('target groups', () => {
  test('shallow check, slow start, short drain, doubt when half are ill', () => {
    const { template } = balancer();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/healthz',
      Port: 8080,
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'deregistration_delay.timeout_seconds', Value: '30' },
        { Key: 'target_group_health.dns_failover.minimum_healthy_targets.percentage', Value: '50' },
        {
          Key: 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage',
          Value: '50',
        },
        { Key: 'slow_start.duration_seconds', Value: '30' },
      ]),
    });
  });

  test("a clone group behind a colour gets that colour's requests on its port and is scaled by them", () => {
    const template = Template.fromStack(
      wholeRegion(new App(), 'us-east-2', ['us-east-2', 'us-west-2']).stack,
    );
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      TargetGroupARNs: [{ Ref: Match.stringLikeRegexp('BalancerBlue') }],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 8080,
      ToPort: 8080,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('BalancerSecurityGroup'), 'GroupId'] },
    });
    template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      TargetTrackingConfiguration: {
        TargetValue: 12_000,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
      },
    });
  });
});

test('is measured and pointed at like any CDK resource', () => {
  const { built, stack } = balancer();
  expect(built.metricRequestCount().statistic).toBe('Sum');
  expect(built.metricTargetErrors().metricName).toBe('HTTPCode_Target_5XX_Count');
  expect(built.metricBalancerErrors().metricName).toBe('HTTPCode_ELB_5XX_Count');
  expect(built.metricLatency().statistic).toBe('p99');
  expect(built.metricHealthyClones('green').metricName).toBe('HealthyHostCount');
  expect(stack.resolve(built.aliasTarget.hostedZoneId)).toEqual({
    'Fn::GetAtt': [expect.any(String), 'CanonicalHostedZoneID'],
  });
});

describe('refuses', () => {
  test.each<[string, Partial<BlueGreenBalancerProps>, RegExp]>([
    ['no certificate', { certificates: [] }, /certificates.*TLS only/],
    ['no weight at all', { birthWeights: { blue: 0, green: 0 } }, /birthWeights:.*no colour/],
    ['a weight too large', { birthWeights: { blue: 1000, green: 0 } }, /birthWeights\.blue.*received 1000/],
    ['a bad name', { loadBalancerName: 'internal-orders' }, /loadBalancerName.*"internal-orders"/],
    [
      'a long target group name',
      { targetGroupNames: { blue: 'x'.repeat(33), green: 'g' } },
      /targetGroupNames\.blue/,
    ],
    ['a path that is none', { healthCheckPath: 'healthz' }, /healthCheckPath.*"healthz"/],
    ['a long drain', { deregistrationDelay: Duration.hours(2) }, /deregistrationDelay \(seconds\).*7200/],
    ['a short slow start', { slowStart: Duration.seconds(10) }, /slowStart \(seconds\).*received 10/],
    ['a share of nothing', { minimumHealthyPercentage: 0 }, /minimumHealthyPercentage.*received 0/],
    ['port 0', { port: 0 }, /port.*received 0/],
  ])('%s', (_, props, message) => {
    expect(() => balancer(props)).toThrow(message);
  });

  test('one zone', () => {
    const { stack, vpc } = balancer();
    const vpcSubnets = { subnets: vpc.publicSubnets.slice(0, 1) };
    expect(() => new BlueGreenBalancer(stack, 'One', { vpc, vpcSubnets, certificates: [] })).toThrow(
      /vpcSubnets.*received 1/,
    );
  });
});
