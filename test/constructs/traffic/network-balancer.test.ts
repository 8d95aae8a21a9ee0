import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CloneGroup } from '../../../constructs/compute/clone-group';
import { RegionNetwork } from '../../../constructs/network/region-network';
import { NetworkBalancer, type NetworkBalancerProps } from '../../../constructs/traffic/network-balancer';
import { smallArtifact } from './whole-region';

function balancer(props: Partial<NetworkBalancerProps> = {}, app = new App(), flowLogs = false) {
  const stack = new Stack(app, 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
  const { vpc } = new RegionNetwork(stack, 'Network', {
    cidr: '10.10.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    interfaceEndpoints: [],
    flowLogs,
  });
  return { stack, vpc, built: new NetworkBalancer(stack, 'Balancer', { vpc, ...props }) };
}

const certificateIn = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'Certificate', 'arn:x:acm:r:0:certificate/x');
const TYPE = 'AWS::ElasticLoadBalancingV2::';

describe('TCP passed on', () => {
  const { stack, vpc, built } = balancer();
  const clones = new CloneGroup(stack, 'Clones', {
    vpc,
    artifact: smallArtifact(),
    minimumClones: 2,
    maximumClones: 4,
  });
  built.attach('blue', clones);
  const template = Template.fromStack(stack);

  test.each([
    ['deletion_protection.enabled', 'true'],
    ['load_balancing.cross_zone.enabled', 'true'],
    ['zonal_shift.config.enabled', 'true'],
  ])('%s is %s', (Key, Value) => {
    template.hasResourceProperties(`${TYPE}LoadBalancer`, {
      Type: 'network',
      LoadBalancerAttributes: Match.arrayWith([{ Key, Value }]),
    });
  });

  test('the listener carries the weights of birth', () => {
    template.hasResourceProperties(`${TYPE}Listener`, {
      Port: 443,
      Protocol: 'TCP',
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

  test('groups cut what is left after the drain, and are doubted when half are ill', () => {
    template.resourceCountIs(`${TYPE}TargetGroup`, 2);
    template.allResourcesProperties(`${TYPE}TargetGroup`, {
      Protocol: 'TCP',
      HealthCheckProtocol: 'TCP',
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'deregistration_delay.timeout_seconds', Value: '300' },
        { Key: 'target_group_health.dns_failover.minimum_healthy_targets.percentage', Value: '50' },
        { Key: 'deregistration_delay.connection_termination.enabled', Value: 'true' },
      ]),
    });
  });

  test('clones are reached on their port, from the load balancer alone', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 8080,
      ToPort: 8080,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('BalancerSecurityGroup'), 'GroupId'] },
    });
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      TargetGroupARNs: [{ Ref: Match.stringLikeRegexp('BalancerBlue') }],
    });
  });

  test('is measured and pointed at like any CDK resource', () => {
    expect(built.metricNewConnections().metricName).toBe('NewFlowCount');
    expect(built.metricTargetResets().statistic).toBe('Sum');
    expect(built.metricHealthyClones('green').metricName).toBe('HealthyHostCount');
    expect(stack.resolve(built.aliasTarget.hostedZoneId)).toMatchObject({ 'Fn::GetAtt': expect.anything() });
  });
});

test('with certificates it ends TLS, and logs to a kept bucket', () => {
  const { stack, vpc } = balancer();
  new NetworkBalancer(stack, 'Tls', {
    vpc,
    certificates: [certificateIn(stack)],
    healthCheckPath: '/healthz',
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties(`${TYPE}Listener`, { Protocol: 'TLS', Certificates: [Match.anyValue()] });
  template.hasResourceProperties(`${TYPE}TargetGroup`, {
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/healthz',
  });
  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  template.hasResourceProperties(`${TYPE}LoadBalancer`, {
    LoadBalancerAttributes: Match.arrayWith([{ Key: 'access_logs.s3.enabled', Value: 'true' }]),
  });
});

test('an internal one serves the network alone', () => {
  const template = Template.fromStack(balancer({ internetFacing: false }).stack);
  template.hasResourceProperties(`${TYPE}LoadBalancer`, { Scheme: 'internal' });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.10.0.0/16', FromPort: 443 })],
  });
});

test('AwsSolutions passes, with TLS and without', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { stack, vpc } = balancer({}, app, true);
  new NetworkBalancer(stack, 'Tls', { vpc, certificates: [certificateIn(stack)] });
  expect(() => app.synth()).not.toThrow();
});

describe('refuses', () => {
  test.each<[string, Partial<NetworkBalancerProps>, RegExp]>([
    ['TLS without a certificate', { certificates: [] }, /certificates.*TLS without/],
    ['no weight at all', { birthWeights: { blue: 0, green: 0 } }, /birthWeights:.*no colour/],
    ['a bad name', { loadBalancerName: '-orders' }, /loadBalancerName.*"-orders"/],
    ['port 0', { listenerPort: 0 }, /listenerPort.*received 0/],
    ['a path that is none', { healthCheckPath: 'healthz' }, /healthCheckPath.*"healthz"/],
    ['a long drain', { deregistrationDelay: Duration.hours(2) }, /deregistrationDelay \(seconds\).*7200/],
    ['a share of nothing', { minimumHealthyPercentage: 0 }, /minimumHealthyPercentage.*received 0/],
  ])('%s', (_, props, message) => {
    expect(() => balancer(props)).toThrow(message);
  });

  test('a bucket for logs that are never written', () => {
    const accessLogBucket = Bucket.fromBucketName(new Stack(new App(), 'Other'), 'Logs', 'central-logs');
    expect(() => balancer({ accessLogBucket })).toThrow(/accessLogBucket.*only TLS/);
  });

  test('one zone', () => {
    const { vpc, stack } = balancer();
    const vpcSubnets = { subnets: vpc.publicSubnets.slice(0, 1) };
    expect(() => new NetworkBalancer(stack, 'One', { vpc, vpcSubnets })).toThrow(/vpcSubnets.*received 1/);
  });
});
