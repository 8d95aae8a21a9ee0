import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as fc from 'fast-check';
import {
  DeployInterlock,
  type DeployInterlockProps,
  hookAlias,
} from '../../../constructs/delivery/deploy-interlock';

function interlock(props: Partial<DeployInterlockProps> = {}) {
  const stack = new Stack(new App(), 'orders-operations', {
    env: { account: '000000000000', region: 'us-west-2' },
  });
  const built = new DeployInterlock(stack, 'Interlock', {
    application: 'orders',
    code: Code.fromInline('exports.handler = async () => ({});'),
    ...props,
  });
  return { stack, built, template: () => Template.fromStack(stack) };
}

test('CloudFormation asks before stacks and change sets of the application, fails closed, and leaves its own stack alone', () => {
  interlock()
    .template()
    .hasResourceProperties('AWS::CloudFormation::LambdaHook', {
      Alias: 'Holdfast::Interlock::ForOrders',
      FailureMode: 'FAIL',
      HookStatus: 'ENABLED',
      TargetOperations: ['STACK', 'CHANGE_SET'],
      TargetFilters: Match.absent(),
      StackFilters: {
        FilteringCriteria: 'ALL',
        StackNames: { Include: ['orders-*'], Exclude: ['orders-operations'] },
      },
    });
});

test('it exists only once it may ask', () => {
  const template = interlock().template();
  const [hook] = Object.values(template.findResources('AWS::CloudFormation::LambdaHook'));
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const asking = policies.filter(([, policy]) => JSON.stringify(policy).includes('lambda:InvokeFunction'));
  expect(asking).toHaveLength(1);
  expect(hook?.DependsOn).toContain(asking[0]?.[0]);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'hooks.cloudformation.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
        },
      ],
    },
  });
});

test('it reads the items of a move and the leave, in its own Region, and may write nothing', () => {
  const template = interlock({ registerKeys: ['register/eu', 'register/us'] }).template();
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'dynamodb:GetItem',
          Condition: {
            'ForAllValues:StringEquals': {
              'dynamodb:LeadingKeys': [
                ...['drill-lock/eu', 'drill-lock/us'],
                ...['register/eu', 'register/us'],
              ],
            },
          },
          Resource: {
            'Fn::Join': ['', Match.arrayWith([':dynamodb:us-west-2:000000000000:table/orders-register'])],
          },
        }),
        Match.objectLike({ Action: 'ssm:GetParameter' }),
      ]),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        HOLDFAST_REGISTER_TABLE: 'orders-register',
        HOLDFAST_REGISTER_KEYS: 'register/eu,register/us',
        HOLDFAST_BREAK_GLASS: '/orders/interlock/break-glass',
        HOLDFAST_EXEMPT_STACKS: 'orders-operations',
      },
    },
  });
  const written = JSON.stringify(template.toJSON()).match(/"(ssm|dynamodb):(Put|Update|Delete)\w+"/g);
  expect(written).toBeNull();
});

test('leave to deploy during a drill is a right of its own', () => {
  const { stack, built, template } = interlock();
  built.grantBreakGlass(new Role(stack, 'Person', { assumedBy: new ServicePrincipal('ec2') }));
  template().hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Action: Match.arrayWith(['ssm:PutParameter', 'ssm:DeleteParameter']),
          Resource: {
            'Fn::Join': [
              '',
              Match.arrayWith([':ssm:us-west-2:000000000000:parameter/orders/interlock/break-glass']),
            ],
          },
        }),
      ],
    },
  });
});

test('wrong values are refused together, each with its place and its fix', () => {
  const build = () =>
    interlock({ application: 'Or', stackNames: ['9lives', 'orders_data'], registerKeys: [] });
  expect(build).toThrow(/application: .*"Or".*lower-case/);
  expect(build).toThrow(/stackNames\[0\].*"9lives"/);
  expect(build).toThrow(/stackNames\[1\].*"orders_data"/);
  expect(build).toThrow(/registerKeys/);
  expect(() => interlock({ reservedConcurrency: 0 })).toThrow(/reservedConcurrency.*received 0.*1 to 1000/);
  expect(() => interlock({ stackNames: [] })).toThrow(/1 to 50 names/);
  expect(() => interlock({ stackNames: Array.from({ length: 51 }, () => 'a') })).toThrow(/received 51/);
});

test('every application has an alias that CloudFormation takes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{2,19}$/), name =>
      /^(?!aws)[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}$/i.test(hookAlias(name)),
    ),
  );
});
