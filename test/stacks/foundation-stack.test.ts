import { ROUTE53_CHECKER_RANGES } from '../../regions/route53-checkers';
import { example, templatesOf } from './example';

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

test('the ranges of the topology may ask the gate, in every Region, beside the checkers of Route 53', () => {
  const addressesOf = (gate?: object) =>
    Object.entries(templatesOf(example({ gate }))).flatMap(([, { Resources }]) =>
      Object.values(Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::WAFv2::IPSet' ? [Properties.Addresses] : [],
      ),
    );
  const closed = [...ROUTE53_CHECKER_RANGES];
  expect(addressesOf()).toEqual([closed, closed]);
  const open = [...closed, '192.0.2.0/24'];
  expect(addressesOf({ allowedCidrs: ['192.0.2.0/24'] })).toEqual([open, open]);
});
