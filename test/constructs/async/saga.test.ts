import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Saga } from '../../../constructs/async/saga';
import type { SagaProps, SagaStep } from '../../../constructs/async/saga-props';
import { Register } from '../../../constructs/data/register';
import { stackIn } from '../stack';

function declare(props: Partial<SagaProps> = {}, step: Partial<SagaStep> = {}) {
  const stack = stackIn();
  const named = (name: string) =>
    LambdaFunction.fromFunctionAttributes(stack, name, {
      functionArn: `arn:aws:lambda:us-east-2:000000000000:function:${name}`,
      sameEnvironment: true,
    });
  const timeout = Duration.seconds(5);
  const saga = new Saga(stack, 'Saga', {
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    steps: [
      { name: 'reserve', action: named('reserve'), compensation: named('release'), timeout, ...step },
      { name: 'charge', action: named('charge'), compensation: 'nothing', timeout },
    ],
    ...props,
  });
  return { stack, saga };
}

describe('a saga', () => {
  const template = Template.fromStack(declare().stack);

  test('is logged whole but for its data, traced, and kept apart from the account’s policy for logs', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/states/'),
    });
  });

  test('may call its own functions and read the register, and nothing else by name', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: 'dynamodb:GetItem' }),
          Match.objectLike({
            Action: 'lambda:InvokeFunction',
            Resource: ['reserve', 'release', 'charge'].map(name =>
              Match.stringLikeRegexp(`function:${name}$`),
            ),
          }),
        ],
      },
    });
  });

  test('raises an alarm when a run stops half way', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ExecutionsFailed',
      Threshold: 0,
    });
  });
});

test('an express saga ends within five minutes', () => {
  const { stack } = declare({ kind: 'express' }, { timeout: Duration.seconds(3), retries: 1 });
  Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'EXPRESS',
  });
  expect(() => declare({ kind: 'express' }, { timeout: Duration.minutes(1) })).toThrow(
    /steps: may run for longer than the 300 s of kind 'express'/,
  );
});

test.each<[string, Partial<SagaProps>, Partial<SagaStep>, RegExp]>([
  ['no step', { steps: [] }, {}, /steps: a saga without a step/],
  ['a name twice', {}, { name: 'charge' }, /steps\[1\]\.name: the name of steps\[0\] too/],
  ['a name with a quote', {}, { name: "it's" }, /steps\[0\]\.name/],
  ['half a second', {}, { timeout: Duration.millis(0) }, /steps\[0\]\.timeout \(seconds\)/],
  ['endless retries', {}, { retries: 21 }, /steps\[0\]\.retries/],
  ['endless retries of the undoing', {}, { compensationRetries: 51 }, /compensationRetries/],
])('refuses %s', (_case, props, step, message) => {
  expect(() => declare(props, step)).toThrow(message);
});

test('refuses a step that would undo itself by itself', () => {
  const stack = stackIn();
  const action = LambdaFunction.fromFunctionArn(
    stack,
    'F',
    'arn:aws:lambda:us-east-2:000000000000:function:f',
  );
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  const steps = [{ name: 'a', action, compensation: action, timeout: Duration.seconds(5) }];
  expect(() => new Saga(stack, 'Saga', { register, steps })).toThrow(
    /compensation: the function of the step itself/,
  );
});
