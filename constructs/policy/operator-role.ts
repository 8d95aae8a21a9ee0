import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, type IPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { IRegister } from '../data/register-access';
import { assertRules } from '../validation';
import { acknowledge } from './acknowledge';
import { findingArn } from './finding-arn';
import { allowJobs, jobsRules, type OperatorJobs } from './operator-jobs';

/** Properties of an {@link OperatorRole}. */
export interface OperatorRoleProps {
  /** Name of the role; IAM is global, so it names the Region. */
  readonly roleName: string;
  /**
   * Who may take the role.
   * @default - whom the account's own policies allow, with a session of at most an hour
   */
  readonly assumedBy?: IPrincipal;
  /**
   * Every Region of the topology, this one included: a drill asks and moves all of them as one identity, also when the
   * Region whose stack made the role is lost.
   */
  readonly regions: readonly string[];
  /** The register, of which each Region has a copy under the same name. */
  readonly register: IRegister;
  /**
   * Homes of an active-active application that it may move; of the register it then writes these records and no other.
   * @default - the one record of an application that has no homes
   */
  readonly homes?: readonly string[];
  /** Global cluster that may be switched; of an active-active application that of each home. */
  readonly globalClusterIdentifier: string | readonly string[];
  /** Members of the global clusters, one of which is the target of a switch. */
  readonly clusters: readonly { readonly region: string; readonly identifier: string }[];
  /** Auto Scaling groups whose size may be raised, by the names that they have in every Region. */
  readonly groupNames: readonly string[];
  /** Path of the live settings in each Region's Parameter Store, with a slash at both ends. */
  readonly liveSettings: string;
  /**
   * Parameter in each Region in which leave for a deploy during a drill is given and taken back; see `breakGlassName` in
   * lib/naming.
   * @default - none: the role gives no leave
   */
  readonly breakGlass?: string;
  /**
   * What `holdfast jobs` may list and replay. It also needs a network with a route to the database.
   * @default - nothing: the role moves Regions and looks at no job
   */
  readonly jobs?: OperatorJobs;
}

/**
 * The role in which a drill moves a Region: reading, the register, the database and the capacity of the topology's
 * Regions, and nothing of a global control plane. Failing over needs no Route 53 and no IAM (law 2), so the role has
 * neither. A drill has one identity and calls every Region, so each Region's role suffices for all of them, by agreed
 * names and no reference (law 3); a Region's stack makes its own, so that none depends on another's.
 *
 * It is the one writer of the live settings (law 4): a person who moves weights or raises a floor stores them in this
 * role (docs/compute.md), and the Region's controller carries them out.
 */
export class OperatorRole extends Construct {
  readonly role: Role;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: OperatorRoleProps) {
    super(scope, id);
    assertRules(`OperatorRole ${this.node.path}`, props.jobs === undefined ? [] : jobsRules(props.jobs));
    this.role = new Role(this, 'Role', {
      roleName: props.roleName,
      description: 'Moves a Region: register, database and capacity; no Route 53, no IAM',
      assumedBy: props.assumedBy ?? new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
    });
    const { regions, homes } = props;
    props.register.grantMove(this.role, { regions, homes });
    const groups = props.groupNames.flatMap(name => regions.map(region => this.groupArn(name, region)));
    const settings = regions.map(region => this.settingsArn(props.liveSettings, region));
    this.allow(regions, READS, ['*']);
    this.allow(
      regions,
      ['rds:SwitchoverGlobalCluster', 'rds:FailoverGlobalCluster'],
      this.databaseArns(props),
    );
    this.allow(regions, ['autoscaling:UpdateAutoScalingGroup', 'autoscaling:SetDesiredCapacity'], groups);
    this.allow(regions, ['ssm:GetParameter', 'ssm:PutParameter'], settings);
    const bootstraps = regions.map(region => this.parameterArn(BOOTSTRAP_VERSION, region));
    this.allow(regions, ['ssm:GetParameter'], bootstraps);
    if (props.breakGlass !== undefined) {
      const leaves = regions.map(region => this.parameterArn(props.breakGlass ?? '', region));
      this.allow(regions, ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'], leaves);
    }
    this.acknowledgeWildcards([...groups, ...settings]);
    if (props.jobs !== undefined) allowJobs(this.role, regions, props.jobs);
  }

  private allow(regions: readonly string[], actions: string[], resources: string[]): void {
    const conditions = { StringEquals: { 'aws:RequestedRegion': regions } };
    this.role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  }

  private databaseArns(props: OperatorRoleProps): string[] {
    const stack = Stack.of(this);
    const rds = { service: 'rds', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    return [
      ...[props.globalClusterIdentifier]
        .flat()
        .map(resourceName =>
          stack.formatArn({ ...rds, region: '', resource: 'global-cluster', resourceName }),
        ),
      ...props.clusters.map(({ region, identifier }) =>
        stack.formatArn({ ...rds, region, resource: 'cluster', resourceName: identifier }),
      ),
    ];
  }

  /** The id in the middle is chosen by Auto Scaling, so the name alone tells groups apart. */
  private groupArn(name: string, region: string): string {
    return Stack.of(this).formatArn({
      service: 'autoscaling',
      region,
      resource: 'autoScalingGroup',
      resourceName: `*:autoScalingGroupName/${name}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private settingsArn(path: string, region: string): string {
    return this.parameterArn(`${path.replace(/\/$/, '')}/*`, region);
  }

  private parameterArn(name: string, region: string): string {
    const resourceName = name.replace(/^\//, '');
    return Stack.of(this).formatArn({ service: 'ssm', region, resource: 'parameter', resourceName });
  }

  private acknowledgeWildcards(arns: readonly string[]): void {
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'These actions only read, mostly know no resource, and the condition holds them to the topology’s Regions.',
    );
    for (const arn of arns) {
      acknowledge(
        this.role,
        `AwsSolutions-IAM5[Resource::${findingArn(this, arn)}]`,
        'Only the part that AWS or the live settings choose is open; application and Regions are fixed.',
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
  'cloudformation:DescribeStacks',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'kms:DescribeKey',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeGlobalClusters',
  'servicequotas:GetAWSDefaultServiceQuota',
  'servicequotas:GetServiceQuota',
];

/** Where the CDK's bootstrap keeps its version, with its usual qualifier. */
const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';
