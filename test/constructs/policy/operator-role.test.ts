import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Register } from '../../../constructs/data/register';
import { OperatorRole } from '../../../constructs/policy/operator-role';
import { onlyOf, stackIn } from '../stack';

/** Names of services in IAM where they differ from those of their clients. */
const SERVICES: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
};

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
    'appconfig',
    'autoscaling',
    'cloudwatch',
    'dynamodb',
    'elasticloadbalancing',
    'rds',
    'ssm',
  ]);
});

test('names every action, creates and deletes nothing but its own lock', () => {
  expect(actions.filter(action => /\*|:(Create|Delete|Remove|Attach|Detach)/.test(action))).toEqual([
    'dynamodb:DeleteItem',
  ]);
  const release = statements.find(({ Action }) => Action === 'dynamodb:DeleteItem');
  expect(release?.Condition).toEqual({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['drill-lock'] },
  });
});

test('suffices for every call that the adapters of a drill make', () => {
  const folder = path.join(__dirname, '../../../lib/aws');
  const calls = readdirSync(folder).flatMap(file => callsOf(readFileSync(path.join(folder, file), 'utf8')));
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.filter(call => !actions.includes(call))).toEqual([]);
});

/** Commands and paginators that a file imports from an SDK client, as IAM actions. */
function callsOf(source: string): readonly string[] {
  const imports = source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g);
  return [...imports].flatMap(([, names = '', client = '']) =>
    names
      .split(',')
      .map(name => /^\s*(?:paginate(\w+)|(\w+)Command)\s*$/.exec(name))
      .flatMap(match => (match === null ? [] : [`${SERVICES[client] ?? client}:${match[1] ?? match[2]}`])),
  );
}

test('what it may do it may do in its own Region alone', () => {
  for (const { Action, Condition } of statements) {
    if ([Action].flat().every(action => action.startsWith('dynamodb:'))) continue;
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
  expect(open.filter(action => !/:(Describe|Get|List)/.test(action))).toEqual([]);
});
