import { operatorRoleName } from '../../lib/naming';
import { adapterActions, OF_NO_DRILL } from '../helpers/adapter-actions';
import { evaluatePolicy, type PolicyStatement } from '../helpers/policy-evaluator';
import { resolveText } from '../helpers/resolve-template';
import { importsOf, sources } from '../helpers/sources';
import { templatesOf } from '../stacks/example';

/** Services with one control plane for the whole partition, by their prefix in IAM (AWS Fault Isolation Boundaries). */
const GLOBAL_CONTROL_PLANES = [
  'iam',
  'organizations',
  'account',
  'route53',
  'route53domains',
  'route53-recovery-readiness',
  'route53-recovery-control-config',
  'arc-region-switch',
  'cloudfront',
  'globalaccelerator',
  'networkmanager',
  'waf',
  'shield',
  'sso',
  'aws-portal',
];
/** Control planes of a Region that depend on another Region's, or make what a move must find there already. */
const NEVER = [
  's3:CreateBucket',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:DeleteBucket',
  'elasticloadbalancing:CreateLoadBalancer',
  'elasticloadbalancing:ModifyListener',
  'apigateway:POST',
  'rds:CreateDBCluster',
  'rds:DeleteDBCluster',
  'rds:RemoveFromGlobalCluster',
  'dynamodb:CreateTable',
  'dynamodb:UpdateTable',
  'dynamodb:DeleteTable',
  'ec2:RunInstances',
  'autoscaling:CreateAutoScalingGroup',
  'autoscaling:DeleteAutoScalingGroup',
  'cloudformation:UpdateStack',
  'lambda:CreateFunction',
  'sts:AssumeRole',
];
const REGIONS = ['us-east-2', 'us-west-2'] as const;
const ACTIONS = adapterActions();
const templates = templatesOf();

/** Statements of every policy that the operator's role of a Region carries, ARNs as text. */
function operatorOf(region: string): readonly PolicyStatement[] {
  const resources = Object.entries(templates[`${region}/operations`]?.Resources ?? {});
  const roles = resources.filter(
    ([, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' && Properties.RoleName === operatorRoleName('orders', region),
  );
  expect(roles).toHaveLength(1);
  const [id, role] = roles[0] ?? [];
  expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
  expect(role?.Properties).not.toHaveProperty('Policies');
  const references = { 'AWS::Partition': 'aws' };
  return resources
    .filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles) === JSON.stringify([{ Ref: id }]),
    )
    .flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: PolicyStatement[] }).Statement,
    )
    .map(statement => ({
      ...statement,
      Resource: [statement.Resource].flat().map(resource => resolveText(resource, references)),
    }));
}

const operators = REGIONS.map(region => [region, operatorOf(region)] as const);

test('what a drill is made of is among what is looked at', () => {
  const index = sources('lib/aws').find(({ file }) => file === 'lib/aws/cloud.ts');
  const own = (index?.text ?? '')
    .split('\n')
    .filter(line => !line.startsWith('export '))
    .join('\n');
  const used = importsOf({ file: 'lib/aws/cloud.ts', text: own });
  expect(used.length).toBeGreaterThan(8);
  expect(used.filter(name => OF_NO_DRILL.test(name))).toEqual([]);
});

describe.each(operators)('law 2: the failover role of %s', (region, statements) => {
  const mayAnywhere = (action: string) => evaluatePolicy(statements, { action }) === 'allowed';
  const here: Record<string, string | readonly string[]> = {
    'aws:RequestedRegion': region,
    'dynamodb:LeadingKeys': ['register'],
  };

  test('may call what the adapters of a drill call, all of it', () => {
    expect(ACTIONS.length).toBeGreaterThan(15);
    expect(ACTIONS.filter(action => !mayAnywhere(action))).toEqual([]);
  });

  test.each(GLOBAL_CONTROL_PLANES)('may do nothing of %s', service => {
    const actions = statements.flatMap(({ Action = [], NotAction }) => {
      expect(NotAction).toBeUndefined();
      return Action;
    });
    // What a pattern could reach, not only what it spells.
    expect(actions.filter(action => action === '*' || action.split(':')[0]?.includes('*'))).toEqual([]);
    for (const verb of ['Get', 'List', 'Create', 'Update', 'Delete', 'ChangeResourceRecordSets']) {
      expect(evaluatePolicy(statements, { action: `${service}:${verb}` })).toBe('implicit-deny');
    }
    expect(ACTIONS.filter(action => action.startsWith(`${service}:`))).toEqual([]);
  });

  test.each(NEVER)('may not %s', action => {
    expect(evaluatePolicy(statements, { action })).toBe('implicit-deny');
  });

  test.each(REGIONS)('may move %s as well: the database, the register and sizes, by their names', moved => {
    const arn = (service: string, rest: string) => `arn:aws:${service}:${moved}:000000000000:${rest}`;
    const there = { ...here, 'aws:RequestedRegion': moved };
    const moves = [
      ['rds:SwitchoverGlobalCluster', 'arn:aws:rds::000000000000:global-cluster:orders-global'],
      ['rds:FailoverGlobalCluster', `arn:aws:rds:${moved}:000000000000:cluster:orders-${moved}`],
      ['dynamodb:UpdateItem', arn('dynamodb', 'table/orders-register')],
      [
        'autoscaling:UpdateAutoScalingGroup',
        arn('autoscaling', 'autoScalingGroup:an-id:autoScalingGroupName/orders-blue'),
      ],
    ] as const;
    for (const [action, resource] of moves) {
      const decide = (about: string, context: Readonly<Record<string, string | readonly string[]>>) => [
        action,
        evaluatePolicy(statements, { action, resource: about, context }),
      ];
      expect(decide(resource, there)).toEqual([action, 'allowed']);
      expect(decide(resource.replace('orders', 'others'), there)).toEqual([action, 'implicit-deny']);
      const foreign = { ...there, 'aws:RequestedRegion': 'eu-west-1' };
      // The ARN of an item's table says the Region; the others are held to the topology's by the condition as well.
      const elsewhere = action.startsWith('dynamodb:') ? resource.replace(moved, 'eu-west-1') : resource;
      expect(decide(elsewhere, foreign)).toEqual([action, 'implicit-deny']);
    }
  });

  test('of the register it may write the record, the lock and the journal, no other item', () => {
    const resource = `arn:aws:dynamodb:${region}:000000000000:table/orders-register`;
    const put = (key: string) =>
      evaluatePolicy(statements, {
        action: 'dynamodb:UpdateItem',
        resource,
        context: { ...here, 'dynamodb:LeadingKeys': [key] },
      });
    expect([put('register'), put('drill-lock'), put('drill-journal'), put('something')]).toEqual([
      'allowed',
      'allowed',
      'allowed',
      'implicit-deny',
    ]);
  });
});

test('the engine of drills has no client of its own: every call goes through the adapters', () => {
  expect(sources('lib/drill').filter(({ text }) => text.includes('@aws-sdk/'))).toEqual([]);
});

describe('the evaluator', () => {
  const allow = (Action: string): PolicyStatement => ({ Effect: 'Allow', Action, Resource: '*' });

  test('an explicit Deny wins, wildcards reach, NotAction is everything else', () => {
    expect(evaluatePolicy([allow('rds:*')], { action: 'rds:SwitchoverGlobalCluster' })).toBe('allowed');
    expect(evaluatePolicy([allow('*')], { action: 'iam:PassRole' })).toBe('allowed');
    expect(evaluatePolicy([allow('route?3:Get*')], { action: 'Route53:getHealthCheck' })).toBe('allowed');
    const deny: PolicyStatement = { Effect: 'Deny', NotAction: ['rds:*'], Resource: '*' };
    expect(evaluatePolicy([allow('*'), deny], { action: 'iam:PassRole' })).toBe('explicit-deny');
    expect(evaluatePolicy([allow('*'), deny], { action: 'rds:X' })).toBe('allowed');
  });

  test('a condition that it does not know is an error', () => {
    const statement = { ...allow('*'), Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    expect(() => evaluatePolicy([statement], { action: 'a:b', context: {} })).toThrow(/IpAddress/);
  });
});
