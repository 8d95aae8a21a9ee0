import type { Random } from '../helpers/simulation';
import { HOSTILE } from './report/findings';

const TYPES = [
  ...[
    'AWS::RDS::DBCluster',
    'AWS::IAM::Role',
    'AWS::SQS::Queue',
    'AWS::EC2::SecurityGroup',
    'AWS::Lambda::Version',
  ],
  ...[
    'AWS::IAM::ManagedPolicy',
    'AWS::Route53::RecordSet',
    'AWS::CloudFormation::Stack',
    'Custom::X',
    '__proto__',
  ],
  ...[
    'AWS::ElasticLoadBalancingV2::ListenerRule',
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::CDK::Metadata',
    '',
  ],
];
const TF_TYPES = [
  ...[
    'aws_iam_policy',
    'aws_iam_role_policy',
    'aws_db_instance',
    'aws_rds_cluster',
    'aws_security_group_rule',
  ],
  ...['aws_route53_record', 'aws_elasticache_replication_group', 'aws_autoscaling_group', 'toString', ''],
];
const KEYS = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'length',
    '',
    ' ',
    'a.b',
    'a[0]',
    '"',
  ],
  ...[
    'Properties',
    'Type',
    'Ref',
    'Fn::GetAtt',
    'Fn::Sub',
    'Fn::If',
    'Fn::ForEach::X',
    'DependsOn',
    'Metadata',
  ],
  ...[
    'PolicyDocument',
    'AssumeRolePolicyDocument',
    'Statement',
    'Effect',
    'Action',
    'NotAction',
    'Resource',
    'Condition',
  ],
  ...[
    'Principal',
    'SecurityGroupIngress',
    'CidrIp',
    'Policies',
    'Tags',
    'Environment',
    'policy',
    'password',
    'tags_all',
  ],
  ...[
    'DBClusterIdentifier',
    'StorageEncrypted',
    'DeletionProtection',
    'Actions',
    'ForwardConfig',
    'MinSize',
    'Weight',
  ],
];
const PARTS = [
  'Resources',
  'Parameters',
  'Outputs',
  'Mappings',
  'Conditions',
  'Rules',
  'Transform',
  'Metadata',
];
const PLAN_PARTS = [
  ...[
    'resource_changes',
    'resource_drift',
    'output_changes',
    'prior_state',
    'planned_values',
    'configuration',
  ],
  ...[
    'relevant_attributes',
    'checks',
    'deferred_changes',
    'action_invocations',
    'errored',
    'complete',
    'variables',
  ],
];
const WORDS = ['no-op', 'create', 'update', 'delete', 'read', 'forget', 'explode', '', '__proto__'];

/** Parsed text, so that `__proto__` is an own key as it is in a file. */
const object = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;

const times = (random: Random, most: number, make: () => string): string[] =>
  Array.from({ length: Math.floor(random.next() * (most + 1)) }, make);

function text(random: Random): string {
  const one = random.pick(HOSTILE);
  if (random.chance(0.005)) return one.repeat(Math.floor(5_000 * random.next()));
  return random.chance(0.5) ? one : random.pick(KEYS);
}

/** Any JSON at all, as text. */
function value(random: Random, depth = 0): string {
  const kind = random.next();
  if (depth > 4 || kind < 0.35) return JSON.stringify(text(random));
  if (kind < 0.45) return random.pick(['0', '-1', '1e400', '80', '"80"', '0.1', '9007199254740993']);
  if (kind < 0.55) return random.pick(['null', 'true', 'false', '"true"', '""', '[]', '{}']);
  if (kind < 0.7) return `[${times(random, 4, () => value(random, depth + 1)).join(',')}]`;
  return object(entries(random, 4, () => value(random, depth + 1)));
}

function entries(random: Random, most: number, make: () => string): (readonly [string, string])[] {
  return times(random, most, make).map(
    each => [random.chance(0.85) ? random.pick(KEYS) : text(random), each] as const,
  );
}

/** Nothing that is whole, or deeper than anything is read. */
function broken(random: Random, whole: string): string {
  const kind = random.next();
  if (kind < 0.3) return whole.slice(0, Math.floor(whole.length * random.next()));
  if (kind < 0.5)
    return random.pick([
      '',
      ' ',
      'null',
      '[]',
      '3',
      '"x"',
      'Error: no plan',
      '{"Resources":null}',
      '\uFEFF{}',
    ]);
  const deep = 400 + Math.floor(random.next() * 5_000);
  if (kind < 0.65) return '['.repeat(deep);
  const [open, close] = random.chance(0.5) ? ['{"a":', '}'] : ['[', ']'];
  const nested = `${open.repeat(deep)}1${close.repeat(deep)}`;
  return kind < 0.85 ? whole.replace(/\{\}|\[\]|null/, nested) : nested;
}

function resource(random: Random): string {
  if (random.chance(0.15)) return value(random);
  return object([
    ['Type', random.chance(0.9) ? JSON.stringify(random.pick(TYPES)) : value(random)],
    ['Properties', random.chance(0.9) ? object(entries(random, 5, () => value(random, 1))) : value(random)],
    ...entries(random, 1, () => value(random, 2)),
  ]);
}

/** A template as nobody would write it, as text. */
export function hostileTemplate(random: Random): string {
  const resources = object(
    times(random, 4, () => resource(random)).map((each, at) => [id(random, at), each]),
  );
  const parts = times(random, 2, () => value(random, 2)).map(each => [random.pick(PARTS), each] as const);
  const whole = object([['Resources', resources], ...parts]);
  return random.chance(0.15) ? broken(random, whole) : whole;
}

const id = (random: Random, at: number): string => (random.chance(0.8) ? `R${at}` : text(random));

function planned(random: Random): string {
  if (random.chance(0.1)) return value(random);
  const [before, after] = [value(random, 1), value(random, 1)];
  const actions = times(random, 2, () => JSON.stringify(random.pick(WORDS)));
  const change = object([
    ['actions', random.chance(0.9) ? `[${actions.join(',')}]` : value(random)],
    ...([
      ['before', before],
      ['after', random.chance(0.3) ? before : after],
    ] as const),
    ...(['after_unknown', 'before_sensitive', 'after_sensitive', 'replace_paths'] as const).map(
      key =>
        [key, random.chance(0.5) ? random.pick(['true', 'false', '{}', '[]']) : value(random, 1)] as const,
    ),
  ]);
  return object([
    [
      'address',
      JSON.stringify(random.chance(0.7) ? `aws_x.r${Math.floor(random.next() * 9)}` : text(random)),
    ],
    ...([
      ['mode', '"managed"'],
      ['type', JSON.stringify(random.pick(TF_TYPES))],
      ['change', change],
    ] as const),
    ...entries(random, 1, () => value(random, 2)),
  ]);
}

/** A plan as Terraform would never write it, as text. */
export function hostilePlan(random: Random): string {
  const list = () => `[${times(random, 4, () => planned(random)).join(',')}]`;
  const whole = object([
    ['format_version', random.chance(0.9) ? '"1.2"' : value(random)],
    ['resource_changes', list()],
    ...(random.chance(0.4) ? [['resource_drift', list()] as const] : []),
    ...times(random, 2, () => value(random, 2)).map(each => [random.pick(PLAN_PARTS), each] as const),
  ]);
  return random.chance(0.15) ? broken(random, whole) : whole;
}
