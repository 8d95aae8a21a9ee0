/**
 * Automatic mode whole, in both Regions, so that it also holds after a failover: each tells the other how it is, asks the
 * other from outside, and asks for a failover when both signals have been bad for five minutes. The register decides
 * whose request counts: only a standby's is made.
 */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FailoverRequester, HealthBeacon } from '../constructs';

const APPLICATION = 'orders';
const HOST = 'orders.example.com';
const MINUTE = Duration.minutes(1);
/** Leave it out to use the beacon and the controller that come with the package. */
const code = Code.fromInline('exports.handler = async () => ({});');

/** Declares both Regions. */
export function build(app: App): readonly Stack[] {
  return [automatic(app, 'us-east-2', 'us-west-2'), automatic(app, 'us-west-2', 'us-east-2')];
}

function automatic(app: App, region: string, other: string): Stack {
  const stack = new Stack(app, `Automatic-${region}`, { env: { account: '000000000000', region } });
  // What this Region says of itself; the other one's alarm on it counts silence as bad.
  new HealthBeacon(stack, 'Beacon', {
    application: APPLICATION,
    alarm: deepHealth(stack),
    listeners: [other],
    code,
  });
  const requester = new FailoverRequester(stack, 'Automatic', {
    application: APPLICATION,
    watchedRegion: other,
    host: HOST,
    registerConsistency: 'strong',
    // The first signal is the other Region's beacon; this is the second, which shares nothing with it.
    outside: seenFromHere(stack, other),
    damping: Duration.minutes(5),
    coolDown: Duration.hours(1),
    code,
  });
  const topic = pageTopic(stack);
  // Whoever is paged reads the request and runs `holdfast drill failover`, which fences on the epoch of the request.
  requester.onRequested('Page', new SnsTopic(topic));
  requester.silentAlarm.addAlarmAction(new SnsAction(topic));
  return stack;
}

/** Fewer healthy clones than one, in two minutes of two. */
function deepHealth(stack: Stack): IAlarm {
  return new Alarm(stack, 'DeepHealth', {
    metric: new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'HealthyHostCount',
      dimensionsMap: { LoadBalancer: 'app/orders/0123', TargetGroup: 'targetgroup/orders-blue/0123' },
      statistic: 'Minimum',
      period: MINUTE,
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.BREACHING,
  });
}

/** Asks the other Region's own name every minute; the answer is a metric of this Region, written by way of the log. */
const PROBE = `
exports.handler = async () => {
  let answered = 0;
  try {
    answered = (await fetch(process.env.URL, { signal: AbortSignal.timeout(5000) })).ok ? 1 : 0;
  } catch {}
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'Orders/Probe', Dimensions: [['Region']],
      Metrics: [{ Name: 'Answered' }] }] },
    Region: process.env.WATCHED, Answered: answered,
  }));
};`;

function seenFromHere(stack: Stack, other: string): IAlarm {
  const logGroup = new LogGroup(stack, 'ProbeLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, 'ProbeRole', { assumedBy: new ServicePrincipal('lambda') });
  logGroup.grantWrite(role);
  const probe = new Lambda(stack, 'Probe', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(PROBE),
    environment: { URL: `https://${other}.${HOST}/readyz`, WATCHED: other },
    timeout: Duration.seconds(10),
    logGroup,
    role,
  });
  const target = new LambdaFunction(probe, { retryAttempts: 0, maxEventAge: MINUTE });
  new Rule(stack, 'EveryMinute', { schedule: Schedule.rate(MINUTE), targets: [target] });
  return new Alarm(stack, 'Outside', {
    metric: new Metric({
      namespace: 'Orders/Probe',
      metricName: 'Answered',
      dimensionsMap: { Region: other },
      statistic: 'Maximum',
      period: MINUTE,
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    // A probe that is dead itself has seen nothing.
    treatMissingData: TreatMissingData.MISSING,
  });
}

/** Alarms and rules may publish to the topic, and use the key that encrypts it. */
function pageTopic(stack: Stack): Topic {
  const services = ['cloudwatch', 'events'].map(name => new ServicePrincipal(name));
  const key = new Key(stack, 'PageKey', { enableKeyRotation: true });
  const topic = new Topic(stack, 'Page', { masterKey: key, enforceSSL: true });
  for (const service of services) {
    key.grantEncryptDecrypt(service);
    topic.grantPublish(service);
  }
  return topic;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
