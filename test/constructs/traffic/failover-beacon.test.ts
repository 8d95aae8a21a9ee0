import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { HealthBeacon, type HealthBeaconProps } from '../../../constructs/traffic/failover-beacon';
import { parseBeaconEnvironment } from '../../../lib/runtime/environment/beacon-environment';

function build(change: Partial<HealthBeaconProps> = {}, app = new App()) {
  const stack = new Stack(app, 'Beacon', { env: { account: '000000000000', region: 'us-east-2' } });
  new HealthBeacon(stack, 'Beacon', {
    application: 'orders',
    alarm: new Alarm(stack, 'Deep', {
      metric: new Metric({ namespace: 'Orders', metricName: 'Deep' }),
      threshold: 1,
      evaluationPeriods: 1,
    }),
    listeners: ['us-west-2'],
    code: Code.fromInline('exports.handler = async () => ({});'),
    ...change,
  });
  return stack;
}

test('beats every minute, with what its function needs', () => {
  const template = Template.fromStack(build({ listeners: ['us-west-2', 'us-east-1'] }));
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  const [found] = Object.values(template.findResources('AWS::Lambda::Function'));
  const variables = { ...found?.Properties.Environment.Variables, HOLDFAST_DEEP_HEALTH_ALARM: 'deep' };
  expect(parseBeaconEnvironment({ ...variables, AWS_REGION: 'us-east-2' })).toMatchObject({
    application: 'orders',
    listeners: ['us-west-2', 'us-east-1'],
  });
});

test('may write one namespace of metrics, and nothing else', () => {
  Template.fromStack(build()).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'cloudwatch:PutMetricData',
          Condition: { StringEquals: { 'cloudwatch:namespace': 'Holdfast/Beacon' } },
        }),
      ]),
    },
  });
});

test('AwsSolutions passes', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  build({}, app);
  expect(() => app.synth()).not.toThrow();
});

test.each<[string, Partial<HealthBeaconProps>, RegExp]>([
  ['nobody to tell', { listeners: [] }, /listeners: a chain holds one to four other Regions/],
  ['a listener twice', { listeners: ['us-west-2', 'us-west-2'] }, /listeners:.*name each of them once/],
  ['itself', { listeners: ['us-east-2'] }, /listeners: this Region need not be told/],
  ['no Region code', { listeners: ['oregon'] }, /listeners\[0\].*"oregon"/],
  ['no application', { application: 'X' }, /application:.*"X"/],
])('refuses %s', (_what, change, message) => {
  expect(() => build(change)).toThrow(message);
});
