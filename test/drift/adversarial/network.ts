import type { Json } from '../../../lib/drift/model';
import { resource, template } from '../judged';
import { type Adversarial, added, gone, pair } from './case';

const rule = (more: { readonly [key: string]: Json }): Json => ({
  ...{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
  ...more,
});
const group = (
  name: string,
  before: readonly Json[],
  after: readonly Json[],
  right = 'danger network-opened',
) =>
  pair(
    name,
    'AWS::EC2::SecurityGroup',
    { SecurityGroupIngress: before },
    { SecurityGroupIngress: after },
    right,
  );
const OPEN = { CidrIp: '0.0.0.0/0' };
const NEAR = { CidrIp: '10.0.0.0/16' };

/** Who may reach more. */
export const NETWORK: readonly Adversarial[] = [
  group('everybody by IPv6', [rule(NEAR)], [rule(NEAR), rule({ CidrIpv6: '::/0' })]),
  group('half of the world', [rule(NEAR)], [rule({ CidrIp: '0.0.0.0/1' })]),
  group('more ports', [rule(NEAR)], [rule({ ...NEAR, FromPort: 0, ToPort: 65535 })]),
  group('every protocol', [rule(NEAR)], [{ IpProtocol: '-1', ...NEAR }]),
  group('a prefix list', [], [rule({ SourcePrefixListId: 'pl-1' })]),
  group('a narrower range', [rule(NEAR)], [rule({ CidrIp: '10.0.1.0/24' })], 'change'),
  group('a protocol by its number', [rule(NEAR)], [rule({ ...NEAR, IpProtocol: '6' })], 'change'),
  group(
    'a rule that stands or not',
    [rule(NEAR)],
    [{ 'Fn::If': ['C', rule(OPEN), { Ref: 'AWS::NoValue' }] }],
    'unknown network-opened',
  ),
  group('a rule that is nothing', [rule(NEAR)], [rule(NEAR), { Ref: 'AWS::NoValue' }], 'clean'),
  added(
    'a rule of its own on a group that stands',
    'AWS::EC2::SecurityGroupIngress',
    rule({ GroupId: 'sg-1', ...NEAR }),
    'danger network-opened',
  ),
  added(
    'a new group lets in half of the world',
    'AWS::EC2::SecurityGroup',
    { SecurityGroupIngress: [rule({ CidrIp: '128.0.0.0/1' })] },
    'danger network-opened',
  ),
  added(
    'a new group lets in the world, written otherwise',
    'AWS::EC2::SecurityGroup',
    { SecurityGroupIngress: [rule({ CidrIpv6: '0::/0' })] },
    'danger network-opened',
  ),
  added(
    'a new group lets in its neighbours',
    'AWS::EC2::SecurityGroup',
    { SecurityGroupIngress: [rule(NEAR)] },
    'change',
  ),
  pair(
    'a group that let out nothing lets out all',
    'AWS::EC2::SecurityGroup',
    {
      SecurityGroupEgress: [{ IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' }],
    },
    {},
    'danger network-opened',
  ),
  pair(
    'a prefix list gains the world',
    'AWS::EC2::PrefixList',
    { Entries: [{ Cidr: '10.0.0.0/8' }] },
    { Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '0.0.0.0/0' }] },
    'danger network-opened',
  ),
  pair(
    'a prefix list loses an entry',
    'AWS::EC2::PrefixList',
    { Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '11.0.0.0/8' }] },
    { Entries: [{ Cidr: '10.0.0.0/8' }] },
    'change',
  ),
  pair(
    'an endpoint of a cluster opens to the world',
    'AWS::EKS::Cluster',
    { ResourcesVpcConfig: { PublicAccessCidrs: ['192.0.2.0/24'] } },
    { ResourcesVpcConfig: { PublicAccessCidrs: ['0.0.0.0/0'] } },
    'danger network-opened',
  ),
  gone(
    'an entry that refuses goes',
    'AWS::EC2::NetworkAclEntry',
    { RuleAction: 'deny', CidrBlock: '192.0.2.0/24' },
    'danger network-opened',
  ),
  pair(
    'an entry that refuses less',
    'AWS::EC2::NetworkAclEntry',
    { RuleAction: 'deny', CidrBlock: '192.0.2.0/24' },
    { RuleAction: 'deny', CidrBlock: '192.0.2.0/30' },
    'danger network-opened',
  ),
  gone(
    'the firewall of a balancer goes',
    'AWS::WAFv2::WebACLAssociation',
    { ResourceArn: 'lb', WebACLArn: 'w' },
    'danger network-opened',
  ),
  pair(
    'a firewall lets through what no rule names',
    'AWS::WAFv2::WebACL',
    { DefaultAction: { Block: {} } },
    { DefaultAction: { Allow: {} } },
    'danger network-opened',
  ),
  pair(
    'a firewall loses a rule that blocks',
    'AWS::WAFv2::WebACL',
    {
      Rules: [
        { Name: 'a', Action: { Block: {} } },
        { Name: 'b', Action: { Block: {} } },
      ],
    },
    { Rules: [{ Name: 'a', Action: { Block: {} } }] },
    'danger network-opened',
  ),
  pair(
    'a rule of a firewall only counts',
    'AWS::WAFv2::WebACL',
    { Rules: [{ Name: 'a', Action: { Block: {} } }] },
    { Rules: [{ Name: 'a', Action: { Count: {} } }] },
    'danger network-opened',
  ),
  added(
    'a subnet that stands gets a way to the world',
    'AWS::EC2::Route',
    { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
    'danger network-opened',
  ),
  added(
    'a subnet that stands gets a way out',
    'AWS::EC2::Route',
    { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' },
    'change',
  ),
  pair(
    'a method needs no key',
    'AWS::ApiGateway::Method',
    { ApiKeyRequired: true, AuthorizationType: 'AWS_IAM' },
    { ApiKeyRequired: false, AuthorizationType: 'AWS_IAM' },
    'danger network-opened',
  ),
  pair(
    'everybody who has an account may read',
    'AWS::S3::Bucket',
    { AccessControl: 'Private' },
    { AccessControl: 'AuthenticatedRead' },
    'danger network-opened',
  ),
  pair(
    'one block of public access goes with its list',
    'AWS::S3::Bucket',
    { PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true } },
    { PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
    'danger network-opened',
  ),
  [
    'a database joins a group that is open',
    template({
      G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [rule(NEAR)] }),
      D: resource('AWS::RDS::DBCluster', { VpcSecurityGroupIds: ['sg-1'] }),
    }),
    template({
      G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [rule(NEAR)] }),
      D: resource('AWS::RDS::DBCluster', {
        VpcSecurityGroupIds: ['sg-1', { 'Fn::GetAtt': ['G', 'GroupId'] }],
      }),
    }),
    'danger network-opened',
  ],
  [
    'a database joins a group that lets in nobody',
    template({
      G: resource('AWS::EC2::SecurityGroup', {}),
      D: resource('AWS::RDS::DBCluster', { VpcSecurityGroupIds: ['sg-1'] }),
    }),
    template({
      G: resource('AWS::EC2::SecurityGroup', {}),
      D: resource('AWS::RDS::DBCluster', {
        VpcSecurityGroupIds: ['sg-1', { 'Fn::GetAtt': ['G', 'GroupId'] }],
      }),
    }),
    'change',
  ],
  pair(
    'a database joins a group that nobody knows',
    'AWS::RDS::DBCluster',
    { VpcSecurityGroupIds: ['sg-1'] },
    { VpcSecurityGroupIds: ['sg-1', 'sg-2'] },
    'unknown network-opened',
  ),
];
