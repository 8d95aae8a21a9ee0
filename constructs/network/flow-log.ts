import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Records all flows of a network in a log group of its own, which outlives the network. */
export function addFlowLog(
  scope: Construct,
  vpcId: string,
  retention: RetentionDays,
  encryptionKey?: IKey,
): ILogGroup {
  const logGroup = new LogGroup(scope, 'FlowLogGroup', {
    retention,
    encryptionKey,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const role = new iam.Role(scope, 'FlowLogRole', {
    description: 'Lets flow logs write to their log group',
    assumedBy: new iam.ServicePrincipal('vpc-flow-logs', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  logGroup.grantWrite(role);
  logGroup.grant(role, 'logs:DescribeLogStreams');
  new CfnFlowLog(scope, 'FlowLog', {
    resourceId: vpcId,
    resourceType: 'VPC',
    trafficType: 'ALL',
    maxAggregationInterval: 60,
    logDestinationType: 'cloud-watch-logs',
    logGroupName: logGroup.logGroupName,
    deliverLogsPermissionArn: role.roleArn,
  });
  return logGroup;
}
