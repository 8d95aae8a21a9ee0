import { madeUpName, type ResourceMapping } from '../resource-mapping';
import {
  block,
  type Converted,
  elsewhere,
  lift,
  number,
  pairs,
  type Rules,
  type Split,
  same,
  single,
} from '../rule';
import { type Arguments, type Draft, isRecord } from '../term';

/** Every metric of a group: CloudFormation takes no list for all of them, Terraform takes no list for none. */
const GROUP_METRICS = [
  'GroupDesiredCapacity',
  'GroupInServiceCapacity',
  'GroupInServiceInstances',
  'GroupMaxSize',
  'GroupMinSize',
  'GroupPendingCapacity',
  'GroupPendingInstances',
  'GroupStandbyCapacity',
  'GroupStandbyInstances',
  'GroupTerminatingCapacity',
  'GroupTerminatingInstances',
  'GroupTotalCapacity',
  'GroupTotalInstances',
];

const metricsCollection: Split = {
  split: value => {
    const [first] = Array.isArray(value) ? value.filter(isRecord) : [];
    return {
      metrics_granularity: first?.Granularity ?? '1Minute',
      enabled_metrics: first?.Metrics ?? GROUP_METRICS,
    };
  },
};

/** The template's own tags; those of what it launches stand within its data. */
const ownTags: Split = {
  split: value => {
    const [first] = Array.isArray(value) ? value.filter(isRecord) : [];
    return isRecord(first) && Array.isArray(first.Tags)
      ? {
          tags: Object.fromEntries(
            first.Tags.filter(isRecord).map(tag => [String(tag.Key), tag.Value ?? null]),
          ),
        }
      : {};
  },
};

const METRIC: Rules = {
  ...same('Dimensions MetricName Namespace'),
  Dimensions: block('dimensions', same('Name Value')),
};

const TARGET_TRACKING: Rules = {
  ...same('DisableScaleIn TargetValue'),
  PredefinedMetricSpecification: block(
    'predefined_metric_specification',
    same('PredefinedMetricType ResourceLabel'),
  ),
  CustomizedMetricSpecification: block('customized_metric_specification', {
    Metrics: block('metrics', {
      ...same('Id Expression Label ReturnData'),
      MetricStat: block('metric_stat', { ...same('Stat'), Metric: block('metric', METRIC) }),
    }),
  }),
};

/** Terraform has these bounds as text, so that an open one is told from zero. */
const bound = (argument: string): Converted => ({ argument, convert: value => String(value) });

const LAUNCH: Rules = {
  ...same('ImageId InstanceType UserData'),
  BlockDeviceMappings: block('block_device_mappings', {
    ...same('DeviceName'),
    Ebs: block('ebs', same('DeleteOnTermination Encrypted VolumeSize VolumeType')),
  }),
  IamInstanceProfile: block('iam_instance_profile', same('Arn')),
  MetadataOptions: block('metadata_options', same('HttpPutResponseHopLimit HttpTokens')),
  Monitoring: block('monitoring', same('Enabled')),
  NetworkInterfaces: block('network_interfaces', {
    ...same('AssociatePublicIpAddress DeviceIndex'),
    Groups: 'security_groups',
  }),
  TagSpecifications: block('tag_specifications', { ...same('ResourceType'), Tags: pairs('tags') }),
};

/**
 * CloudFormation replaces instances one by one and waits for their signals; Auto Scaling's own refresh replaces them
 * one by one and waits for their health, and goes back when they stay sick. A new one comes before an old one goes.
 */
function instanceRefresh(args: Arguments, properties: Arguments): Draft {
  if (properties.UpdatePolicy === undefined) return args;
  const preferences = {
    min_healthy_percentage: 100,
    max_healthy_percentage: 110,
    instance_warmup: args.default_instance_warmup ?? 60,
    auto_rollback: true,
  };
  return { ...args, instance_refresh: { strategy: 'Rolling', preferences } };
}

/** Clones: what is launched, the groups, and how they scale. */
export const COMPUTE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::EC2::LaunchTemplate': {
    type: 'aws_launch_template',
    properties: { LaunchTemplateData: lift(LAUNCH), TagSpecifications: ownTags, LaunchTemplateName: 'name' },
    attributes: { LatestVersionNumber: 'latest_version', DefaultVersionNumber: 'default_version' },
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    type: 'aws_autoscaling_group',
    ref: 'name',
    properties: {
      ...same('DefaultInstanceWarmup HealthCheckGracePeriod HealthCheckType TerminationPolicies'),
      AutoScalingGroupName: 'name',
      Cooldown: number('default_cooldown'),
      LaunchTemplate: block('launch_template', { LaunchTemplateId: 'id', Version: 'version' }),
      MaxSize: number('max_size'),
      MinSize: number('min_size'),
      MetricsCollection: metricsCollection,
      Tags: block('tag', same('Key PropagateAtLaunch Value')),
      TargetGroupARNs: 'target_group_arns',
      VPCZoneIdentifier: 'vpc_zone_identifier',
      UpdatePolicy: elsewhere,
    },
    complete: instanceRefresh,
  },
  'AWS::AutoScaling::LifecycleHook': {
    type: 'aws_autoscaling_lifecycle_hook',
    properties: {
      ...same('AutoScalingGroupName DefaultResult HeartbeatTimeout LifecycleTransition'),
      AutoScalingGroupName: 'autoscaling_group_name',
      LifecycleHookName: 'name',
    },
  },
  'AWS::AutoScaling::ScalingPolicy': {
    type: 'aws_autoscaling_policy',
    ref: 'arn',
    attributes: { Arn: 'arn', PolicyName: 'name' },
    properties: {
      ...same('AdjustmentType EstimatedInstanceWarmup PolicyType MetricAggregationType'),
      AutoScalingGroupName: 'autoscaling_group_name',
      StepAdjustments: block('step_adjustment', {
        ...same('ScalingAdjustment'),
        MetricIntervalLowerBound: bound('metric_interval_lower_bound'),
        MetricIntervalUpperBound: bound('metric_interval_upper_bound'),
      }),
      TargetTrackingConfiguration: block('target_tracking_configuration', TARGET_TRACKING),
    },
    complete: (args, _properties, resource) => ({ name: madeUpName(resource), ...args }),
  },
  'AWS::IAM::InstanceProfile': {
    type: 'aws_iam_instance_profile',
    ref: 'name',
    attributes: { Arn: 'arn' },
    properties: { Roles: single('role'), InstanceProfileName: 'name' },
  },
};
