import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';

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
  acknowledge(
    sessions,
    'AwsSolutions-IAM5[Resource::*]',
    'Actions of the Systems Manager agent know no resource: AWS offers * alone for them',
  );
  return role;
}
