import { Template } from 'aws-cdk-lib/assertions';
import { Register } from '../../../constructs/data/register';
import { OperatorRole, type OperatorRoleProps } from '../../../constructs/policy/operator-role';
import { actionsOf, adapterActions } from '../../helpers/adapter-actions';
import { sources } from '../../helpers/sources';
import { onlyOf, stackIn } from '../stack';

const REGIONS = ['us-east-2', 'us-west-2'] as const;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

function statementsIn(region: string, change: Partial<OperatorRoleProps> = {}): readonly Statement[] {
  const stack = stackIn(region);
  new OperatorRole(stack, 'Operator', {
    roleName: `orders-operator-${region}`,
    register: Register.fromTableName(stack, 'Register', 'orders-register'),
    globalClusterIdentifier: 'orders-global',
    clusters: [
      { region: 'us-east-2', identifier: 'orders-us-east-2' },
      { region: 'us-west-2', identifier: 'orders-us-west-2' },
    ],
    regions: [...REGIONS],
    groupNames: ['orders-blue'],
    liveSettings: '/orders/live/',
    breakGlass: '/orders/interlock/break-glass',
    ...change,
  });
  const policy = onlyOf(stack, 'AWS::IAM::Policy') as { PolicyDocument: { Statement: Statement[] } };
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    RoleName: `orders-operator-${region}`,
  });
  return policy.PolicyDocument.Statement;
}

const ADAPTER_CALLS = adapterActions();
const statements = statementsIn('us-west-2');
const actions = statements.flatMap(({ Action }) => Action);

test('reaches no global control plane (law 2)', () => {
  const services = new Set(actions.map(action => action.split(':')[0]));
  expect([...services].sort()).toEqual([
    'appconfig',
    'autoscaling',
    'cloudformation',
    'cloudwatch',
    'dynamodb',
    'elasticloadbalancing',
    'kms',
    'rds',
    'servicequotas',
    'ssm',
  ]);
});

test('names every action, creates and deletes nothing but its own lock and leave', () => {
  expect(actions.filter(action => /\*|:(Create|Delete|Remove|Attach|Detach)/.test(action))).toEqual([
    'dynamodb:DeleteItem',
    'ssm:DeleteParameter',
  ]);
  const leave = statements.find(({ Action }) => Action.includes('ssm:DeleteParameter'));
  expect([leave?.Resource].flat().map(resource => JSON.stringify(resource))).toEqual(
    REGIONS.map(region =>
      expect.stringContaining(`:ssm:${region}:000000000000:parameter/orders/interlock/break-glass`),
    ),
  );
  const release = statements.find(({ Action }) => Action === 'dynamodb:DeleteItem');
  expect(release?.Condition).toEqual({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['drill-lock'] },
  });
});

/** Who may replay jobs may count what lies in queues, too; who may not learns from the drill that nobody counted. */
const JOBS = { jobs: { databaseUser: 'service', queueNames: ['orders-work', 'orders-work-dead'] } };

test('suffices for every call that the adapters of a drill make', () => {
  expect(ADAPTER_CALLS.length).toBeGreaterThan(10);
  const withJobs = statementsIn('us-west-2', JOBS).flatMap(({ Action }) => Action);
  expect(ADAPTER_CALLS.filter(call => !withJobs.includes(call))).toEqual([]);
  expect(ADAPTER_CALLS.filter(call => !actions.includes(call))).toEqual([
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
  ]);
});

describe.each(REGIONS)('one identity moves both Regions: the role of %s', own => {
  const granted = statementsIn(own, JOBS);

  /** Whether one statement allows an action in a Region on what `name` ends the ARN of. */
  const allows = (action: string, region: string, arn: string): boolean =>
    granted.some(({ Action, Resource, Condition }) => {
      const { StringEquals } = (Condition ?? {}) as { StringEquals?: { 'aws:RequestedRegion': string[] } };
      const inRegion = StringEquals === undefined || StringEquals['aws:RequestedRegion'].includes(region);
      return (
        [Action].flat().includes(action) && inRegion && [Resource].flat().some(each => covers(each, arn))
      );
    });

  test.each(REGIONS)('may make every call of the drill’s adapters in %s', region => {
    expect(ADAPTER_CALLS.filter(call => !allows(call, region, targetOf(call, region)))).toEqual([]);
  });

  test('may make none of them in a Region that the topology lacks', () => {
    const elsewhere = 'eu-west-1';
    expect(ADAPTER_CALLS.filter(call => allows(call, elsewhere, targetOf(call, elsewhere)))).toEqual([]);
  });

  test('may switch by the global cluster as by its members', () => {
    for (const region of REGIONS) {
      for (const action of ['rds:SwitchoverGlobalCluster', 'rds:FailoverGlobalCluster']) {
        expect(allows(action, region, ':rds::000000000000:global-cluster:orders-global')).toBe(true);
      }
    }
  });
});

/** What a call of a drill is about. Reads know no resource. */
function targetOf(call: string, region: string): string {
  const [service = '', action = ''] = call.split(':');
  const inRegion = `:${service}:${region}:000000000000:`;
  if (service === 'ssm') return `${inRegion}parameter/orders/interlock/break-glass`;
  if (service === 'sqs') return `${inRegion}orders-work`;
  if (service === 'dynamodb') return `${inRegion}table/orders-register`;
  if (service === 'rds' && action.endsWith('GlobalCluster')) return `${inRegion}cluster:orders-${region}`;
  if (service === 'autoscaling' && !action.startsWith('Describe')) {
    return `${inRegion}autoScalingGroup:an-id:autoScalingGroupName/orders-blue`;
  }
  return '*';
}

/** Whether a resource of a statement, with references in it, covers an ARN without its partition. */
function covers(resource: unknown, arn: string): boolean {
  const joined = (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
  const text =
    joined === undefined ? String(resource) : joined.filter(part => typeof part === 'string').join('');
  const pattern = text
    .replace(/^arn:/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${pattern}$`).test(arn);
}

test('the register is the Regions’ copies, its three items alone', () => {
  const register = statements.find(({ Action }) => Action.includes('dynamodb:UpdateItem'));
  expect([register?.Resource].flat()).toHaveLength(REGIONS.length);
  expect(register?.Condition).toEqual({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['register', 'drill-lock', 'drill-journal'] },
  });
});

test('of an application with homes it moves those it is given', () => {
  const register = statementsIn('us-west-2', { homes: ['us', 'eu'] }).find(({ Action }) =>
    Action.includes('dynamodb:UpdateItem'),
  );
  expect(register?.Condition).toEqual({
    'ForAllValues:StringEquals': {
      'dynamodb:LeadingKeys': [
        ...['register/us', 'register/eu', 'drill-lock/us', 'drill-lock/eu'],
        ...['drill-journal/us', 'drill-journal/eu'],
      ],
    },
  });
});

test('only reading is allowed on everything', () => {
  const open = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  expect(open.length).toBeGreaterThan(0);
  expect(open.filter(action => !/:(Describe|Get|List)/.test(action))).toEqual([]);
});

describe('jobs', () => {
  const jobs = { databaseUser: 'service', queueNames: ['orders-work', 'orders-work-dead'] };
  const more = statementsIn('us-west-2', { jobs }).slice(statements.length);

  test('are looked at by the user of the service, and in the two queues, of each Region', () => {
    const text = (resource: unknown) => JSON.stringify([resource].flat());
    const [connect, queues] = more;
    expect(more).toHaveLength(2);
    expect(connect?.Action).toBe('rds-db:connect');
    for (const region of REGIONS) {
      expect(text(connect?.Resource)).toContain(`:rds-db:${region}:000000000000:dbuser:*/service`);
      for (const name of jobs.queueNames) {
        expect(text(queues?.Resource)).toContain(`:sqs:${region}:000000000000:${name}"`);
      }
    }
    expect([connect?.Resource].flat()).toHaveLength(2);
    expect([queues?.Resource].flat()).toHaveLength(4);
  });

  test('suffice for every call that the command makes to SQS', () => {
    const called = sources('lib/jobs').flatMap(({ text }) => actionsOf(text));
    // IAM knows a batch by the action of its single messages.
    const needed = called.map(action => action.replace(/Batch$/, ''));
    expect(needed.length).toBeGreaterThan(5);
    expect(needed.filter(action => ![more[1]?.Action].flat().includes(action))).toEqual([]);
  });

  test.each([
    ['a pattern as user', { databaseUser: '*' }, /jobs\.databaseUser.*"\*"/],
    ['a pattern as queue', { queueNames: ['orders-*'] }, /jobs\.queueNames\[0\].*"orders-\*"/],
    ['no queue', { queueNames: [] }, /jobs\.queueNames: no queue to look at/],
  ])('refuse %s', (_, change, message) => {
    expect(() => statementsIn('us-west-2', { jobs: { ...jobs, ...change } })).toThrow(message);
  });
});
