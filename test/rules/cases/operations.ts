import { type CasesByRule, HIDDEN, one, perhaps, type Resources } from './case';

const experiment = (properties: object) => one('AWS::FIS::ExperimentTemplate', properties);
const balancer = (entries: unknown, properties: object = {}) =>
  one('AWS::ElasticLoadBalancingV2::LoadBalancer', { LoadBalancerAttributes: entries, ...properties });
const attribute = (Key: string, Value: unknown) => [{ Key, Value }];
const targets = (value: unknown) =>
  one('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: attribute('deregistration_delay.timeout_seconds', value),
  });
const deployment = (environment: unknown, rest: object = {}) => ({
  Type: 'AWS::AppConfig::Deployment',
  Properties: { ApplicationId: 'a', EnvironmentId: environment },
  ...rest,
});
const alarm = (properties: object) =>
  one('AWS::CloudWatch::Alarm', {
    MetricName: 'HealthyHostCount',
    ComparisonOperator: 'LessThanThreshold',
    ...properties,
  });
const role = (name: string, ...actions: unknown[]): Resources =>
  one('AWS::IAM::Role', { RoleName: name, Policies: [{ PolicyDocument: allow(...actions) }] });
const allow = (...actions: unknown[]) => ({
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});
const runtime = (name: unknown) => one('AWS::Lambda::Function', { Runtime: name });
const subnets = (first: string, second: string): Resources => ({
  ...one('AWS::EC2::NatGateway', { SubnetId: 'subnet-1' }),
  ...Object.fromEntries(
    [first, second].flatMap((zone, index) => [
      [`Subnet${index}`, { Type: 'AWS::EC2::Subnet', Properties: { AvailabilityZone: zone } }],
      [`Table${index}`, { Type: 'AWS::EC2::RouteTable', Properties: {} }],
      [
        `Route${index}`,
        {
          Type: 'AWS::EC2::Route',
          Properties: { RouteTableId: { Ref: `Table${index}` }, NatGatewayId: { Ref: 'Judged' } },
        },
      ],
      [
        `Association${index}`,
        {
          Type: 'AWS::EC2::SubnetRouteTableAssociation',
          Properties: { RouteTableId: { Ref: `Table${index}` }, SubnetId: { Ref: `Subnet${index}` } },
        },
      ],
    ]),
  ),
});

export const OPERATIONS: CasesByRule = {
  FailoverRole: {
    compliant: {
      'the Region’s own calls': role('failover', 'rds:FailoverGlobalCluster', 'iam:PassRole'),
      'a data plane is no control plane': role('drill', 'route53-recovery-cluster:UpdateRoutingControlState'),
      'what is denied is not called': one('AWS::IAM::Role', {
        RoleName: 'failover',
        Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'route53:*' }] } }],
      }),
    },
    broken: {
      'changes records': role('failover', 'rds:*', 'route53:ChangeResourceRecordSets'),
      'a wildcard covers it': role('dr-drill', 'rou*'),
      everything: role('Switchover', '*'),
      'makes load balancers': role('failover', 'elasticloadbalancing:Create*'),
      'all but a few': one('AWS::IAM::Role', {
        RoleName: 'failover',
        Policies: [{ PolicyDocument: { Statement: { Effect: 'Allow', NotAction: 's3:*' } } }],
      }),
      'a managed policy': one('AWS::IAM::Role', {
        Description: 'Fails over',
        RoleName: 'evacuate',
        ManagedPolicyArns: [
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AdministratorAccess']] },
        ],
      }),
      'a policy of its own': {
        ...one('AWS::IAM::Policy', {
          Roles: [{ Ref: 'FailoverRole' }],
          PolicyDocument: allow('iam:CreateRole'),
        }),
        FailoverRole: { Type: 'AWS::IAM::Role', Properties: {} },
      },
    },
    unknown: { 'a parameter': role('failover', 'rds:*', HIDDEN) },
    notApplicable: { 'a role that moves nothing': role('deploy', 'route53:*') },
  },
  CrossRegionReference: {
    compliant: {
      'an export of this Region': one('AWS::SNS::Topic', { TopicName: { 'Fn::ImportValue': 'name' } }),
      'an output of this Region': one('AWS::SNS::Topic', {
        TopicName: { 'Fn::GetStackOutput': { StackName: 's', OutputName: 'o' } },
      }),
    },
    broken: {
      'an output of another Region': one('AWS::SNS::Topic', {
        TopicName: { 'Fn::GetStackOutput': { StackName: 's', OutputName: 'o', Region: 'us-east-2' } },
      }),
      'the writer of the CDK': one('Custom::CrossRegionExportWriter'),
      'the reader of the CDK': one('Custom::CrossRegionExportReader'),
    },
    unknown: {
      'a parameter': one('AWS::SNS::Topic', {
        TopicName: { 'Fn::GetStackOutput': { StackName: 's', OutputName: 'o', Region: HIDDEN } },
      }),
    },
    notApplicable: { 'nothing from elsewhere': one('AWS::SNS::Topic') },
  },
  ExperimentStop: {
    compliant: {
      'an alarm': experiment({ StopConditions: [{ Source: 'aws:cloudwatch:alarm', Value: HIDDEN }] }),
    },
    broken: { none: experiment({ StopConditions: [{ Source: 'none' }] }), 'left out': experiment({}) },
    unknown: { 'a parameter': experiment({ StopConditions: [{ Source: HIDDEN }] }) },
  },
  ExperimentTarget: {
    compliant: {
      'BP-64: tags, and only what runs': experiment({
        Targets: {
          Clones: {
            ResourceType: 'aws:ec2:instance',
            ResourceTags: { part: 'clone' },
            Filters: [{ Path: 'State.Name', Values: ['running'] }],
          },
        },
      }),
      'whole names': experiment({
        Targets: {
          One: { ResourceType: 'aws:ec2:instance', ResourceArns: ['arn:aws:ec2:x:1:instance/i-1'] },
        },
      }),
      'resources that do not linger': experiment({
        Targets: { Tasks: { ResourceType: 'aws:ecs:task', ResourceTags: { part: 'clone' } } },
      }),
    },
    broken: {
      'BP-64: tags that also find terminated instances': experiment({
        Targets: { Clones: { ResourceType: 'aws:ec2:instance', ResourceTags: { part: 'clone' } } },
      }),
      'another state too': experiment({
        Targets: {
          Clones: {
            ResourceType: 'aws:ec2:instance',
            Filters: [{ Path: 'State.Name', Values: ['running', 'stopped'] }],
          },
        },
      }),
      'BP-64: an ARN that nothing has': experiment({
        Targets: { Tasks: { ResourceType: 'aws:ecs:task', ResourceArns: ['arn:aws:ecs:x:1:task//*'] } },
      }),
    },
    unknown: {
      'hidden targets': experiment({ Targets: HIDDEN }),
      'a hidden ARN': experiment({
        Targets: { One: { ResourceType: 'aws:ecs:task', ResourceArns: [HIDDEN] } },
      }),
      'hidden values': experiment({
        Targets: {
          Clones: { ResourceType: 'aws:ec2:instance', Filters: [{ Path: 'State.Name', Values: HIDDEN }] },
        },
      }),
    },
    notApplicable: { 'no targets': experiment({}) },
  },
  ExperimentLog: {
    compliant: { 'a log group': experiment({ LogConfiguration: { LogSchemaVersion: 2 } }) },
    broken: { none: experiment({}) },
    unknown: { 'a condition decides': experiment({ LogConfiguration: perhaps({}) }) },
  },
  BalancerDeletionProtection: {
    compliant: { on: balancer(attribute('deletion_protection.enabled', 'true')) },
    broken: { 'the default': balancer([]), off: balancer(attribute('deletion_protection.enabled', 'false')) },
    unknown: { 'a parameter': balancer(attribute('deletion_protection.enabled', HIDDEN)) },
  },
  BalancerAccessLogs: {
    compliant: { on: balancer(attribute('access_logs.s3.enabled', true)) },
    broken: { 'the default': balancer([]) },
    unknown: { 'a parameter': balancer(HIDDEN) },
    notApplicable: { 'a network balancer': balancer([], { Type: 'network' }) },
  },
  TargetDeregistration: {
    compliant: {
      'half a minute': targets('30'),
      'the default': one('AWS::ElasticLoadBalancingV2::TargetGroup'),
    },
    broken: { zero: targets('0') },
    unknown: { 'a parameter': targets(HIDDEN) },
    notApplicable: {
      'a function': one('AWS::ElasticLoadBalancingV2::TargetGroup', { TargetType: 'lambda' }),
    },
  },
  ConfigAlarms: {
    compliant: { 'an alarm': one('AWS::AppConfig::Environment', { Monitors: [{ AlarmArn: HIDDEN }] }) },
    broken: { none: one('AWS::AppConfig::Environment') },
    unknown: { 'a parameter': one('AWS::AppConfig::Environment', { Monitors: HIDDEN }) },
  },
  ConfigBake: {
    compliant: { 'half an hour': one('AWS::AppConfig::DeploymentStrategy', { FinalBakeTimeInMinutes: 30 }) },
    broken: { none: one('AWS::AppConfig::DeploymentStrategy') },
    unknown: { 'a parameter': one('AWS::AppConfig::DeploymentStrategy', { FinalBakeTimeInMinutes: HIDDEN }) },
  },
  ConfigChain: {
    compliant: {
      'BP-23: chained, over another': {
        Judged: deployment('e', { DependsOn: ['Second'] }),
        Second: deployment('e', { DependsOn: 'Third' }),
        Third: deployment('e'),
      },
      'a substitution waits as well': {
        Judged: {
          Type: 'AWS::AppConfig::Deployment',
          Properties: {
            ApplicationId: 'a',
            EnvironmentId: 'e',
            Description: { 'Fn::Sub': 'after $' + '{Second}' },
          },
        },
        Second: deployment('e'),
      },
    },
    broken: {
      'BP-23: two at once': { Judged: deployment('e'), Second: deployment('e') },
      'two at once, to one parameter': { Judged: deployment(HIDDEN), Second: deployment(HIDDEN) },
      'BP-23: the third is not chained': {
        Judged: deployment('e'),
        Second: deployment('e', { DependsOn: 'Judged' }),
        Third: deployment('e'),
      },
    },
    unknown: {
      'two parameters may be one': { Judged: deployment(HIDDEN), Second: deployment({ Ref: 'Other' }) },
    },
    notApplicable: { 'two environments': { Judged: deployment('e'), Second: deployment('f') } },
  },
  FunctionRuntime: {
    compliant: { 'nodejs22.x': runtime('nodejs22.x'), 'java8.al2': runtime('java8.al2') },
    broken: {
      'nodejs20.x': runtime('nodejs20.x'),
      'python3.9': runtime('python3.9'),
      java8: runtime('java8'),
    },
    unknown: { 'a parameter': runtime(HIDDEN) },
    notApplicable: { 'an image': one('AWS::Lambda::Function', { PackageType: 'Image' }) },
  },
  AlarmMissingData: {
    compliant: { 'silence is bad': alarm({ TreatMissingData: 'breaching' }), 'silence is told': alarm({}) },
    broken: {
      'silence is good': alarm({ TreatMissingData: 'notBreaching' }),
      'silence changes nothing, in metric math too': alarm({
        MetricName: undefined,
        Metrics: [{ MetricStat: { Metric: { MetricName: 'SuccessPercent' } } }],
        TreatMissingData: 'ignore',
      }),
    },
    unknown: { 'a parameter': alarm({ TreatMissingData: HIDDEN }) },
    notApplicable: { 'no sign of life': alarm({ MetricName: 'Errors', TreatMissingData: 'notBreaching' }) },
  },
  LogRetention: {
    compliant: { 'three months': one('AWS::Logs::LogGroup', { RetentionInDays: 90 }) },
    broken: { 'for ever': one('AWS::Logs::LogGroup') },
    unknown: { 'a condition decides': one('AWS::Logs::LogGroup', { RetentionInDays: perhaps(90) }) },
  },
  NatPerZone: {
    compliant: { 'its own zone': subnets('us-east-2a', 'us-east-2a') },
    broken: { 'two zones': subnets('us-east-2a', 'us-east-2b') },
    unknown: {
      'a route table elsewhere': {
        ...one('AWS::EC2::NatGateway'),
        Route: {
          Type: 'AWS::EC2::Route',
          Properties: { RouteTableId: HIDDEN, NatGatewayId: { Ref: 'Judged' } },
        },
      },
    },
    notApplicable: { 'no subnet of the template': one('AWS::EC2::NatGateway') },
  },
  RegionSwitchName: {
    compliant: { short: one('AWS::ARCRegionSwitch::Plan', { Name: 'orders' }) },
    broken: { '33 characters': one('AWS::ARCRegionSwitch::Plan', { Name: 'x'.repeat(33) }) },
    unknown: { 'a parameter': one('AWS::ARCRegionSwitch::Plan', { Name: HIDDEN }) },
  },
};
