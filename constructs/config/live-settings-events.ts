import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { liveSettingName } from '../../lib/naming';

/**
 * Wakes the controller. The function asks what holds instead of reading the event, so an event may come late, twice or
 * not at all (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/events-detail-reference.html).
 */
export function addWakers(scope: Construct, handler: IFunction, application: string): void {
  const target = new LambdaFunction(handler, { maxEventAge: Duration.minutes(15), retryAttempts: 3 });
  const stackId = { 'stack-id': [Stack.of(scope).stackId] };
  new Rule(scope, 'StackEvents', {
    description: `Each status of the stack that carries live settings of ${application}`,
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: stackId,
    },
    targets: [target],
  });
  // Weights are reset when the listener is updated, which may be long before the stack is done.
  new Rule(scope, 'ResourceEvents', {
    description: `Each update of a listener or group of ${application}`,
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Resource Status Change'],
      detail: {
        ...stackId,
        'resource-type': ['AWS::ElasticLoadBalancingV2::Listener', 'AWS::AutoScaling::AutoScalingGroup'],
      },
    },
    targets: [target],
  });
  new Rule(scope, 'SettingEvents', {
    description: `Each change of a live setting of ${application}`,
    eventPattern: {
      source: ['aws.ssm'],
      detailType: ['Parameter Store Change'],
      detail: { name: [{ prefix: liveSettingName(application, '') }], operation: ['Create', 'Update'] },
    },
    targets: [target],
  });
  new Rule(scope, 'Clock', {
    description: `Makes up for events of ${application} that never came`,
    schedule: Schedule.rate(Duration.minutes(5)),
    targets: [target],
  });
}
