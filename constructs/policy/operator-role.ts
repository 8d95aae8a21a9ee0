import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, type IPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { IRegister } from '../data/register';
import { acknowledge } from './acknowledge';
import { findingArn } from './finding-arn';

/** Properties of an {@link OperatorRole}. */
export interface OperatorRoleProps {
  /** Name of the role; IAM is global, so it names the Region. */
  readonly roleName: string;
  /**
   * Who may take the role.
   * @default - whom the account's own policies allow, with a session of at most an hour
   */
  readonly assumedBy?: IPrincipal;
  /** The register, at this Region's endpoint. */
  readonly register: IRegister;
  /** Global cluster that may be switched. */
  readonly globalClusterIdentifier: string;
  /** Members of the global cluster, one of which is the target of a switch. */
  readonly clusters: readonly { readonly region: string; readonly identifier: string }[];
  /** Auto Scaling groups of this Region whose size may be raised. */
  readonly groupNames: readonly string[];
  /** Path of the live settings in this Region's Parameter Store, with a slash at both ends. */
  readonly liveSettings: string;
}

/**
 * The role in which a drill moves a Region: reading, the register, the database and the capacity of **this** Region,
 * and nothing of a global control plane. Failing over needs no Route 53 and no IAM (law 2), so the role has neither;
 * each statement holds in its own Region only.
 */
export class OperatorRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: OperatorRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      roleName: props.roleName,
      description: 'Moves a Region: register, database and capacity; no Route 53, no IAM',
      assumedBy: props.assumedBy ?? new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
    });
    props.register.grantMove(this.role);
    const groups = props.groupNames.map(name => this.groupArn(name));
    this.allow(READS, ['*']);
    this.allow(['rds:SwitchoverGlobalCluster', 'rds:FailoverGlobalCluster'], this.databaseArns(props));
    this.allow(['autoscaling:UpdateAutoScalingGroup', 'autoscaling:SetDesiredCapacity'], groups);
    const settings = `${props.liveSettings.replace(/^\/|\/$/g, '')}/*`;
    const settingsArn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: settings,
    });
    this.allow(['ssm:GetParameter', 'ssm:PutParameter'], [settingsArn]);
    this.acknowledgeWildcards([...groups, settingsArn]);
  }

  private allow(actions: string[], resources: string[]): void {
    const conditions = { StringEquals: { 'aws:RequestedRegion': Stack.of(this).region } };
    this.role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  }

  private databaseArns(props: OperatorRoleProps): string[] {
    const stack = Stack.of(this);
    const rds = { service: 'rds', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    return [
      stack.formatArn({
        ...rds,
        region: '',
        resource: 'global-cluster',
        resourceName: props.globalClusterIdentifier,
      }),
      ...props.clusters.map(({ region, identifier }) =>
        stack.formatArn({ ...rds, region, resource: 'cluster', resourceName: identifier }),
      ),
    ];
  }

  /** The id in the middle is chosen by Auto Scaling, so the name alone tells groups apart. */
  private groupArn(name: string): string {
    return Stack.of(this).formatArn({
      service: 'autoscaling',
      resource: 'autoScalingGroup',
      resourceName: `*:autoScalingGroupName/${name}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private acknowledgeWildcards(arns: readonly string[]): void {
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'These actions only read, mostly know no resource, and the condition holds them to this Region.',
    );
    for (const arn of arns) {
      acknowledge(
        this.role,
        `AwsSolutions-IAM5[Resource::${findingArn(this, arn)}]`,
        'Only the part that AWS or the live settings choose is open; application and Region are fixed.',
      );
    }
  }
}

/** What preflight and the steps of a move read. */
const READS = [
  'appconfig:GetHostedConfigurationVersion',
  'appconfig:ListApplications',
  'appconfig:ListConfigurationProfiles',
  'appconfig:ListDeployments',
  'appconfig:ListEnvironments',
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeGlobalClusters',
];
