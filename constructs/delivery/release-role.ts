import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { COLOURS, type releaseNames } from '../../lib/naming';
import { Register } from '../data/register';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';

/** What the role is for. */
export interface ReleaseRoleProps {
  readonly names: ReturnType<typeof releaseNames>;
  readonly regions: readonly string[];
}

/**
 * Role of the step: it reads what a release looks at, moves weights by their parameter and never the listener, and changes
 * the size of the two groups of clones. Nothing of a template, and nothing of a global control plane.
 */
export function releaseRole(
  scope: Construct,
  application: string,
  { names, regions }: ReleaseRoleProps,
): Role {
  const stack = Stack.of(scope);
  const role = new Role(scope, 'Role', {
    description: `Leads releases of ${application}`,
    assumedBy: new ServicePrincipal('lambda'),
  });
  const allow = (actions: string[], resources: string[]): void => {
    const conditions = { StringEquals: { 'aws:RequestedRegion': regions } };
    role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  };
  Register.fromTableName(scope, 'Register', names.table).grantRelease(role, { regions });
  const settings = [
    'weights',
    ...COLOURS.flatMap(colour => [`build/${names.groups[colour]}`, `floor/${names.groups[colour]}`]),
  ];
  const parameters = regions.flatMap(region =>
    settings.map(setting =>
      stack.formatArn({
        ...{ service: 'ssm', region, resource: 'parameter' },
        resourceName: `${names.settings}/${setting}`.replace(/^\//, ''),
      }),
    ),
  );
  allow(['ssm:GetParameters', 'ssm:PutParameter'], parameters);
  const groups = regions.flatMap(region =>
    COLOURS.map(colour => groupArn(stack, region, names.groups[colour])),
  );
  allow(['autoscaling:UpdateAutoScalingGroup'], groups);
  allow(READS, ['*']);
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'These actions only read and know no resource, and the condition holds them to the topology’s Regions.',
  );
  for (const arn of groups) {
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::${findingArn(scope, arn)}]`,
      'Only the id that Auto Scaling chooses is open; application, colour and Region are fixed.',
    );
  }
  return role;
}

/** The id in the middle is chosen by Auto Scaling, so the name alone tells groups apart. */
const groupArn = (stack: Stack, region: string, name: string): string =>
  stack.formatArn({
    ...{ service: 'autoscaling', region, resource: 'autoScalingGroup' },
    resourceName: `*:autoScalingGroupName/${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const READS = [
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
];
