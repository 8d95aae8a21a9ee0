import path from 'node:path';
import { Aws, Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Invoke } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A function that puts weights and sizes back, woken by what may have changed them and by the clock. */
export function addKeeper(scope: Construct, listenerArn: string): void {
  const handler = new LambdaFunction(scope, 'Keeper', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: bundle('live-settings'),
    timeout: Duration.minutes(1),
    environment: { LISTENER: listenerArn, TABLE: 'plain-register', SETTINGS: '/plain/live' },
    logGroup: new LogGroup(scope, 'KeeperLogs', { retention: RetentionDays.ONE_MONTH }),
  });
  const arn = (service: string, rest: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;
  const statements: readonly [readonly string[], string][] = [
    [['elasticloadbalancing:DescribeListeners', 'autoscaling:DescribeAutoScalingGroups'], '*'],
    [['elasticloadbalancing:ModifyListener'], listenerArn],
    [['cloudformation:DescribeStacks'], arn('cloudformation', 'stack/plain-service/*')],
    [['dynamodb:GetItem', 'dynamodb:PutItem'], arn('dynamodb', 'table/plain-register')],
    [['autoscaling:UpdateAutoScalingGroup'], arn('autoscaling', 'autoScalingGroup:*')],
    [['ssm:GetParameter', 'ssm:PutParameter'], arn('ssm', 'parameter/plain/live/*')],
  ];
  for (const [actions, resource] of statements) {
    handler.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }
  for (const source of ['aws.cloudformation', 'aws.autoscaling', 'aws.ssm']) {
    new Rule(scope, `On-${source}`, { eventPattern: { source: [source] }, targets: [new Invoke(handler)] });
  }
  new Rule(scope, 'Clock', { schedule: Schedule.rate(Duration.minutes(5)), targets: [new Invoke(handler)] });
}

/** Code of a function as the build bundled it: the plain app packs the same files as the blueprint. */
export function bundle(name: string): Code {
  return Code.fromAsset(path.join(__dirname, '..', '..', 'bundles', name), { exclude: ['*.map', '*.txt'] });
}
