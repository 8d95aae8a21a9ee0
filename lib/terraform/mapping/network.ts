import { type Companion, linked, type ResourceMapping } from '../resource-mapping';
import { type Converted, elsewhere, left, pairs, policy, type Rules, same, TAGS } from '../rule';
import { Expression, isRecord, type Term } from '../term';

/** The rule that the CDK writes for "none", since CloudFormation takes no rule for "all". Terraform takes none for none. */
const isNone = (rule: Term): boolean => isRecord(rule) && rule.CidrIp === '255.255.255.255/32';

const RULE: Rules = {
  ...same('Description FromPort IpProtocol ToPort'),
  CidrIp: 'cidr_ipv4',
  CidrIpv6: 'cidr_ipv6',
  SourcePrefixListId: 'prefix_list_id',
  DestinationPrefixListId: 'prefix_list_id',
  SourceSecurityGroupId: 'referenced_security_group_id',
  DestinationSecurityGroupId: 'referenced_security_group_id',
};

/** Rules stand alone, so that a rule of another stack's security group is no change of the group. */
const rules = (property: string, direction: 'ingress' | 'egress'): Companion => ({
  property,
  make: (list, { main, translate }) =>
    (Array.isArray(list) ? list : [])
      .filter(rule => !isNone(rule))
      .map((rule, index) => ({
        type: `aws_vpc_security_group_${direction}_rule`,
        suffix: `${direction}_${index + 1}`,
        arguments: { ...linked(main, { security_group_id: 'id' }), ...translate(rule, RULE) },
      })),
});

const separateRule = (direction: 'ingress' | 'egress'): ResourceMapping => ({
  type: `aws_vpc_security_group_${direction}_rule`,
  properties: { ...RULE, GroupId: 'security_group_id' },
});

/** Terraform asks for the ARN of a log group where CloudFormation asks for its name. */
const arnOfGroup: Converted = {
  argument: 'log_destination',
  convert: name =>
    name instanceof Expression && name.code.endsWith('.name')
      ? new Expression(name.code.replace(/\.name$/, '.arn'))
      : undefined,
};

/** Networks. */
export const NETWORK: Readonly<Record<string, ResourceMapping>> = {
  'AWS::EC2::VPC': {
    type: 'aws_vpc',
    properties: { ...same('CidrBlock EnableDnsHostnames EnableDnsSupport'), ...TAGS },
  },
  'AWS::EC2::Subnet': {
    type: 'aws_subnet',
    properties: { ...same('AvailabilityZoneId CidrBlock MapPublicIpOnLaunch VpcId'), ...TAGS },
  },
  'AWS::EC2::RouteTable': { type: 'aws_route_table', properties: { ...same('VpcId'), ...TAGS } },
  'AWS::EC2::SubnetRouteTableAssociation': {
    type: 'aws_route_table_association',
    properties: same('RouteTableId SubnetId'),
  },
  'AWS::EC2::InternetGateway': { type: 'aws_internet_gateway', properties: TAGS },
  'AWS::EC2::VPCGatewayAttachment': {
    type: 'aws_internet_gateway_attachment',
    properties: same('InternetGatewayId VpcId'),
  },
  'AWS::EC2::EIP': {
    type: 'aws_eip',
    properties: { ...same('Domain'), ...TAGS },
    attributes: { AllocationId: 'allocation_id' },
  },
  'AWS::EC2::NatGateway': {
    type: 'aws_nat_gateway',
    properties: { ...same('AllocationId SubnetId'), ...TAGS },
    attributes: { NatGatewayId: 'id' },
  },
  'AWS::EC2::Route': {
    type: 'aws_route',
    properties: same('DestinationCidrBlock GatewayId NatGatewayId RouteTableId'),
  },
  'AWS::EC2::VPCEndpoint': {
    type: 'aws_vpc_endpoint',
    properties: {
      ...same('RouteTableIds ServiceName VpcEndpointType VpcId PrivateDnsEnabled SecurityGroupIds SubnetIds'),
      PolicyDocument: policy('policy'),
      ...TAGS,
    },
  },
  'AWS::EC2::SecurityGroup': {
    type: 'aws_security_group',
    properties: {
      ...same('VpcId'),
      GroupName: 'name',
      GroupDescription: 'description',
      SecurityGroupIngress: elsewhere,
      SecurityGroupEgress: elsewhere,
      ...TAGS,
    },
    attributes: { GroupId: 'id', VpcId: 'vpc_id' },
    companions: [rules('SecurityGroupIngress', 'ingress'), rules('SecurityGroupEgress', 'egress')],
  },
  'AWS::EC2::SecurityGroupIngress': separateRule('ingress'),
  'AWS::EC2::SecurityGroupEgress': separateRule('egress'),
  'AWS::EC2::FlowLog': {
    type: 'aws_flow_log',
    properties: {
      ...same('LogDestinationType MaxAggregationInterval TrafficType'),
      DeliverLogsPermissionArn: 'iam_role_arn',
      LogGroupName: arnOfGroup,
      ResourceId: 'vpc_id',
      ResourceType: left('said by the argument that holds the id: flow logs are of the whole network'),
      Tags: pairs('tags'),
    },
  },
};
