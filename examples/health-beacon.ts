/** A Region that tells its standby how it is, every minute. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { HealthBeacon } from '../constructs';

/** Declares the beacon of `us-east-2`; `FailoverRequester` in `us-west-2` listens. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'HealthBeacon', { env: { account: '000000000000', region: 'us-east-2' } });
  const alarm = new Alarm(stack, 'DeepHealth', {
    metric: new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'HealthyHostCount',
      dimensionsMap: { LoadBalancer: 'app/orders/0123', TargetGroup: 'targetgroup/orders-blue/0123' },
      statistic: 'Minimum',
      period: Duration.minutes(1),
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.BREACHING,
  });
  new HealthBeacon(stack, 'Beacon', {
    application: 'orders',
    alarm,
    listeners: ['us-west-2'],
    // Leave it out to use the beacon that comes with the package.
    code: Code.fromInline('exports.handler = async () => ({});'),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
