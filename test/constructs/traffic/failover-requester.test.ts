import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FailoverRequester } from '../../../constructs/traffic/failover-requester';
import { FAILOVER_REQUEST_KEY } from '../../../constructs/traffic/failover-requester-function';
import type { FailoverRequesterProps } from '../../../constructs/traffic/failover-requester-props';
import { parseFailoverEnvironment } from '../../../lib/runtime/environment/failover-environment';
import { FAILOVER_REQUEST_KEY as RUNTIME_KEY } from '../../../lib/runtime/failover/failover-request';

const { BREACHING, MISSING } = cloudwatch.TreatMissingData;

function alarm(stack: Stack, id: string, metricName: string, treatMissingData = BREACHING) {
  return new cloudwatch.Alarm(stack, id, {
    metric: new cloudwatch.Metric({ namespace: 'Orders', metricName }),
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData,
  });
}

function build(change: (stack: Stack) => Partial<FailoverRequesterProps> = () => ({}), app = new App()) {
  const stack = new Stack(app, 'Watch', { env: { account: '000000000000', region: 'us-west-2' } });
  const built = new FailoverRequester(stack, 'Automatic', {
    application: 'orders',
    watchedRegion: 'us-east-2',
    host: 'orders.example.com',
    registerConsistency: 'strong',
    deepHealth: alarm(stack, 'Deep', 'DeepHealth'),
    outside: alarm(stack, 'Outside', 'Probe', MISSING),
    code: Code.fromInline('exports.handler = async () => ({});'),
    ...change(stack),
  });
  return { stack, built };
}

const template = Template.fromStack(build().stack);

test('looks every minute from the standby, with what the controller needs', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 minute)',
    Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0 } })],
  });
  const [found] = Object.values(template.findResources('AWS::Lambda::Function'));
  const raw = Object.fromEntries(
    Object.entries<unknown>(found?.Properties.Environment.Variables ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'an-alarm',
    ]),
  );
  expect(parseFailoverEnvironment({ ...raw, AWS_REGION: 'us-west-2' })).toMatchObject({
    application: 'orders',
    registerTable: 'orders-register',
    readinessUrl: 'https://us-west-2.orders.example.com/readyz',
    policy: { region: 'us-west-2', watchedRegion: 'us-east-2', dampingSeconds: 300, coolDownSeconds: 3600 },
  });
});

test('writes its request and nothing else: it can neither move the register nor turn DNS', () => {
  expect(FAILOVER_REQUEST_KEY).toBe(RUNTIME_KEY);
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) =>
      Properties.PolicyDocument.Statement as {
        Sid?: string;
        Action: string | string[];
        Condition?: object;
      }[],
  );
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
    'cloudwatch:DescribeAlarms',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]);
  const keys = (keysOf: string[]) => ({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keysOf } });
  expect(statements.find(({ Sid }) => Sid === 'Request')?.Condition).toEqual(keys(['failover-request']));
  expect(statements.find(({ Sid }) => Sid === 'Look')?.Condition).toEqual(
    keys(['register', 'drill-lock', 'failover-request']),
  );
});

test('a request pages, and so does silence of the controller', () => {
  const dimensions = [
    { Name: 'Application', Value: 'orders' },
    { Name: 'WatchedRegion', Value: 'us-east-2' },
  ];
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'FailoverRequested',
    Dimensions: dimensions,
    TreatMissingData: 'notBreaching',
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'FailoverConsidered',
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
});

test('a request can start what runs the plan', () => {
  const { stack, built } = build();
  built.onRequested('Run', new SnsTopic(new Topic(stack, 'Topic')));
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] } },
    },
  });
});

test("listens to the watched Region's beacon where no other signal is given", () => {
  Template.fromStack(build(() => ({ deepHealth: undefined })).stack).hasResourceProperties(
    'AWS::CloudWatch::Alarm',
    {
      Namespace: 'Holdfast/Beacon',
      MetricName: 'DeepHealth',
      Dimensions: [
        { Name: 'Application', Value: 'orders' },
        { Name: 'Region', Value: 'us-east-2' },
      ],
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    },
  );
});

test('AwsSolutions passes', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  build(() => ({}), app);
  expect(() => app.synth()).not.toThrow();
});

describe('refuses', () => {
  test.each<[string, (stack: Stack) => Partial<FailoverRequesterProps>, RegExp]>([
    ['to watch its own Region', () => ({ watchedRegion: 'us-west-2' }), /cannot report its own loss/],
    [
      'an eventual register',
      () => ({ registerConsistency: 'eventual' }),
      /registerConsistency: cannot fence/,
    ],
    ['a damping of 30 s', () => ({ damping: Duration.seconds(30) }), /damping:.*"30 s"; use 60 to 3600/],
    ['a damping of two hours', () => ({ damping: Duration.hours(2) }), /damping:.*"7200 s"/],
    ['a cool-down of a minute', () => ({ coolDown: Duration.minutes(1) }), /coolDown:.*"60 s"; use 600/],
    [
      'one alarm as both signals',
      stack => {
        const deepHealth = alarm(stack, 'One', 'One');
        return { deepHealth, outside: deepHealth };
      },
      /outside: looks at the same metric as deepHealth/,
    ],
    [
      'two alarms on one metric',
      stack => ({ outside: alarm(stack, 'Again', 'DeepHealth', MISSING) }),
      /outside: looks at the same metric/,
    ],
    [
      'deep health that does not notice silence',
      stack => ({ deepHealth: alarm(stack, 'Quiet', 'DeepHealth', MISSING) }),
      /deepHealth: a lost Region says nothing.*"missing"; set treatMissingData: TreatMissingData\.BREACHING/,
    ],
    [
      'a probe whose own death is an outage',
      stack => ({ outside: alarm(stack, 'Loud', 'Probe', BREACHING) }),
      /outside: a probe that is dead itself has seen nothing/,
    ],
    [
      'a composite alarm',
      stack => ({
        outside: new cloudwatch.CompositeAlarm(stack, 'Both', {
          alarmRule: cloudwatch.AlarmRule.fromBoolean(true),
        }),
      }),
      /outside: a signal is an alarm on a metric/,
    ],
    [
      'an alarm of the watched Region',
      stack => {
        const there = new Stack(stack.node.root, 'There', {
          env: { account: '000000000000', region: 'us-east-2' },
        });
        return { deepHealth: alarm(there, 'Theirs', 'DeepHealth') };
      },
      /deepHealth: in another Region, which may be the lost one, received "us-east-2"/,
    ],
    ['readiness in the clear', () => ({ readinessUrl: 'http://x.test/readyz' }), /readinessUrl:.*"http:/],
    ['a host that is none', () => ({ host: 'Orders' }), /host:.*"Orders"/],
  ])('%s', (_what, change, message) => {
    expect(() => build(change)).toThrow(message);
  });

  test('a stack that does not know its Region', () => {
    const stack = new Stack(new App(), 'Anywhere');
    const props = { application: 'orders', watchedRegion: 'us-east-2', host: 'orders.example.com' };
    const signals = {
      deepHealth: alarm(stack, 'Deep', 'Deep'),
      outside: alarm(stack, 'Outside', 'Probe', MISSING),
    };
    const make = () =>
      new FailoverRequester(stack, 'Automatic', { ...props, ...signals, registerConsistency: 'strong' });
    expect(make).toThrow(/stack\.region: not known/);
  });
});
