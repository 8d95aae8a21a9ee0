import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * Role of the clones: what the Systems Manager agent needs for sessions, and nothing else. The managed policy for it
 * would let every clone read every parameter of the account.
 */
export function cloneRole(scope: Construct): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    description: `Clones of ${scope.node.path}`,
    assumedBy: new iam.ServicePrincipal('ec2'),
  });
  // A policy of its own, so that what is acknowledged here covers no statement that others add to the role.
  const sessions = new iam.Policy(scope, 'Sessions', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        resources: ['*'],
      }),
    ],
  });
  Validations.of(sessions).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Actions of the Systems Manager agent know no resource: AWS offers * alone for them',
  });
  return role;
}
