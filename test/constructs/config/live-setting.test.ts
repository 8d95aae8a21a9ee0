import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  LIVE_SETTINGS_METADATA,
  LiveSetting,
  type LiveSettingProps,
} from '../../../constructs/config/live-setting';
import {
  LiveSettingsController,
  type LiveSettingsControllerProps,
} from '../../../constructs/config/live-settings-controller';
import { shiftLeaseKey } from '../../../constructs/config/live-settings-role';
import { shiftLeaseKey as keyAtRunTime } from '../../../lib/runtime/live-settings/live-settings-lease';
import { stackIn } from '../stack';

const WEIGHTS: LiveSettingProps = {
  application: 'orders',
  name: 'weights',
  range: { kind: 'weights', minimum: 0, maximum: 999 },
};

function controller(props: Partial<LiveSettingsControllerProps> = {}, app = new App()) {
  const stack = stackIn('us-east-2', app);
  const built = new LiveSettingsController(stack, 'Live', {
    application: 'orders',
    balancer: {
      listener: { listenerArn: 'listener-1' },
      targetGroups: { blue: { targetGroupArn: 'blue-1' }, green: { targetGroupArn: 'green-1' } },
    },
    groupNames: ['orders-blue', 'orders-green'],
    code: Code.fromInline('exports.handler = async () => ({});'),
    ...props,
  });
  return { stack, built };
}

describe('a live setting', () => {
  const roleIn = (stack: ReturnType<typeof stackIn>, id: string) =>
    new Role(stack, id, { assumedBy: new ServicePrincipal('lambda') });

  test('is declared with its range and without a value: no resource, so no deploy and no rollback sets it', () => {
    const stack = stackIn();
    new LiveSetting(stack, 'Weights', WEIGHTS);
    new LiveSetting(stack, 'Mode', {
      ...WEIGHTS,
      name: 'mode',
      range: { kind: 'oneOf', values: ['a', 'b'] },
    });
    const template = Template.fromStack(stack).toJSON();
    expect(template.Resources ?? {}).toEqual({});
    expect(template.Metadata[LIVE_SETTINGS_METADATA]).toEqual({
      '/orders/live/weights': { kind: 'weights', minimum: 0, maximum: 999 },
      '/orders/live/mode': { kind: 'oneOf', values: ['a', 'b'] },
    });
  });

  test('may be read by many, born without being overwritten, and written by one', () => {
    const stack = stackIn();
    const setting = new LiveSetting(stack, 'Weights', WEIGHTS);
    const [owner, reader, bearer] = ['Owner', 'Reader', 'Bearer'].map(id => roleIn(stack, id)) as [
      Role,
      Role,
      Role,
    ];
    setting.grantRead(reader);
    setting.grantBirth(bearer);
    setting.grantWrite(owner);
    expect(() => setting.grantWrite(owner)).not.toThrow();
    expect(() => setting.grantWrite(reader)).toThrow(
      /\/orders\/live\/weights has an owner already[\s\S]*law 4/,
    );
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['ssm:GetParameter', 'ssm:PutParameter'] })] },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'ssm:PutParameter',
            Condition: { StringEquals: { 'ssm:Overwrite': 'false' } },
          }),
        ],
      },
    });
  });

  test.each<[string, Partial<LiveSettingProps>, RegExp]>([
    ['a bad application', { application: 'Orders' }, /application.*"Orders"/],
    ['a bad name', { name: '/weights' }, /name.*"\/weights"/],
    ['an empty range', { range: { kind: 'number', minimum: 4, maximum: 4 } }, /range.*received \[4,4\]/],
    ['one value', { range: { kind: 'oneOf', values: ['on'] } }, /range\.values.*received \["on"\]/],
  ])('refuses %s', (_, props, message) => {
    expect(() => new LiveSetting(stackIn(), 'Setting', { ...WEIGHTS, ...props })).toThrow(message);
  });
});

describe('the controller', () => {
  const { stack, built } = controller();
  const template = Template.fromStack(stack);

  test('is woken by its own stack, by its listeners and groups, by its settings, and by a clock', () => {
    template.resourceCountIs('AWS::Events::Rule', 4);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: { 'stack-id': [{ Ref: 'AWS::StackId' }] },
      },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['CloudFormation Resource Status Change'],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'resource-type': Match.arrayWith(['AWS::ElasticLoadBalancingV2::Listener']),
        },
      },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.ssm'], detail: { name: [{ prefix: '/orders/live/' }] } },
    });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
  });

  test('knows its carriers, and no value of a setting', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          HOLDFAST_REGISTER_TABLE: 'orders-register',
          HOLDFAST_STACK: 'Stack-us-east-2',
          HOLDFAST_SETTINGS: '/orders/live',
          HOLDFAST_LISTENER: 'listener-1',
          HOLDFAST_BLUE: 'blue-1',
          HOLDFAST_GREEN: 'green-1',
          HOLDFAST_FLOORS: 'orders-blue,orders-green',
        },
      },
    });
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(Object.keys(template.toJSON().Metadata[LIVE_SETTINGS_METADATA])).toEqual([
      '/orders/live/weights',
      '/orders/live/floor/orders-blue',
      '/orders/live/floor/orders-green',
    ]);
  });

  test('may change its listener and its groups, and of the register one item', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 'elasticloadbalancing:ModifyListener', Effect: 'Allow', Resource: 'listener-1' },
          Match.objectLike({
            Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['shift-lease#us-east-2'] } },
          }),
        ]),
      },
    });
    expect(shiftLeaseKey('us-east-2')).toBe(keyAtRunTime('us-east-2'));
  });

  test('does not own the weights: a shift does', () => {
    const shift = new Role(stack, 'Shift', { assumedBy: new ServicePrincipal('states') });
    expect(() => built.weights.grantWrite(shift)).not.toThrow();
    expect(() => built.weights.grantWrite(built)).toThrow(/has an owner already/);
    expect(built.metricErrors().metricName).toBe('Errors');
  });

  test('refuses a group name that is none', () => {
    expect(() => controller({ groupNames: ['a,b'] })).toThrow(/groupNames\[0\].*"a,b"/);
  });

  test('AwsSolutions passes', () => {
    const app = new App();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    controller({}, app);
    expect(() => app.synth()).not.toThrow();
  });
});
