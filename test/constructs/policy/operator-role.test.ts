import { Template } from 'aws-cdk-lib/assertions';
import { Register } from '../../../constructs/data/register';
import { OperatorRole } from '../../../constructs/policy/operator-role';
import { onlyOf, stackIn } from '../stack';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

function statementsIn(region: string): readonly Statement[] {
  const stack = stackIn(region);
  new OperatorRole(stack, 'Operator', {
    roleName: `orders-operator-${region}`,
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    globalClusterIdentifier: 'orders-global',
    clusters: [
      { region: 'us-east-2', identifier: 'orders-us-east-2' },
      { region: 'us-west-2', identifier: 'orders-us-west-2' },
    ],
    groupNames: ['orders-blue'],
    liveSettings: '/orders/live/',
  });
  const policy = onlyOf(stack, 'AWS::IAM::Policy') as { PolicyDocument: { Statement: Statement[] } };
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    RoleName: `orders-operator-${region}`,
  });
  return policy.PolicyDocument.Statement;
}

const statements = statementsIn('us-west-2');
const actions = statements.flatMap(({ Action }) => Action);

test('reaches no global control plane (law 2)', () => {
  const services = new Set(actions.map(action => action.split(':')[0]));
  expect([...services].sort()).toEqual([
    'autoscaling',
    'cloudwatch',
    'dynamodb',
    'elasticloadbalancing',
    'rds',
    'ssm',
  ]);
});

test('names every action, creates and deletes nothing', () => {
  expect(actions.filter(action => /\*|:(Create|Delete|Remove|Attach|Detach)/.test(action))).toEqual([]);
});

test('what it may do it may do in its own Region alone', () => {
  for (const { Action, Condition } of statements) {
    if (Action.includes('dynamodb:GetItem')) continue;
    expect(Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': 'us-west-2' } });
  }
});

test('the register is this Region’s copy, the two items alone', () => {
  const register = statements.find(({ Action }) => Action.includes('dynamodb:UpdateItem'));
  expect(JSON.stringify(register?.Resource)).toContain(
    ':dynamodb:us-west-2:000000000000:table/orders-register',
  );
  expect(register?.Condition).toEqual({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['register', 'drill-lock'] },
  });
});

test('only reading is allowed on everything', () => {
  const open = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  expect(open.length).toBeGreaterThan(0);
  expect(open.filter(action => !/:(Describe|Get)/.test(action))).toEqual([]);
});
