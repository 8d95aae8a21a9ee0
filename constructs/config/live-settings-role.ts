import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';

/** What the controller works on. */
export interface ControllerRoleProps {
  readonly listenerArn: string;
  readonly groupNames: readonly string[];
  readonly tableArn: string;
  /** Its own stack, with any id. */
  readonly stackArn: string;
}

/** Key of a Region's lease; the run time has the same one (`lib/runtime/live-settings/live-settings-lease.ts`). */
export const shiftLeaseKey = (region: string): string => `shift-lease#${region}`;

/** Role of the controller: its listener, its groups, its own stack's status, and one item of the register's table. */
export function controllerRole(scope: Construct, props: ControllerRoleProps): iam.Role {
  const stack = Stack.of(scope);
  const role = new iam.Role(scope, 'Role', {
    description: `Live settings ${scope.node.path}`,
    assumedBy: new iam.ServicePrincipal('lambda'),
  });
  const groupArns = props.groupNames.map(name =>
    stack.formatArn({
      service: 'autoscaling',
      resource: 'autoScalingGroup',
      resourceName: `*:autoScalingGroupName/${name}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  // Policies of their own, so that what is acknowledged here covers no statement that others add to the role.
  const reads = new iam.Policy(scope, 'Reads', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['elasticloadbalancing:DescribeListeners', 'autoscaling:DescribeAutoScalingGroups'],
        resources: ['*'],
      }),
    ],
  });
  acknowledge(
    reads,
    'AwsSolutions-IAM5[Resource::*]',
    'Reading listeners and groups knows no resource: AWS offers * alone for them',
  );
  const work = new iam.Policy(scope, 'Work', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['elasticloadbalancing:ModifyListener'],
        resources: [props.listenerArn],
      }),
      new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [props.stackArn] }),
      new iam.PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [props.tableArn],
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [shiftLeaseKey(stack.region)] },
        },
      }),
      ...(groupArns.length === 0
        ? []
        : [
            new iam.PolicyStatement({
              actions: ['autoscaling:UpdateAutoScalingGroup'],
              resources: groupArns,
            }),
          ]),
    ],
  });
  for (const arn of [props.stackArn, ...groupArns]) {
    acknowledge(
      work,
      `AwsSolutions-IAM5[Resource::${findingArn(scope, arn)}]`,
      'The open part is an id that AWS chooses; Region, account and name are fixed',
    );
  }
  return role;
}
