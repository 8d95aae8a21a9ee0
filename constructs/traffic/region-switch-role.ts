import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import type { RegionSwitchProps } from './region-switch-props';

/** Calls that need a control plane with one home: what a failover must never wait for (law 2). */
const GLOBAL =
  /^(?:iam|organizations|account|route53|route53domains|route53-recovery-control-config|networkmanager|sso|globalaccelerator|cloudfront):|^s3:(?:\*|create)|^elasticloadbalancing:(?:\*|create)/i;

/** Declares the role of a plan: its own steps, in its own two Regions, and nothing of a global control plane. */
export function declareExecutionRole(scope: Construct, props: RegionSwitchProps): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    description: 'Runs the plan of Region switch; no Route 53, no IAM',
    assumedBy: new iam.ServicePrincipal('arc-region-switch'),
  });
  const allow = (actions: string[], resources: string[]) =>
    role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  const { database, actions, customSteps = [], groups = [], healthAlarms } = props;
  const functions = [actions, ...customSteps.map(step => step.functions)].flatMap(arns =>
    Object.values(arns),
  );
  allow(READS, ['*']);
  allow(['lambda:GetFunction', 'lambda:InvokeFunction'], [...new Set(functions)]);
  allow(
    database.allowDataLoss
      ? ['rds:SwitchoverGlobalCluster', 'rds:FailoverGlobalCluster']
      : ['rds:SwitchoverGlobalCluster'],
    [globalClusterArn(scope, database.globalClusterIdentifier), ...Object.values(database.clusterArns)],
  );
  const groupArns = groups.flatMap(arns => Object.values(arns));
  if (groupArns.length > 0) allow(['autoscaling:UpdateAutoScalingGroup'], groupArns);
  allow(['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'], Object.values(healthAlarms));
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'These actions only read, and most of them know no resource; what the role changes is named one by one.',
  );
  return role;
}

/** What the blocks read, by the sample policies of each block in the guide of Region switch. */
const READS = [
  'arc-region-switch:GetPlan',
  'arc-region-switch:GetPlanExecution',
  'arc-region-switch:ListPlanExecutions',
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:GetMetricStatistics',
  'rds:DescribeDBClusters',
  'rds:DescribeGlobalClusters',
];

function globalClusterArn(scope: Construct, identifier: string): string {
  const { partition, account } = Stack.of(scope);
  return `arn:${partition}:rds::${account}:global-cluster:${identifier}`;
}

/** Actions of a role of this app that call a global control plane, or whose service is left open. */
export function globalActions(role: iam.IRole): readonly string[] {
  const stack = Stack.of(role);
  const documents = role.node.findAll().flatMap(construct => {
    if (construct instanceof iam.CfnRole) {
      const inline = stack.resolve(construct.policies) as readonly { PolicyDocument?: unknown }[] | undefined;
      return (inline ?? []).map(policy => (policy as { policyDocument?: unknown }).policyDocument);
    }
    return construct instanceof iam.CfnPolicy ? [stack.resolve(construct.policyDocument)] : [];
  });
  const actions = documents.flatMap(document => actionsOf(document));
  return [...new Set(actions.filter(action => GLOBAL.test(action) || /^[^:]*\*/.test(action)))];
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
}

/** Allowed actions; `NotAction` allows everything that it does not name. */
function actionsOf(document: unknown): string[] {
  const { Statement: found } = document as { Statement?: Statement | readonly Statement[] };
  const statements = [found ?? []].flat() as readonly Statement[];
  return statements
    .filter(({ Effect }) => Effect !== 'Deny')
    .flatMap(({ Action, NotAction }) =>
      NotAction === undefined ? [Action ?? []].flat(2) : ['*'],
    ) as string[];
}
