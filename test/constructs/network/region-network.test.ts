import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RegionNetwork, type RegionNetworkProps } from '../../../constructs/network/region-network';

const ZONES = ['use2-az1', 'use2-az2', 'use2-az3'];

function network(props: Partial<RegionNetworkProps> = {}, env: { account?: string; region?: string } = {}) {
  const stack = new Stack(new App(), 'Stack', { env });
  const built = new RegionNetwork(stack, 'Network', { cidr: '10.10.0.0/16', zoneIds: ZONES, ...props });
  return { stack, built, template: Template.fromStack(stack) };
}

type Subnet = { Properties: { AvailabilityZoneId: string; CidrBlock: string; AvailabilityZone?: string } };
const subnets = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::Subnet')) as unknown as Subnet[];

describe('subnets', () => {
  // BP-01: an agnostic stack must not shrink three zones to two.
  test.each([
    { env: {} },
    { env: { region: 'us-east-2' } },
    { env: { account: '000000000000', region: 'us-east-2' } },
  ])('three tiers in each of three zones, whatever the stack knows: $env', ({ env }) => {
    const found = subnets(network({}, env).template);
    expect(found).toHaveLength(9);
    for (const zone of ZONES) {
      expect(found.filter(({ Properties }) => Properties.AvailabilityZoneId === zone)).toHaveLength(3);
    }
  });

  // BP-02, BP-03: ids from end to end, never Region and letter.
  test('zones by id alone', () => {
    for (const { Properties } of subnets(network().template)) {
      expect(Properties.AvailabilityZone).toBeUndefined();
    }
    expect(JSON.stringify(network().template.toJSON())).not.toMatch(/us-east-2[a-f]\b|dummy1/);
  });

  test('the order of a two-zone Region is kept when a third is added at the end', () => {
    const before = subnets(network({ zoneIds: ZONES.slice(0, 2) }).template).map(s => s.Properties.CidrBlock);
    const after = subnets(network().template).map(s => s.Properties.CidrBlock);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test('no subnet hands out public addresses', () => {
    network().template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('the smallest range still holds every subnet of three zones', () => {
    expect(subnets(network({ cidr: '10.10.0.0/22' }).template)).toHaveLength(9);
  });
});

describe('ways out', () => {
  test('by default only the public subnets lead to the internet', () => {
    const { template } = network();
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
    template.resourceCountIs('AWS::EC2::Route', 3);
    template.allResourcesProperties('AWS::EC2::Route', { GatewayId: Match.anyValue() });
  });

  test('a NAT gateway in each zone when asked', () => {
    const { template } = network({ natGateways: 'per-zone' });
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
    template.resourceCountIs('AWS::EC2::EIP', 3);
    template.resourceCountIs('AWS::EC2::Route', 6);
  });

  test('each NAT gateway is measured, and there is none to measure without', () => {
    const { built, stack, template } = network({ natGateways: 'per-zone' });
    const ids = built.natGatewayIds.map(id => stack.resolve(id).Ref);
    expect(ids.sort()).toEqual(Object.keys(template.findResources('AWS::EC2::NatGateway')).sort());
    expect(built.metricNatPortErrors(built.natGatewayIds[0] ?? '')).toMatchObject({
      namespace: 'AWS/NATGateway',
      metricName: 'ErrorPortAllocation',
      statistic: 'Sum',
    });
    expect(network({ internetFacing: false }).built.natGatewayIds).toEqual([]);
    expect(network().built.natGatewayIds).toEqual([]);
  });

  test('an internal network has neither public subnets nor an internet gateway', () => {
    const { template, built } = network({ internetFacing: false });
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    expect(built.vpc.publicSubnets).toEqual([]);
  });
});

describe('as others see it', () => {
  test('tiers are selected through IVpc without a lookup', () => {
    const { built, stack } = network();
    expect(built.vpc.selectSubnets(built.publicSubnets).subnetIds).toHaveLength(3);
    const isolated = built.vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED });
    expect(isolated.subnetIds).toEqual(built.vpc.isolatedSubnets.map(subnet => subnet.subnetId));
    expect(new Set(isolated.availabilityZones).size).toBe(3);
    expect(stack.node.tryGetContext('availability-zones')).toBeUndefined();
  });

  test('what waits for the internet waits for the attachment', () => {
    const stack = new Stack(new App(), 'Stack');
    const { vpc } = new RegionNetwork(stack, 'Network', { cidr: '10.10.0.0/16', zoneIds: ZONES });
    const waiting = new ec2.CfnEIP(stack, 'Waiting');
    waiting.node.addDependency(vpc.internetConnectivityEstablished);
    Template.fromStack(stack).hasResource('AWS::EC2::EIP', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('InternetAttachment')]),
    });
  });
});

describe('endpoints', () => {
  test('the defaults, each with a policy that knows the account', () => {
    const { template } = network();
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 9);
    template.allResourcesProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: {
        Statement: [
          {
            Condition: {
              StringEquals: Match.objectLike({ 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } }),
            },
          },
        ],
      },
    });
  });

  test('S3 leads to buckets of this account alone', () => {
    network().template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.s3'])] },
      PolicyDocument: {
        Statement: [
          {
            Condition: {
              StringEquals: Match.objectLike({ 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } }),
            },
          },
        ],
      },
    });
  });

  test('one may ask for others, or for none', () => {
    const { template, built } = network({ interfaceEndpoints: [] });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    expect(built.interfaceEndpoints).toEqual({});
    expect(Object.keys(network({ interfaceEndpoints: ['kms'] }).built.interfaceEndpoints)).toEqual(['kms']);
  });
});

describe('flow logs', () => {
  test('on by default, kept for three months and beyond the network', () => {
    const { template } = network();
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', ResourceType: 'VPC' });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 90 },
      DeletionPolicy: 'Retain',
    });
  });

  test('off when asked', () => {
    const { template, built } = network({ flowLogs: false });
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    expect(built.flowLogGroup).toBeUndefined();
  });

  test('under a key of one own', () => {
    const stack = new Stack(new App(), 'Stack');
    new RegionNetwork(stack, 'Network', {
      cidr: '10.10.0.0/16',
      zoneIds: ZONES,
      flowLogKey: new Key(stack, 'Key'),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
  });
});

describe('refuses', () => {
  test.each<[string, Partial<RegionNetworkProps>, RegExp]>([
    ['a range that is none', { cidr: '10.10.0.0' }, /cidr: .*"10\.10\.0\.0"/],
    ['a range with host bits', { cidr: '10.10.0.1/16' }, /use 10\.10\.0\.0\/16/],
    ['a range too small', { cidr: '10.10.0.0/23' }, /from 16 to 22/],
    ['a range too large', { cidr: '10.0.0.0/8' }, /from 16 to 22/],
    ['one zone', { zoneIds: ['use2-az1'] }, /zoneIds \(count\).*received 1/],
    ['a zone name', { zoneIds: ['us-east-2a', 'use2-az2'] }, /zoneIds\[0\].*"us-east-2a".*use2-az1/],
    ['a zone named twice', { zoneIds: ['use2-az1', 'use2-az1'] }, /named twice/],
    ['NAT without public subnets', { internetFacing: false, natGateways: 'per-zone' }, /natGateways/],
  ])('%s', (_, props, message) => {
    expect(() => network(props)).toThrow(message);
  });

  test('everything at once', () => {
    expect(() => network({ cidr: 'x', zoneIds: ['a'] })).toThrow(
      /cidr[\s\S]*zoneIds \(count\)[\s\S]*zoneIds\[0\]/,
    );
  });
});
