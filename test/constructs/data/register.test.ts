import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Register, type RegisterProps } from '../../../constructs/data/register';
import type { IRegister } from '../../../constructs/data/register-access';
import {
  DRILL_JOURNAL_KEY,
  DRILL_LOCK_KEY,
  REGISTER_KEY,
  RELEASE_KEY,
  shiftLeaseKey,
} from '../../../constructs/data/register-keys';
import { shiftLeaseKey as shiftLeaseKeyOfRuntime } from '../../../lib/runtime/live-settings/live-settings-lease';
import * as runtime from '../../../lib/runtime/register/register';
import { RELEASE_KEY as RELEASE_KEY_OF_RUNTIME } from '../../../lib/runtime/release/release-item';
import { evaluatePolicy, type PolicyStatement } from '../../helpers/policy-evaluator';
import { onlyOf, stackIn } from '../stack';

const TABLE = 'AWS::DynamoDB::GlobalTable';

function declare(stack: Stack, props: Partial<RegisterProps> = {}): Register {
  return new Register(stack, 'Register', {
    tableName: 'orders-register',
    regions: ['us-east-2', 'us-west-2'],
    consistency: { kind: 'strong', witness: 'us-east-1' },
    ...props,
  });
}

test('two Regions and a witness agree before a write is acknowledged', () => {
  const stack = stackIn();
  declare(stack);
  expect(onlyOf(stack, TABLE)).toMatchObject({
    MultiRegionConsistency: 'STRONG',
    GlobalTableWitnesses: [{ Region: 'us-east-1' }],
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    Replicas: ['us-east-2', 'us-west-2'].map(region => ({
      Region: region,
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })),
  });
  expect(onlyOf(stack, TABLE)).not.toHaveProperty('TimeToLiveSpecification');
  Template.fromStack(stack).hasResource(TABLE, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('three Regions need no witness', () => {
  const stack = stackIn();
  declare(stack, { regions: ['us-east-1', 'us-east-2', 'us-west-2'], consistency: { kind: 'strong' } });
  expect(onlyOf(stack, TABLE)).not.toHaveProperty('GlobalTableWitnesses');
});

test('an eventual register says in the template what it cannot do', () => {
  const stack = stackIn();
  declare(stack, { consistency: { kind: 'eventual' } });
  Template.fromStack(stack).hasResource(TABLE, {
    Properties: {
      MultiRegionConsistency: 'EVENTUAL',
      Replicas: ['us-east-2', 'us-west-2'].map(region => ({
        Region: region,
        Tags: [{ Key: 'holdfast:register', Value: 'cannot fence a partition' }],
      })),
    },
    Metadata: { holdfast: { register: 'cannot fence a partition' } },
  });
});

test('an eventual register warns whoever synthesizes it, a strong one does not', () => {
  const [eventual, strong] = [stackIn(), stackIn()];
  expect(declare(eventual, { consistency: { kind: 'eventual' } }).canFencePartition).toBe(false);
  expect(declare(strong).canFencePartition).toBe(true);
  const warnings = (stack: Stack) =>
    Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cannot fence'));
  expect(warnings(eventual)).toHaveLength(1);
  expect(warnings(strong)).toHaveLength(0);
  expect(JSON.stringify(onlyOf(strong, TABLE))).not.toContain('Tags');
});

test('the owner holds a copy', () => {
  expect(() => declare(stackIn('eu-west-1'))).toThrow(/the owner's Region, eu-west-1, holds no copy/);
});

test('nobody may list the table or delete the register', () => {
  const stack = stackIn();
  const register = declare(stack);
  const mover = new Role(stack, 'Mover', { assumedBy: new ServicePrincipal('ec2') });
  register.grantMove(mover);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policy?.Properties.PolicyDocument.Statement as Record<string, unknown>[];
  expect(JSON.stringify(statements)).not.toMatch(/Scan|Query|Batch|Transact|PartiQL|\*/);
  const deleting = statements.filter(({ Action }) => JSON.stringify(Action).includes('Delete'));
  expect(deleting).toEqual([
    expect.objectContaining({
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['drill-lock'] } },
    }),
  ]);
  for (const statement of statements) expect(statement).toHaveProperty('Condition');
});

test('counts what DynamoDB could not serve, by Region', () => {
  const stack = stackIn('us-west-2');
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  expect(register.metricSystemErrors('GetItem')).toMatchObject({
    metricName: 'SystemErrors',
    dimensions: { TableName: 'orders-register', Operation: 'GetItem' },
  });
});

test.each<[string, Partial<RegisterProps>, RegExp]>([
  [
    'two Regions without a witness',
    { consistency: { kind: 'strong' } },
    /has 3 votes, this one would have 2/,
  ],
  [
    'a witness that holds a copy',
    { consistency: { kind: 'strong', witness: 'us-west-2' } },
    /takes two votes/,
  ],
  [
    'Regions of two sets',
    { regions: ['us-east-2', 'eu-west-1'], consistency: { kind: 'strong', witness: 'us-west-2' } },
    /cannot hold one strongly consistent table/,
  ],
  ['one Region', { regions: ['us-east-2'] }, /a register in one Region is lost with it/],
  ['a Region twice', { regions: ['us-east-2', 'us-east-2'] }, /a Region is named twice/],
  ['no name', { tableName: '' }, /tableName/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});

test('another Region names its own copy and declares nothing', () => {
  const stack = stackIn('us-west-2');
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  expect(JSON.stringify(stack.resolve(register.tableArn))).toContain(
    ':dynamodb:us-west-2:000000000000:table/',
  );
  Template.fromStack(stack).resourceCountIs(TABLE, 0);
});

test('a reader reads the register alone, a mover writes the register and the lock by condition', () => {
  const stack = stackIn();
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') });
  const mover = new Role(stack, 'Mover', { assumedBy: new ServicePrincipal('ec2') });
  register.grantRead(reader);
  register.grantMove(mover);
  const allowed: readonly [unknown, readonly string[]][] = [
    ['dynamodb:GetItem', ['register']],
    [
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      ['register', 'drill-lock', 'drill-journal'],
    ],
  ];
  for (const [Action, keys] of allowed) {
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } };
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action, Condition })]) },
    });
  }
});

test('a mover may be let into the copies of other Regions, by their agreed name', () => {
  const stack = stackIn('us-west-2');
  const mover = new Role(stack, 'Mover', { assumedBy: new ServicePrincipal('ec2') });
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  register.grantMove(mover, { regions: ['us-east-2', 'us-west-2'] });
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policy?.Properties.PolicyDocument.Statement as { Resource: unknown }[];
  for (const { Resource } of statements) {
    const text = JSON.stringify(Resource);
    for (const region of ['us-east-2', 'us-west-2']) {
      expect(text).toContain(`:dynamodb:${region}:000000000000:table/orders-register`);
    }
  }
});

describe('a grant of homes', () => {
  const statementsOf = (grant: (register: IRegister, role: Role) => void) => {
    const stack = stackIn();
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2') });
    grant(Register.fromTableName(stack, 'Register', 'orders-register'), role);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    return policy?.Properties.PolicyDocument.Statement as PolicyStatement[];
  };
  const decide = (statements: readonly PolicyStatement[], action: string, key: string) =>
    evaluatePolicy(statements, { action, context: { 'dynamodb:LeadingKeys': [key] } });

  test('reaches their records and locks, and neither another home nor the one record', () => {
    const mover = statementsOf((register, role) => register.grantMove(role, { homes: ['us', 'eu'] }));
    const decided = [
      'register/us',
      'register/eu',
      'drill-lock/us',
      'drill-lock',
      'register/ap',
      'register',
    ].map(key => decide(mover, 'dynamodb:UpdateItem', key));
    const no = 'implicit-deny';
    expect(decided).toEqual(['allowed', 'allowed', 'allowed', no, no, no]);
    expect(decide(mover, 'dynamodb:DeleteItem', 'drill-lock/eu')).toBe('allowed');
    expect(decide(mover, 'dynamodb:DeleteItem', 'drill-lock')).toBe(no);
    expect(decide(mover, 'dynamodb:DeleteItem', 'register/us')).toBe(no);
  });

  test('to a reader is of their records alone', () => {
    const reader = statementsOf((register, role) => register.grantRead(role, { homes: ['eu'] }));
    expect(decide(reader, 'dynamodb:GetItem', 'register/eu')).toBe('allowed');
    expect(decide(reader, 'dynamodb:GetItem', 'register/us')).toBe('implicit-deny');
    expect(decide(reader, 'dynamodb:GetItem', 'drill-lock')).toBe('implicit-deny');
    expect(decide(reader, 'dynamodb:PutItem', 'register/eu')).toBe('implicit-deny');
  });

  test.each([
    ['a pattern', ['*'], /homes\[0\].*"\*"/],
    ['none', [], /homes: no home to grant/],
  ])('refuses %s', (_, homes, message) => {
    expect(() => statementsOf((register, role) => register.grantMove(role, { homes }))).toThrow(message);
    expect(() => statementsOf((register, role) => register.grantRead(role, { homes }))).toThrow(message);
  });
});

test('the keys are those of the run time', () => {
  expect({ REGISTER_KEY, DRILL_LOCK_KEY, DRILL_JOURNAL_KEY }).toEqual({
    REGISTER_KEY: runtime.REGISTER_KEY,
    DRILL_LOCK_KEY: runtime.DRILL_LOCK_KEY,
    DRILL_JOURNAL_KEY: runtime.DRILL_JOURNAL_KEY,
  });
  expect(RELEASE_KEY).toBe(RELEASE_KEY_OF_RUNTIME);
  expect(shiftLeaseKey('us-east-2')).toBe(shiftLeaseKeyOfRuntime('us-east-2'));
});

test('who leads releases writes the release and leases of weights, and of drills and moves nothing', () => {
  const stack = stackIn();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda') });
  const register = Register.fromTableName(stack, 'Register', 'orders-register');
  register.grantRelease(role, { regions: ['us-east-2'] });
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policy?.Properties.PolicyDocument.Statement as PolicyStatement[];
  const decide = (verb: string, key: string) =>
    evaluatePolicy(statements, {
      action: `dynamodb:${verb}`,
      context: { 'dynamodb:LeadingKeys': [key] },
    });
  const written = ['release', 'shift-lease#us-east-2'];
  const read = ['drill-lock', 'register'];
  expect(written.map(key => decide('PutItem', key))).toEqual(['allowed', 'allowed']);
  expect(read.map(key => decide('GetItem', key))).toEqual(['allowed', 'allowed']);
  for (const key of [...read, 'shift-lease#us-west-2', 'drill-journal']) {
    expect(decide('PutItem', key)).toBe('implicit-deny');
  }
  expect(decide('DeleteItem', 'release')).toBe('implicit-deny');
});
