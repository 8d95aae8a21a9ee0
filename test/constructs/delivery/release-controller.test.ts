import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import {
  ReleaseController,
  type ReleaseControllerProps,
} from '../../../constructs/delivery/release-controller';
import { releaseNames } from '../../../lib/naming';
import { evaluatePolicy, type PolicyStatement } from '../../helpers/policy-evaluator';
import { resolveText } from '../../helpers/resolve-template';

const HOSTS = { 'us-east-2': 'us-east-2.orders.example.com', 'us-west-2': 'us-west-2.orders.example.com' };

function controller(props: Partial<ReleaseControllerProps> = {}) {
  const stack = new Stack(new App(), 'orders-releases', {
    env: { account: '000000000000', region: 'us-west-2' },
  });
  const built = new ReleaseController(stack, 'Releases', {
    application: 'orders',
    regionHosts: HOSTS,
    code: Code.fromInline('exports.handler = async () => ({});'),
    ...props,
  });
  return { stack, built };
}

const template = Template.fromStack(controller().stack);
const REFERENCES = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-west-2',
  'AWS::AccountId': '000000000000',
} as const;

/** The state machine as Step Functions reads it; what CloudFormation fills in is left as words. */
function definition(): { StartAt: string; States: Record<string, Record<string, unknown>> } {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts = machine?.Properties.DefinitionString['Fn::Join'][1] as readonly (string | { Ref?: string })[];
  return JSON.parse(parts.map(part => (typeof part === 'string' ? part : (part.Ref ?? 'arn'))).join(''));
}

test('it waits, makes a step, and looks whether that was the last', () => {
  const { StartAt, States } = definition();
  expect(States[StartAt]).toMatchObject({ Type: 'Pass', Result: { waited: null, steps: 0 }, Next: 'Step' });
  expect(States.Step).toMatchObject({
    Parameters: { 'holder.$': '$$.Execution.Id', 'waited.$': '$.waited', 'steps.$': '$.steps' },
    Next: 'Ended',
  });
  expect(States.Ended).toMatchObject({
    Choices: [
      { Variable: '$.ended', BooleanEquals: true, Next: 'Done' },
      { Variable: '$.renew', BooleanEquals: true, Next: 'Renew' },
    ],
    Default: 'Wait',
  });
  expect(States.Wait).toMatchObject({ Type: 'Wait', SecondsPath: '$.waitSeconds', Next: 'Step' });
  expect(States.Renew).toMatchObject({ Parameters: { Input: {} }, End: true });
  expect(JSON.stringify(States.Renew)).toContain(
    ':states:us-west-2:000000000000:stateMachine:orders-release',
  );
  expect(States.Step?.Retry).toContainEqual(expect.objectContaining({ ErrorEquals: ['States.ALL'] }));
});

describe('the role of a step', () => {
  const statements = Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(policy => JSON.stringify(policy.Properties.Roles).includes('ReleasesRole'))
    .flatMap(policy => policy.Properties.PolicyDocument.Statement as PolicyStatement[])
    .map(statement => ({
      ...statement,
      Resource: [statement.Resource].flat().map(resource => resolveText(resource, REFERENCES)),
    }));
  const decide = (action: string, resource: string, region = 'us-east-2', key = '') =>
    evaluatePolicy(statements, {
      action,
      resource,
      context: { 'aws:RequestedRegion': region, 'dynamodb:LeadingKeys': [key] },
    });
  const parameter = (name: string, region = 'us-east-2') =>
    `arn:aws:ssm:${region}:000000000000:parameter/orders/live/${name}`;
  const group = (name: string) =>
    `arn:aws:autoscaling:us-east-2:000000000000:autoScalingGroup:0b1:autoScalingGroupName/${name}`;

  test('moves weights, builds and floors of both colours in each Region, and no other setting', () => {
    const may = ['weights', 'build/orders-green', 'floor/orders-blue'];
    expect(may.map(name => decide('ssm:PutParameter', parameter(name)))).toEqual(may.map(() => 'allowed'));
    const mayNot = ['floor/orders-worker', 'build/orders-worker', 'anything'];
    for (const name of mayNot) expect(decide('ssm:PutParameter', parameter(name))).toBe('implicit-deny');
    expect(decide('ssm:PutParameter', parameter('weights', 'eu-west-1'), 'eu-west-1')).toBe('implicit-deny');
    expect(decide('ssm:DeleteParameter', parameter('weights'))).toBe('implicit-deny');
  });

  test('BP-13: resizes the two groups that are declared, and neither makes, copies nor deletes one', () => {
    expect(decide('autoscaling:UpdateAutoScalingGroup', group('orders-green'))).toBe('allowed');
    expect(decide('autoscaling:UpdateAutoScalingGroup', group('orders-worker'))).toBe('implicit-deny');
    for (const verb of ['CreateAutoScalingGroup', 'DeleteAutoScalingGroup', 'AttachTrafficSources'])
      expect(decide(`autoscaling:${verb}`, group('CodeDeploy_web_d-XXXX'))).toBe('implicit-deny');
  });

  test('BP-12: never touches the listener, whose weights have one owner', () => {
    const listener = 'arn:aws:elasticloadbalancing:us-east-2:000000000000:listener/app/orders/1/2';
    for (const verb of ['ModifyListener', 'ModifyRule', 'CreateRule'])
      expect(decide(`elasticloadbalancing:${verb}`, listener)).toBe('implicit-deny');
  });

  test('reads drills and the register, and writes neither', () => {
    const table = 'arn:aws:dynamodb:us-east-2:000000000000:table/orders-register';
    for (const key of ['drill-lock', 'register']) {
      expect(decide('dynamodb:GetItem', table, 'us-east-2', key)).toBe('allowed');
      expect(decide('dynamodb:PutItem', table, 'us-east-2', key)).toBe('implicit-deny');
    }
    expect(decide('dynamodb:PutItem', table, 'us-east-2', 'release')).toBe('allowed');
  });
});

test('its names are those of the command', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        HOLDFAST_RELEASE_NAMES: JSON.stringify(releaseNames('orders')),
        HOLDFAST_RELEASE_HOSTS: JSON.stringify(HOSTS),
      },
    },
  });
});

test('who may start it may start it alone', () => {
  const { stack, built } = controller();
  const person = new Role(stack, 'Person', { assumedBy: new ServicePrincipal('ec2') });
  built.grantStart(person);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^Person') }],
    PolicyDocument: { Statement: [Match.objectLike({ Action: 'states:StartExecution' })] },
  });
});

test('every wrong value is told at once', () => {
  const wrong = { application: 'Orders!', regionHosts: { 'us-east-2': 'not a host' } };
  expect(() => controller(wrong)).toThrow(/application:[\s\S]*regionHosts:[\s\S]*regionHosts\.us-east-2:/);
});
