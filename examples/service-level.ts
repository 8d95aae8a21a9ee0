/** A promise to users with its alarms, and a canary in another Region that keeps asking when this one is gone. */
import { type App, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Canary, eventIndicator, ServiceLevel, valueIndicator } from '../constructs';

const account = '000000000000';

export function build(app: App): void {
  watched(new Stack(app, 'Watched', { env: { account, region: 'us-east-2' } }));
  watcher(new Stack(app, 'Watcher', { env: { account, region: 'us-west-2' } }));
}

function watched(stack: Stack): void {
  const pageAction = new SnsAction(topicOf(stack));
  const of = (metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      statistic,
      dimensionsMap: { LoadBalancer: 'app/shop/1' },
    });
  new ServiceLevel(stack, 'PlaceOrder', {
    application: 'shop',
    levelName: 'place-order',
    target: 0.999,
    indicator: eventIndicator({
      bad: [of('HTTPCode_Target_5XX_Count', 'Sum'), of('HTTPCode_ELB_5XX_Count', 'Sum')],
      total: of('RequestCount', 'Sum'),
    }),
    pageAction,
  });
  new ServiceLevel(stack, 'InTime', {
    application: 'shop',
    levelName: 'in-time',
    target: 0.99,
    indicator: valueIndicator({ metric: of('TargetResponseTime', 'p99'), limit: 0.3 }),
    pageAction,
  });
}

function watcher(stack: Stack): void {
  const canary = new Canary(stack, 'Canary', {
    canaryName: 'shop-from-us-west-2',
    checks: [{ url: 'https://shop.example.com/readyz' }],
  });
  new ServiceLevel(stack, 'Outside', {
    application: 'shop',
    levelName: 'outside',
    target: 0.999,
    indicator: eventIndicator({ bad: [canary.metricFailed()], total: canary.metricRuns() }),
    pageAction: new SnsAction(topicOf(stack)),
  });
}

function topicOf(stack: Stack): Topic {
  return new Topic(stack, 'Alarms', {
    masterKey: new Key(stack, 'Key', { enableKeyRotation: true }),
    enforceSSL: true,
  });
}
