import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * Role of the clones: what the Systems Manager agent needs for sessions and commands, and nothing else. The managed
 * policy for it would let every clone read every parameter of the account.
 */
export function cloneRole(scope: Construct): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    description: `Clones of ${scope.node.path}`,
    assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
  });
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      sid: 'SessionsOfSystemsManager',
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    }),
  );
  return role;
}
