import { templatesOf } from './example';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const template = templatesOf(undefined, 'us-west-2')['us-west-2/foundation'];

test('alarms may publish to the topic of their Region, those of this account alone', () => {
  const policies = Object.values(template?.Resources ?? {}).filter(
    ({ Type }) => Type === 'AWS::SNS::TopicPolicy',
  );
  const statements = policies.flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  );
  // A policy on a topic replaces the one with which SNS makes it, so what is not said here is refused.
  expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
    expect.objectContaining({
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
    }),
  ]);
  expect(statements.filter(({ Effect }) => Effect === 'Deny')).toHaveLength(1);
});
