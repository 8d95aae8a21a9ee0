import { type CasesByRule, HIDDEN, one, perhaps } from './case';

const group = (properties: object, rest: object = {}) =>
  one('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '12', ...properties }, rest);
const rolling = (settings: object) => group({}, { UpdatePolicy: { AutoScalingRollingUpdate: settings } });
const launch = (data: object) => one('AWS::EC2::LaunchTemplate', { LaunchTemplateData: data });
const subnet = (zone: unknown) => ({ Type: 'AWS::EC2::Subnet', Properties: { AvailabilityZone: zone } });
const first = { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] };
const second = { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] };
const service = (properties: object) => ({
  ...one('AWS::ECS::Service', properties),
  Target: {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: { ResourceId: { 'Fn::Join': ['/', ['service', 'c', { 'Fn::GetAtt': ['Judged', 'Name'] }]] } },
  },
});

export const COMPUTE: CasesByRule = {
  DesiredCapacity: {
    compliant: { 'BP-04: bounds alone': group({}) },
    broken: {
      'BP-04: desired 4 beside 2 to 12': group({ DesiredCapacity: '4' }),
      'a parameter sets it back as well': group({ DesiredCapacity: HIDDEN }),
    },
    unknown: { 'a condition decides': group({ DesiredCapacity: perhaps('4') }) },
  },
  ServiceDesiredCount: {
    compliant: { 'a scaled service without a count': service({}) },
    broken: { 'a scaled service with a count': service({ DesiredCount: 3 }) },
    unknown: { 'a condition decides': service({ DesiredCount: perhaps(3) }) },
    notApplicable: { 'a service that does not scale': one('AWS::ECS::Service', { DesiredCount: 3 }) },
  },
  GroupUpdatePolicy: {
    compliant: { 'a rolling update': rolling({ MinInstancesInService: 1 }) },
    broken: {
      'BP-05: no update policy rolls nothing': group({}),
      'a policy on scheduled actions replaces nothing': group(
        {},
        { UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } } },
      ),
    },
    unknown: {
      'a condition decides': group({}, { UpdatePolicy: { AutoScalingRollingUpdate: perhaps({}) } }),
    },
  },
  RollingUpdateMinimum: {
    compliant: { 'two stay': rolling({ MinInstancesInService: '2' }) },
    broken: {
      'BP-05: the bare rolling default': rolling({}),
      'none stays': rolling({ MinInstancesInService: 0 }),
    },
    unknown: { 'a parameter': rolling({ MinInstancesInService: HIDDEN }) },
    notApplicable: { 'no rolling update': group({}) },
  },
  RollingUpdateSignals: {
    compliant: { waits: rolling({ WaitOnResourceSignals: true, PauseTime: 'PT10M' }) },
    broken: { 'BP-05: does not wait': rolling({ MinInstancesInService: 2 }) },
    unknown: { 'a parameter': rolling({ WaitOnResourceSignals: HIDDEN }) },
    notApplicable: { 'no rolling update': group({}) },
  },
  GroupHealthCheck: {
    compliant: { ELB: group({ TargetGroupARNs: [HIDDEN], HealthCheckType: 'EC2,ELB' }) },
    broken: {
      'the default': group({ TargetGroupARNs: [HIDDEN] }),
      EC2: group({ LoadBalancerNames: ['classic'], HealthCheckType: 'EC2' }),
    },
    unknown: { 'a parameter': group({ TargetGroupARNs: [HIDDEN], HealthCheckType: HIDDEN }) },
    notApplicable: {
      'a worker without a load balancer': group({}),
      'an empty list': group({ TargetGroupARNs: [] }),
    },
  },
  GroupZones: {
    compliant: {
      'two zones': {
        ...group({ VPCZoneIdentifier: [{ Ref: 'A' }, { Ref: 'B' }] }),
        A: subnet(first),
        B: subnet(second),
      },
      'imported subnets': group({
        VPCZoneIdentifier: [{ 'Fn::ImportValue': 'a' }, { 'Fn::ImportValue': 'b' }],
      }),
    },
    broken: {
      'one subnet': group({ VPCZoneIdentifier: ['subnet-1'] }),
      'one subnet twice': group({ VPCZoneIdentifier: ['subnet-1', 'subnet-1'] }),
      'two subnets of one zone': {
        ...group({ VPCZoneIdentifier: [{ Ref: 'A' }, { Ref: 'B' }] }),
        A: subnet(first),
        B: subnet(first),
      },
      'one zone by name': group({ AvailabilityZones: ['us-east-2a'] }),
    },
    unknown: { 'a list parameter': group({ VPCZoneIdentifier: HIDDEN }) },
  },
  BalancerZones: {
    compliant: { 'two subnets': one('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: ['a', 'b'] }) },
    broken: {
      'one mapping': one('AWS::ElasticLoadBalancingV2::LoadBalancer', {
        SubnetMappings: [{ SubnetId: 'a' }],
      }),
    },
    unknown: { 'a list parameter': one('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: HIDDEN }) },
  },
  InstanceMetadata: {
    compliant: { required: launch({ MetadataOptions: { HttpTokens: 'required' } }) },
    broken: { 'the default': launch({}), optional: launch({ MetadataOptions: { HttpTokens: 'optional' } }) },
    unknown: { 'a parameter': launch({ MetadataOptions: { HttpTokens: HIDDEN } }) },
  },
  InstanceAddress: {
    compliant: {
      'no interface': launch({}),
      'none given': launch({ NetworkInterfaces: [{ AssociatePublicIpAddress: false }] }),
    },
    broken: { given: launch({ NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: 'true' }] }) },
    unknown: { 'a parameter': launch({ NetworkInterfaces: [{ AssociatePublicIpAddress: HIDDEN }] }) },
  },
  CodeDeployCopy: {
    compliant: { 'in place': one('AWS::CodeDeploy::DeploymentGroup') },
    broken: {
      'BP-13: copies the group': one('AWS::CodeDeploy::DeploymentGroup', {
        BlueGreenDeploymentConfiguration: {
          GreenFleetProvisioningOption: { Action: 'COPY_AUTO_SCALING_GROUP' },
        },
      }),
    },
    unknown: {
      'a parameter': one('AWS::CodeDeploy::DeploymentGroup', {
        BlueGreenDeploymentConfiguration: { GreenFleetProvisioningOption: { Action: HIDDEN } },
      }),
    },
  },
};
