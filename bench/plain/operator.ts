import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const REGIONS = ['us-east-2', 'us-west-2'];

/** The role in which people move the application from Region to Region. */
export function addOperator(scope: Construct): void {
  const role = new Role(scope, 'Operator', {
    roleName: `plain-operator-${scope.node.scope?.node.id}`,
    assumedBy: new AccountPrincipal(Aws.ACCOUNT_ID),
  });
  const arns = (service: string, rest: string) =>
    REGIONS.map(region => `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${rest}`);
  const statements: readonly [readonly string[], readonly string[]][] = [
    [
      ['rds:SwitchoverGlobalCluster', 'rds:FailoverGlobalCluster'],
      [...arns('rds', 'cluster:plain'), `arn:${Aws.PARTITION}:rds::${Aws.ACCOUNT_ID}:global-cluster:plain`],
    ],
    [['rds:DescribeDBClusters', 'rds:DescribeGlobalClusters'], ['*']],
    [['autoscaling:UpdateAutoScalingGroup'], arns('autoscaling', 'autoScalingGroup:*')],
    [['autoscaling:DescribeAutoScalingGroups', 'elasticloadbalancing:DescribeTargetHealth'], ['*']],
    [
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      arns('dynamodb', 'table/plain-register'),
    ],
    [['ssm:GetParameter', 'ssm:PutParameter'], arns('ssm', 'parameter/plain/*')],
    [['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:SendMessage'], arns('sqs', 'plain-*')],
    [['rds-db:connect'], arns('rds-db', 'dbuser:*/service')],
    [['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'], ['*']],
  ];
  for (const [actions, resources] of statements) {
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}
