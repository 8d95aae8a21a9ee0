import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import fc from 'fast-check';
import { ConfigRollout } from '../../../constructs/config/config-rollout';
import { canonicalJson, contentHash, type Json } from '../../../constructs/config/configuration-content';
import type { RolloutStrategy } from '../../../constructs/config/rollout-strategy';
import { stackIn } from '../stack';

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { limit: { type: 'integer', minimum: 1 }, hosts: { type: 'array', items: { type: 'string' } } },
} as const;
const DEPLOYMENT = 'AWS::AppConfig::Deployment';
const VERSION = 'AWS::AppConfig::HostedConfigurationVersion';

function declare(stack: Stack): ConfigRollout {
  const alarm = Alarm.fromAlarmArn(stack, 'Alarm', 'arn:aws:cloudwatch:us-east-2:000000000000:alarm:errors');
  return new ConfigRollout(stack, 'Config', {
    applicationName: 'orders',
    environmentName: 'live',
    monitors: [alarm],
  });
}

function templateWith(...contents: Json[]): Template {
  const stack = stackIn();
  const rollout = declare(stack);
  contents.forEach((content, index) => {
    rollout.addConfiguration(`p${index}`, { kind: 'freeform', schema: SCHEMA, content });
  });
  return Template.fromStack(stack);
}

test('a rollout spreads in steps, bakes for half an hour and is watched by an alarm', () => {
  const template = templateWith({ limit: 1 });
  template.hasResourceProperties('AWS::AppConfig::DeploymentStrategy', {
    Name: 'orders-careful',
    GrowthFactor: 20,
    GrowthType: 'LINEAR',
    DeploymentDurationInMinutes: 10,
    FinalBakeTimeInMinutes: 30,
  });
  template.hasResourceProperties('AWS::AppConfig::Environment', {
    Monitors: [{ AlarmArn: Match.stringLikeRegexp('alarm:errors'), AlarmRoleArn: Match.anyValue() }],
  });
  template.hasResourceProperties('AWS::AppConfig::ConfigurationProfile', {
    LocationUri: 'hosted',
    Type: 'AWS.Freeform',
    Validators: [{ Type: 'JSON_SCHEMA', Content: canonicalJson(SCHEMA as unknown as Json) }],
  });
});

test('new content is a new version and a new deployment, old content neither (BP-24)', () => {
  const idsOf = (content: Json) => {
    const template = templateWith(content);
    return [
      ...Object.keys(template.findResources(VERSION)),
      ...Object.keys(template.findResources(DEPLOYMENT)),
    ];
  };
  const first = idsOf({ limit: 1, hosts: ['a'] });
  expect(idsOf({ hosts: ['a'], limit: 1 })).toEqual(first);
  const second = idsOf({ limit: 2, hosts: ['a'] });
  expect(second.filter(id => first.includes(id))).toEqual([]);
});

test('deployments of one environment follow each other (BP-23)', () => {
  const template = templateWith({ limit: 1 }, { limit: 2 }, { limit: 3 });
  const deployments = template.findResources(DEPLOYMENT);
  const chain = Object.values(deployments).map(resource =>
    ([] as string[]).concat(resource.DependsOn ?? []).filter(id => id in deployments),
  );
  expect(chain.map(before => before.length)).toEqual([0, 1, 1]);
  expect(new Set(chain.flat()).size).toBe(2);
});

test('content that breaks the schema is refused by JSON pointer, every place at once', () => {
  const wrong = () => templateWith({ limit: 0, hosts: ['a', 7], extra: true });
  expect(wrong).toThrow(/#\/limit: .*minimum/);
  expect(wrong).toThrow(/#\/hosts\/1: .*type/);
  expect(wrong).toThrow(/extra/);
});

test('schemas are read as draft 4, as AppConfig reads them', () => {
  const stack = stackIn();
  const schema = { type: 'number', minimum: 1, exclusiveMinimum: true };
  expect(() => declare(stack).addConfiguration('p', { kind: 'freeform', schema, content: 1 })).toThrow(
    /1 is less than or equal to/,
  );
});

test('equal values have equal text whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const shuffled = JSON.parse(JSON.stringify(value, reverseKeys)) as Json;
      expect(canonicalJson(shuffled)).toBe(canonicalJson(value as Json));
      expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(contentHash('a')).not.toBe(contentHash('b'));
});

function reverseKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse());
}

test('a rollout that nothing watches is refused', () => {
  const unwatched = () =>
    new ConfigRollout(stackIn(), 'Config', { applicationName: 'a', environmentName: 'e', monitors: [] });
  expect(unwatched).toThrow(/a rollout that no alarm watches cannot be taken back/);
});

test.each<[string, unknown, RegExp]>([
  [
    'an unknown name',
    'quick',
    /strategy: no such strategy, received "quick"; use one of careful, cautious, urgent/,
  ],
  ['a growth of nothing', strategy({ growthPercent: 0 }), /growthPercent/],
  ['a bake of two days', strategy({ bake: Duration.days(2) }), /strategy\.bake \(minutes\)/],
  ['half a minute', strategy({ duration: Duration.seconds(30) }), /strategy\.duration \(minutes\)/],
])('refuses as a strategy %s', (_case, given, message) => {
  const rollout = declare(stackIn());
  const add = () =>
    rollout.addConfiguration('p', {
      kind: 'freeform',
      schema: SCHEMA,
      content: {},
      strategy: given as RolloutStrategy,
    });
  expect(add).toThrow(message);
});

function strategy(part: Partial<RolloutStrategy>): RolloutStrategy {
  return {
    name: 'own',
    growthPercent: 50,
    duration: Duration.minutes(1),
    bake: Duration.minutes(1),
    ...part,
  };
}

test('a reader may read what was added, and its run time is told where', () => {
  const stack = stackIn();
  const rollout = declare(stack);
  const name = rollout.addConfiguration('service', { kind: 'freeform', schema: SCHEMA, content: {} });
  expect(name).toBe('orders/live/service');
  rollout.grantRead(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') }));
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Action: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
          Resource: Match.not('*'),
        }),
      ],
    },
  });
});

test('BP-23: two stacks that roll out one environment of a Region are refused; another Region may', () => {
  const app = new App();
  declare(stackIn('us-east-2', app));
  declare(stackIn('us-west-2', app));
  const other = new Stack(app, 'other', { env: { account: '000000000000', region: 'us-east-2' } });
  expect(() => declare(other)).toThrow(
    /Stack-us-east-2\/Config rolls out application orders in the same environment/,
  );
});

test('BP-23: stacks that do not say where they go may roll out the same environment, each in its own Region', () => {
  const app = new App();
  declare(new Stack(app, 'one'));
  expect(() => declare(new Stack(app, 'two'))).not.toThrow();
});

test('BP-24: white space and the order of keys start no rollout', () => {
  const versions = ['{"limit":1,"hosts":["a"]}', '{\n  "hosts": [ "a" ],\n  "limit": 1\n}'].map(text =>
    Object.keys(templateWith(JSON.parse(text) as Json).findResources(VERSION)),
  );
  expect(versions[0]).toEqual(versions[1]);
});

test('feature flags are a profile of their own type, which AppConfig checks itself', () => {
  const stack = stackIn();
  const content = { version: '1', flags: { beta: { name: 'Beta' } }, values: { beta: { enabled: false } } };
  declare(stack).addConfiguration('flags', { kind: 'feature-flags', content, strategy: 'cautious' });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::AppConfig::ConfigurationProfile', {
    Type: 'AWS.AppConfig.FeatureFlags',
    Validators: Match.absent(),
  });
  template.hasResourceProperties('AWS::AppConfig::DeploymentStrategy', { GrowthType: 'EXPONENTIAL' });
});

test('a function is asked before each rollout, and AppConfig may ask it', () => {
  const stack = stackIn();
  const validator = new LambdaFunction(stack, 'Validator', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => undefined;'),
  });
  declare(stack).addConfiguration('service', { kind: 'freeform', schema: SCHEMA, content: {}, validator });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::AppConfig::ConfigurationProfile', {
    Validators: [{ Type: 'JSON_SCHEMA' }, { Type: 'LAMBDA', Content: { 'Fn::GetAtt': Match.anyValue() } }],
  });
  template.hasResource('AWS::AppConfig::ConfigurationProfile', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ValidatorValidation')]),
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    Principal: 'appconfig.amazonaws.com',
    SourceAccount: '000000000000',
  });
});
