/** Reads from the nearest Region that serves them, under a name of their own. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LatencyReads } from '../constructs';

/** Declares one Region's record, which needs a public answer and an alarm that no checker could see. */
export function build(app: App): Stack {
  const region = 'eu-west-1';
  const stack = new Stack(app, 'LatencyReads', { env: { account: '000000000000', region } });
  const stale = new Alarm(stack, 'Stale', {
    alarmDescription: 'Reads of this Region are older than promised',
    metric: new Metric({
      namespace: 'AWS/RDS',
      metricName: 'AuroraReplicaLagMaximum',
      dimensionsMap: { DBClusterIdentifier: 'orders-eu-west-1' },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    threshold: 30_000,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.MISSING,
  });
  new LatencyReads(stack, 'Reads', {
    region,
    hostedZoneId: 'Z0000000000ORDERS000',
    host: 'orders.example.com',
    service: { dnsName: 'orders-123.eu-west-1.elb.example', hostedZoneId: 'Z32O12XQLNTSW2' },
    signal: { kind: 'calculated', of: [{ kind: 'endpoint' }, { kind: 'alarm', alarm: stale }] },
  });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
