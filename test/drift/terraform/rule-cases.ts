import type { Facts } from '../../../lib/drift/classify/rule';
import type { Json } from '../../../lib/drift/model';
import { type Entry, entry, planOf } from './plans';

type State = Record<string, unknown> | null;
export const update = (before: State, after: State, more: object = {}): Entry['change'] => ({
  ...{ actions: ['update'], before, after, ...more },
});
export const created = (after: State, more: object = {}) => ({
  actions: ['create'],
  before: null,
  after,
  ...more,
});
export const deleted = (before: State) => ({ actions: ['delete'], before, after: null });
export const replaced = (before: State, after: State, ...paths: string[]) => ({
  ...{ actions: ['delete', 'create'], before, after, replace_paths: paths.map(path => [path]) },
});
export const one = (type: string, change: Entry['change'], more: Partial<Entry> = {}, rest: object = {}) =>
  planOf([entry(`${type}.x`, change, more)], rest);
export const drift = (type: string, change: Entry['change'], plan?: Entry['change']) =>
  planOf([entry(`${type}.x`, plan ?? { actions: ['no-op'], before: change.after, after: change.after })], {
    resource_drift: [entry(`${type}.x`, change)],
  });

export const policy = (action: string | string[], more: object = {}) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*', ...more }] });
const ingress = (cidr: string, port = 22) => ({
  ...{
    protocol: 'tcp',
    from_port: port,
    to_port: port,
    cidr_blocks: [cidr],
    ipv6_cidr_blocks: [],
    self: false,
  },
});
export const SECONDARY = { id: 'c', replication_source_identifier: 'arn:aws:rds:us-east-2:1:cluster:a' };
export const MEMBER = {
  global_replication_group_id: 'g',
  node_type: 'a',
  engine_version: '7',
  apply_immediately: true,
};
export const FLAGS = (more: object) => JSON.stringify({ flags: { x: { name: 'x', ...more } }, version: '1' });
const ACTIVE: Facts = { register: { epoch: 3, region: 'eu-west-1' } };

/** Each rule speaks in the first plan, and is silent in the second. */
export const CASES: readonly (readonly [
  name: string,
  rule: string,
  speaks: Json,
  silent: Json,
  facts?: Facts,
])[] = [
  [
    'BP-59: two zones replace the cluster',
    'danger tf-stateful-loss availability_zones',
    one(
      'aws_rds_cluster',
      replaced(
        { availability_zones: ['a', 'b', 'c'] },
        { availability_zones: ['a', 'b'] },
        'availability_zones',
      ),
    ),
    one(
      'aws_instance',
      replaced({ availability_zones: ['a'] }, { availability_zones: ['b'] }, 'availability_zones'),
    ),
  ],
  [
    'a deletion of data',
    'danger tf-stateful-loss',
    one('aws_dynamodb_table', deleted({ name: 't' })),
    one('aws_dynamodb_table', deleted({ name: 't' }), { deposed: 'b518c256' }),
  ],
  [
    'BP-51: a new one while the old one is forgotten',
    'danger tf-stateful-loss',
    one('aws_s3_bucket', { actions: ['create', 'forget'], before: { bucket: 'a' }, after: { bucket: 'b' } }),
    one('aws_s3_bucket', { actions: ['forget'], before: { bucket: 'a' }, after: null }),
  ],
  [
    'BP-13: the managed group is gone',
    'danger tf-stateful-loss',
    drift('aws_autoscaling_group', deleted({ name: 'web' }), created({ name: 'web' })),
    drift('aws_launch_template', deleted({ name: 'web' }), created({ name: 'web' })),
  ],
  [
    'protection off',
    'danger tf-protection-off deletion_protection',
    one('aws_rds_cluster', update({ deletion_protection: true }, { deletion_protection: false })),
    one('aws_rds_cluster', update({ deletion_protection: false }, { deletion_protection: true })),
  ],
  [
    'no last snapshot',
    'danger tf-protection-off skip_final_snapshot',
    one('aws_rds_cluster', update({ skip_final_snapshot: false }, { skip_final_snapshot: true })),
    one('aws_rds_cluster', update({ skip_final_snapshot: true }, { skip_final_snapshot: false })),
  ],
  [
    'versioning suspended',
    'danger tf-protection-off versioning_configuration[0].status',
    one(
      'aws_s3_bucket_versioning',
      update(
        { versioning_configuration: [{ status: 'Enabled' }] },
        { versioning_configuration: [{ status: 'Suspended' }] },
      ),
    ),
    one(
      'aws_s3_bucket_versioning',
      update(
        { versioning_configuration: [{ status: 'Suspended' }] },
        { versioning_configuration: [{ status: 'Enabled' }] },
      ),
    ),
  ],
  [
    'retention lowered',
    'danger tf-retention-lowered backup_retention_period',
    one('aws_rds_cluster', update({ backup_retention_period: 14 }, { backup_retention_period: 7 })),
    one('aws_rds_cluster', update({ backup_retention_period: 7 }, { backup_retention_period: 14 })),
  ],
  [
    'logs kept for ever are kept for a week',
    'danger tf-retention-lowered retention_in_days',
    one('aws_cloudwatch_log_group', update({ retention_in_days: 0 }, { retention_in_days: 7 })),
    one('aws_cloudwatch_log_group', update({ retention_in_days: 7 }, { retention_in_days: 0 })),
  ],
  [
    'recovery to a point in time off',
    'danger tf-retention-lowered point_in_time_recovery[0].enabled',
    one(
      'aws_dynamodb_table',
      update(
        { point_in_time_recovery: [{ enabled: true }] },
        { point_in_time_recovery: [{ enabled: false }] },
      ),
    ),
    one('aws_dynamodb_table', update({ ttl: [{ enabled: true }] }, { ttl: [{ enabled: false }] })),
  ],
  [
    'capacity lowered',
    'danger tf-capacity-lowered min_size',
    one('aws_autoscaling_group', update({ min_size: 4 }, { min_size: 2 })),
    one('aws_autoscaling_group', update({ min_size: 2 }, { min_size: 4 })),
  ],
  [
    'encryption off',
    'danger tf-encryption-changed storage_encrypted',
    one('aws_rds_cluster', update({ storage_encrypted: true }, { storage_encrypted: false })),
    one('aws_rds_cluster', created({ storage_encrypted: true })),
  ],
  [
    'another key, decided at apply',
    'unknown tf-encryption-changed kms_key_id',
    one('aws_ebs_volume', update({ kms_key_id: 'k' }, {}, { after_unknown: { kms_key_id: true } })),
    one('aws_ebs_volume', update({ kms_key_id: '' }, { kms_key_id: null })),
  ],
  [
    'BP-40: an opening',
    'danger tf-network-opened ingress[0].cidr_blocks[0]',
    one(
      'aws_security_group',
      update({ ingress: [ingress('10.0.0.0/24')] }, { ingress: [ingress('10.0.0.0/16')] }),
    ),
    one(
      'aws_security_group',
      update({ ingress: [ingress('10.0.0.0/16')] }, { ingress: [ingress('10.0.0.0/24')] }),
    ),
  ],
  [
    'BP-40: a rule that moves to another group',
    'danger tf-network-opened security_group_id',
    one(
      'aws_vpc_security_group_ingress_rule',
      replaced(
        {
          security_group_id: 'sg-web',
          cidr_ipv4: '10.0.0.0/24',
          ip_protocol: 'tcp',
          from_port: 22,
          to_port: 22,
        },
        {
          security_group_id: 'sg-db',
          cidr_ipv4: '10.0.0.0/24',
          ip_protocol: 'tcp',
          from_port: 22,
          to_port: 22,
        },
        'security_group_id',
      ),
    ),
    one(
      'aws_vpc_security_group_ingress_rule',
      update(
        { security_group_id: 'sg-web', description: 'a' },
        { security_group_id: 'sg-web', description: 'b' },
      ),
    ),
  ],
  [
    'a new rule',
    'danger tf-network-opened',
    one('aws_security_group_rule', created({ type: 'ingress', protocol: '-1', cidr_blocks: ['0.0.0.0/0'] })),
    one('aws_security_group', created({ ingress: [ingress('10.0.0.0/8')] })),
  ],
  [
    'an opening that is decided at apply',
    'unknown tf-network-opened ingress',
    one('aws_security_group', update({ ingress: [] }, {}, { after_unknown: { ingress: true } })),
    one('aws_security_group', update({ name: 'a' }, { name: 'b' })),
  ],
  [
    'a database in public',
    'danger tf-network-opened publicly_accessible',
    one('aws_db_instance', update({ publicly_accessible: false }, { publicly_accessible: true })),
    one('aws_db_instance', update({ publicly_accessible: true }, { publicly_accessible: false })),
  ],
  [
    'the block of public access goes',
    'danger tf-network-opened',
    one('aws_s3_bucket_public_access_block', deleted({ block_public_acls: true })),
    one('aws_s3_bucket_ownership_controls', deleted({})),
  ],
  [
    'a record turns',
    'danger tf-dns-change records[0]',
    one(
      'aws_route53_record',
      update({ name: 'a.example', records: ['1'] }, { name: 'a.example', records: ['2'] }),
    ),
    one('aws_route53_record', created({ name: 'a.example' })),
  ],
  [
    'BP-58: the source of a replica goes',
    'danger tf-replica-detached replication_source_identifier',
    one('aws_rds_cluster', update(SECONDARY, { ...SECONDARY, replication_source_identifier: null })),
    one('aws_rds_cluster', update({ ...SECONDARY, a: 1 }, { ...SECONDARY, a: 2 })),
  ],
  [
    'a table loses a copy',
    'danger tf-replica-detached replica',
    one(
      'aws_dynamodb_table',
      update({ replica: [{ region_name: 'a' }, { region_name: 'b' }] }, { replica: [{ region_name: 'a' }] }),
    ),
    one(
      'aws_dynamodb_table',
      update({ replica: [{ region_name: 'a' }] }, { replica: [{ region_name: 'a' }, { region_name: 'b' }] }),
    ),
  ],
  [
    'the plan makes the active Region a replica',
    'danger tf-replica-detached replication_source_identifier',
    one(
      'aws_rds_cluster',
      update(
        { region: 'eu-west-1', replication_source_identifier: '' },
        { ...SECONDARY, id: null, region: 'eu-west-1' },
      ),
    ),
    one(
      'aws_rds_cluster',
      update(
        { region: 'us-east-1', replication_source_identifier: '' },
        { ...SECONDARY, id: null, region: 'us-east-1' },
      ),
    ),
    ACTIVE,
  ],
  [
    'BP-39: a policy allows more',
    'danger tf-iam-broadening policy',
    one(
      'aws_iam_policy',
      update({ policy: policy('s3:GetObject') }, { policy: policy(['s3:GetObject', 's3:PutObject']) }),
    ),
    one(
      'aws_iam_policy',
      update({ policy: policy(['s3:GetObject', 's3:PutObject']) }, { policy: policy('s3:GetObject') }),
    ),
  ],
  [
    'BP-39: a Condition goes',
    'danger tf-iam-broadening policy',
    one(
      'aws_iam_policy',
      update(
        { policy: policy('s3:*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }) },
        { policy: policy('s3:*') },
      ),
    ),
    one('aws_iam_policy', update({ policy: policy(['a:B', 'a:C']) }, { policy: policy(['a:C', 'a:B']) })),
  ],
  [
    'a Deny goes with its policy',
    'danger tf-iam-broadening',
    one('aws_s3_bucket_policy', deleted({ policy: policy('s3:*', { Effect: 'Deny', Principal: '*' }) })),
    one('aws_s3_bucket_policy', deleted({ policy: policy('s3:*', { Principal: '*' }) })),
  ],
  [
    'BP-55: a policy that is decided at apply',
    'unknown tf-iam-broadening policy',
    one('aws_iam_policy', update({ policy: policy('s3:*') }, {}, { after_unknown: { policy: true } })),
    one(
      'aws_iam_policy',
      update({ policy: policy('s3:*'), path: '/' }, { policy: policy('s3:*'), path: '/a' }),
    ),
  ],
  [
    'BP-55: a new policy of which nothing is known',
    'unknown tf-iam-broadening',
    one('aws_iam_role_policy', created({ role: 'r' }, { after_unknown: { policy: true } })),
    one(
      'aws_iam_role',
      created({
        assume_role_policy: policy('sts:AssumeRole', {
          Principal: { Service: 'ec2.amazonaws.com' },
          Resource: undefined,
        }),
      }),
    ),
  ],
  [
    'a boundary goes',
    'danger tf-iam-broadening permissions_boundary',
    one('aws_iam_role', update({ permissions_boundary: 'b' }, { permissions_boundary: null })),
    one('aws_iam_role', update({ permissions_boundary: '' }, { permissions_boundary: 'b' })),
  ],
  [
    'a policy is attached',
    'danger tf-iam-broadening',
    one('aws_iam_role_policy_attachment', created({ role: 'r', policy_arn: 'p' })),
    one('aws_iam_role_policy_attachment', created({ policy_arn: 'p' }, { after_unknown: { role: true } })),
  ],
  [
    'everybody may call',
    'danger tf-iam-broadening',
    one('aws_lambda_permission', created({ principal: '*' })),
    one('aws_lambda_permission', created({ principal: '*', source_account: '1' })),
  ],
  [
    'BP-52: a move',
    'change tf-state-only',
    one('aws_x', { actions: ['no-op'] }, { previous_address: 'aws_x.y' }),
    one('aws_x', { actions: ['no-op'] }),
  ],
  [
    'BP-52: an import that updates',
    'change tf-state-only',
    one('aws_x', update({ a: 1 }, { a: 2 }, { importing: { id: 'i' } })),
    one('aws_x', update({ a: 1 }, { a: 2 })),
  ],
  [
    'BP-51: forgotten',
    'change tf-left-unmanaged',
    one('aws_x', { actions: ['forget'], after: null }),
    one('aws_x', deleted({})),
  ],
  [
    'BP-50: a leftover',
    'change tf-deposed',
    one('aws_db_instance', deleted({}), { deposed: 'b518c256' }),
    one('aws_db_instance["a#b"]', deleted({})),
  ],
  [
    'a failed check',
    'change tf-check-failed status',
    planOf([], { checks: [{ address: { to_display: 'check.c' }, status: 'fail' }] }),
    planOf([], { checks: [{ address: { to_display: 'check.c' }, status: 'pass' }] }),
  ],
  [
    'BP-57: outputs alone',
    'change tf-output a',
    planOf([], { output_changes: { o: update({}, { a: 1 }) } }),
    planOf([], { output_changes: { o: { actions: ['no-op'], before: 1, after: 1 } } }),
  ],
  [
    'BP-53: a replacement without paths',
    'change tf-replacement',
    one('aws_instance', replaced({ a: 1 }, { a: 1 }), { action_reason: 'replace_by_triggers' }),
    one('aws_instance', update({ a: 1 }, { a: 2 })),
  ],
  [
    'drift that the plan puts back',
    'change tf-drift a',
    drift('aws_x', update({ a: 1 }, { a: 2 }), update({ a: 2 }, { a: 1 })),
    drift('aws_x', update({ a: 1 }, { a: 2 })),
  ],
  [
    'drift that the plan keeps',
    'expected tf-drift-kept a',
    drift('aws_x', update({ a: 1 }, { a: 2 })),
    drift('aws_x', update({ a: 1 }, { a: 2 }), update({ a: 2 }, { a: 1 })),
  ],
  [
    'BP-43: scaled within the bounds',
    'expected tf-scaled desired_capacity',
    drift(
      'aws_autoscaling_group',
      update(
        { desired_capacity: 2, min_size: 2, max_size: 10 },
        { desired_capacity: 3, min_size: 2, max_size: 10 },
      ),
    ),
    drift(
      'aws_autoscaling_group',
      update(
        { desired_capacity: 2, min_size: 2, max_size: 10 },
        { desired_capacity: 14, min_size: 2, max_size: 10 },
      ),
    ),
  ],
  [
    'roles have changed',
    'expected tf-role-swap replication_source_identifier',
    drift(
      'aws_rds_cluster',
      update(
        { ...SECONDARY, region: 'eu-west-1' },
        { region: 'eu-west-1', replication_source_identifier: '' },
      ),
    ),
    drift(
      'aws_rds_cluster',
      update(
        { ...SECONDARY, region: 'us-east-1' },
        { region: 'us-east-1', replication_source_identifier: '' },
      ),
    ),
    ACTIVE,
  ],
  [
    'BP-54: nothing in another form',
    'noise tf-empty-forms a',
    one('aws_x', update({ a: [] }, { a: null })),
    one('aws_x', update({ a: 0 }, { a: null })),
  ],
  [
    'BP-54: computed tags',
    'noise tf-tags-all tags_all.a',
    one('aws_x', update({ tags_all: { a: '1' } }, { tags_all: { a: '2' } })),
    one('aws_x', update({ tags: { a: '1' } }, { tags: { a: '2' } })),
  ],
  [
    'what a service fills in',
    'noise tf-computed latest_version',
    one(
      'aws_launch_template',
      update({ latest_version: 1 }, {}, { after_unknown: { latest_version: true } }),
    ),
    one('aws_launch_template', update({ image_id: 'a' }, {}, { after_unknown: { image_id: true } })),
  ],
  [
    'a data source is read',
    'noise tf-data-read',
    one(
      'data.aws_ami',
      { actions: ['read'], before: null, after: {} },
      { action_reason: 'read_because_config_unknown' },
    ),
    one('data.aws_ami', { actions: ['no-op'] }),
  ],
  [
    'BP-25: times in flags',
    'noise tf-config-timestamps',
    one(
      'aws_appconfig_hosted_configuration_version',
      replaced({ content: FLAGS({ _createdAt: '1' }) }, { content: FLAGS({}) }, 'content'),
    ),
    one(
      'aws_appconfig_hosted_configuration_version',
      replaced({ content: FLAGS({ _createdAt: '1' }) }, { content: FLAGS({ name: 'y' }) }, 'content'),
    ),
  ],
  [
    'BP-60: what the global datastore decides',
    'noise tf-global-parent node_type',
    one('aws_elasticache_replication_group', update(MEMBER, { ...MEMBER, node_type: 'b' })),
    one('aws_elasticache_replication_group', update({ node_type: 'a' }, { node_type: 'b' })),
  ],
  [
    'JSON in another form',
    'noise tf-json-forms definition',
    one('aws_x', update({ definition: '{"a":1,"b":2}' }, { definition: '{ "b": 2, "a": 1 }' })),
    one('aws_x', update({ definition: '{"a":1}' }, { definition: '{"a":"1"}' })),
  ],
  [
    'BP-34: names as Route 53 keeps them',
    'noise tf-dns-echo name',
    one('aws_route53_record', update({ name: '\\052.Example.com.' }, { name: '*.example.com' })),
    one('aws_route53_record', update({ name: 'a.example.com' }, { name: 'b.example.com' })),
  ],
];
