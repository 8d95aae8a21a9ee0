import { Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * Sends alarms to a topic, and says in its policy that they may come: any policy on a topic replaces the one with which
 * SNS made it, and then an alarm turns red without anybody hearing of it. The policy of an imported topic is its
 * owner's.
 */
export function sendAlarms(alarms: readonly Alarm[], topic: ITopic): void {
  const action = new SnsAction(topic);
  for (const alarm of alarms) alarm.addAlarmAction(action);
  allowAlarms(topic);
}

/** Lets the alarms of this account publish to a topic of this app. */
export function allowAlarms(topic: ITopic): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
  );
}
