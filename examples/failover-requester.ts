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
  // Both metrics are of this Region: the active Region writes the first one here, a canary of this Region the second.
  const signal = (metricName: string, treatMissingData: TreatMissingData) =>
    new Alarm(stack, metricName, {
      metric: new Metric({
        namespace: 'Orders',
        metricName,
        dimensionsMap: { Region: 'us-east-2' },
        statistic: 'Minimum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData,
    });
  new FailoverRequester(stack, 'Automatic', {
    application: 'orders',
    watchedRegion: 'us-east-2',
    host: 'orders.example.com',
    registerConsistency: 'strong',
    deepHealth: signal('DeepHealth', TreatMissingData.BREACHING),
    outside: signal('OutsideProbe', TreatMissingData.MISSING),
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
