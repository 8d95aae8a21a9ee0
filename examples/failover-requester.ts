/** Automatic mode: the standby watches the active Region, and asks for a failover when two signals agree. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FailoverRequester } from '../constructs';

/** Declares the controller in `us-west-2`, which watches `us-east-2`. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'FailoverRequester', {
    env: { account: '000000000000', region: 'us-west-2' },
  });
  // The second signal: a canary of this Region asks the active one from outside. The first is the active one's beacon.
  const outside = new Alarm(stack, 'Outside', {
    metric: new Metric({
      namespace: 'CloudWatchSynthetics',
      metricName: 'SuccessPercent',
      dimensionsMap: { CanaryName: 'orders-us-east-2' },
      period: Duration.minutes(1),
    }),
    threshold: 50,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.MISSING,
  });
  new FailoverRequester(stack, 'Automatic', {
    application: 'orders',
    watchedRegion: 'us-east-2',
    host: 'orders.example.com',
    registerConsistency: 'strong',
    outside,
    damping: Duration.minutes(5),
    // Leave it out to use the controller that comes with the package.
    code: Code.fromInline('exports.handler = async () => ({});'),
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
