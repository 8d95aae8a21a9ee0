import type { Json } from '../../../lib/drift/model';
import { entry, planOf } from '../terraform/plans';
import { created, deleted, drift, one, policy, replaced, update } from '../terraform/rule-cases';

type Case = readonly [name: string, plan: Json, right: string];
const NOOP = { actions: ['no-op'], before: { a: 1 }, after: { a: 1 } };
const cluster = 'aws_rds_cluster';
const up = (
  name: string,
  type: string,
  before: object,
  after: object,
  right: string,
  more: object = {},
): Case => [name, one(type, update(before as never, after as never, more)), right];
const made = (name: string, type: string, after: object, right: string, more: object = {}): Case => [
  name,
  one(type, created(after as never, more)),
  right,
];
const lost = (name: string, type: string, before: object, right: string): Case => [
  name,
  one(type, deleted(before as never)),
  right,
];

/** Plans that somebody could wave through, and what is right. */
export const TERRAFORM: readonly Case[] = [
  [
    'a replacement by replace_paths alone',
    one(cluster, replaced({ engine: 'a' }, { engine: 'b' }, 'engine')),
    'danger tf-stateful-loss',
  ],
  [
    'a new one is made before the old one goes',
    one(cluster, { ...replaced({ engine: 'a' }, { engine: 'b' }, 'engine'), actions: ['create', 'delete'] }),
    'danger tf-stateful-loss',
  ],
  [
    'a table is forgotten',
    one('aws_dynamodb_table', { actions: ['forget'], before: { name: 't' }, after: null }),
    'change',
  ],
  [
    'a database is imported and weakened at once',
    one(
      cluster,
      update({ deletion_protection: true }, { deletion_protection: false }, { importing: { id: 'c' } }),
    ),
    'danger tf-protection-off',
  ],
  [
    'a database is moved and weakened at once',
    planOf([
      entry(`${cluster}.x`, update({ deletion_protection: true }, { deletion_protection: false }), {
        previous_address: `${cluster}.y`,
      }),
    ]),
    'danger tf-protection-off',
  ],
  [
    'a database is moved',
    planOf([entry(`${cluster}.x`, NOOP, { previous_address: `${cluster}.y` })]),
    'change',
  ],
  [
    'a change is put off',
    planOf([entry(`${cluster}.x`, NOOP)], {
      deferred_changes: [
        { reason: 'provider_config_unknown', resource_change: { address: `${cluster}.y`, type: cluster } },
      ],
    }),
    'unknown',
  ],
  ['a plan of one target', planOf([entry(`${cluster}.x`, NOOP)], { complete: false }), 'unknown'],
  [
    'a plan that failed',
    planOf([entry(`${cluster}.x`, NOOP)], { errored: true, applyable: false }),
    'unknown',
  ],
  [
    'a check that ended in an error',
    planOf([entry(`${cluster}.x`, NOOP)], {
      checks: [{ address: { to_display: 'check.a' }, status: 'error' }],
    }),
    'unknown',
  ],
  [
    'a check that does not hold',
    planOf([entry(`${cluster}.x`, NOOP)], {
      checks: [{ address: { to_display: 'check.a' }, status: 'fail' }],
    }),
    'change',
  ],
  up('protection is decided at apply', cluster, { deletion_protection: true }, {}, 'unknown', {
    after_unknown: { deletion_protection: true },
  }),
  up(
    'protection goes, and is a secret',
    cluster,
    { deletion_protection: true },
    { deletion_protection: false },
    'danger tf-protection-off',
    { before_sensitive: { deletion_protection: true } },
  ),
  [
    'a group was opened by hand',
    drift(
      'aws_security_group',
      update(
        { ingress: [] },
        { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] }] },
      ),
    ),
    'danger tf-network-opened',
  ],
  ['a word of a later format', one(cluster, { actions: ['evaporate'], before: {}, after: {} }), 'unknown'],
  up(
    'an inline policy of a role widens',
    'aws_iam_role',
    { inline_policy: [{ name: 'p', policy: policy('s3:Get*') }] },
    { inline_policy: [{ name: 'p', policy: policy('s3:*') }] },
    'danger tf-iam-broadening',
  ),
  up(
    'a second inline policy of a role',
    'aws_iam_role',
    { inline_policy: [{ name: 'p', policy: policy('s3:Get*') }] },
    {
      inline_policy: [
        { name: 'p', policy: policy('s3:Get*') },
        { name: 'q', policy: policy('*') },
      ],
    },
    'danger tf-iam-broadening',
  ),
  up(
    'a policy of logs widens',
    'aws_cloudwatch_log_resource_policy',
    { policy_document: policy('logs:PutLogEvents') },
    { policy_document: policy('logs:*') },
    'danger tf-iam-broadening',
  ),
  made(
    'a role is an administrator',
    'aws_iam_role',
    { managed_policy_arns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    'danger tf-iam-broadening',
  ),
  made(
    'a new role becomes an administrator',
    'aws_iam_role_policy_attachment',
    { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    'danger tf-iam-broadening',
    { after_unknown: { role: true } },
  ),
  made(
    'a new role may read logs',
    'aws_iam_role_policy_attachment',
    { policy_arn: 'arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess' },
    'change',
    { after_unknown: { role: true } },
  ),
  made(
    'a user joins groups',
    'aws_iam_user_group_membership',
    { user: 'u', groups: ['admins'] },
    'danger tf-iam-broadening',
  ),
  made(
    'somebody is assigned an account',
    'aws_ssoadmin_account_assignment',
    { principal_id: 'p', target_id: '1' },
    'danger tf-iam-broadening',
  ),
  made(
    'a policy on a repository that stands',
    'aws_ecr_repository_policy',
    { repository: 'r', policy: policy('ecr:*', { Principal: '2' }) },
    'danger tf-iam-broadening',
  ),
  up(
    'another account may call the function',
    'aws_lambda_permission',
    {
      principal: 'events.amazonaws.com',
      source_arn: 'a',
      action: 'lambda:InvokeFunction',
      function_name: 'f',
    },
    { principal: '222222222222', source_arn: 'a', action: 'lambda:InvokeFunction', function_name: 'f' },
    'danger tf-iam-broadening',
  ),
  lost(
    'versions of a bucket are kept no more',
    'aws_s3_bucket_versioning',
    { bucket: 'b', versioning_configuration: [{ status: 'Enabled' }] },
    'danger tf-protection-off',
  ),
  up(
    'versions of a bucket are not mentioned any more',
    'aws_s3_bucket',
    { versioning: [{ enabled: true }] },
    { versioning: [] },
    'danger tf-protection-off',
  ),
  lost('the plan of backups goes', 'aws_backup_plan', { name: 'p' }, 'danger tf-retention-lowered'),
  lost(
    'nothing is chosen for backup any more',
    'aws_backup_selection',
    { name: 'p' },
    'danger tf-retention-lowered',
  ),
  made(
    'a bucket gets rules that delete',
    'aws_s3_bucket_lifecycle_configuration',
    { bucket: 'b', rule: [{ id: 'a', status: 'Enabled', expiration: [{ days: 7 }] }] },
    'danger tf-retention-lowered',
  ),
  up(
    'a rule that deletes comes',
    'aws_s3_bucket_lifecycle_configuration',
    { rule: [] },
    { rule: [{ id: 'a', status: 'Enabled', expiration: [{ days: 7 }] }] },
    'danger tf-retention-lowered',
  ),
  up(
    'a rule that deletes goes',
    'aws_s3_bucket_lifecycle_configuration',
    { rule: [{ id: 'a', status: 'Enabled', expiration: [{ days: 7 }] }] },
    { rule: [] },
    'change',
  ),
  up(
    'items begin to expire',
    'aws_dynamodb_table',
    { ttl: [{ enabled: false }] },
    { ttl: [{ enabled: true, attribute_name: 't' }] },
    'danger tf-retention-lowered',
  ),
  up(
    'logs that were kept for ever',
    'aws_cloudwatch_log_group',
    { retention_in_days: 0 },
    { retention_in_days: 1 },
    'danger tf-retention-lowered',
  ),
  up(
    'recovery to a point in time is not mentioned any more',
    'aws_dynamodb_table',
    { point_in_time_recovery: [{ enabled: true }] },
    { point_in_time_recovery: [] },
    'danger tf-retention-lowered',
  ),
  up(
    'a key is switched off',
    'aws_kms_key',
    { is_enabled: true },
    { is_enabled: false },
    'danger tf-encryption-changed',
  ),
  up(
    'an alias names another key',
    'aws_kms_alias',
    { target_key_id: 'a' },
    { target_key_id: 'b' },
    'danger tf-encryption-changed',
  ),
  up(
    'no second zone',
    'aws_db_instance',
    { multi_az: true },
    { multi_az: false },
    'danger tf-capacity-lowered',
  ),
  up(
    'a function gets a limit',
    'aws_lambda_function',
    { reserved_concurrent_executions: -1 },
    { reserved_concurrent_executions: 1 },
    'danger tf-capacity-lowered',
  ),
  up(
    'a group leaves a zone',
    'aws_autoscaling_group',
    { vpc_zone_identifier: ['a', 'b'] },
    { vpc_zone_identifier: ['a'] },
    'danger tf-capacity-lowered',
  ),
  lost(
    'the firewall of a balancer goes',
    'aws_wafv2_web_acl_association',
    { resource_arn: 'a' },
    'danger tf-network-opened',
  ),
  lost(
    'an entry that refuses goes',
    'aws_network_acl_rule',
    { rule_action: 'deny' },
    'danger tf-network-opened',
  ),
  up(
    'a prefix list gains the world',
    'aws_ec2_managed_prefix_list',
    { entry: [{ cidr: '10.0.0.0/8' }] },
    { entry: [{ cidr: '10.0.0.0/8' }, { cidr: '0.0.0.0/0' }] },
    'danger tf-network-opened',
  ),
  up(
    'an endpoint of a cluster opens to the world',
    'aws_eks_cluster',
    { vpc_config: [{ public_access_cidrs: ['192.0.2.0/24'] }] },
    { vpc_config: [{ public_access_cidrs: ['0.0.0.0/0'] }] },
    'danger tf-network-opened',
  ),
  up(
    'guests may use the identity pool',
    'aws_cognito_identity_pool',
    { allow_unauthenticated_identities: false },
    { allow_unauthenticated_identities: true },
    'danger tf-network-opened',
  ),
  made(
    'a way from the internet',
    'aws_route',
    { route_table_id: 'rtb-1', destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' },
    'danger tf-network-opened',
  ),
  up(
    'a database joins a group',
    cluster,
    { vpc_security_group_ids: ['sg-1'] },
    { vpc_security_group_ids: ['sg-1', 'sg-2'] },
    'unknown',
  ),
  up(
    'a rule lets in half of the world',
    'aws_vpc_security_group_ingress_rule',
    { cidr_ipv4: '10.0.0.0/8', ip_protocol: 'tcp', from_port: 1, to_port: 1 },
    { cidr_ipv4: '0.0.0.0/1', ip_protocol: 'tcp', from_port: 1, to_port: 1 },
    'danger tf-network-opened',
  ),
  made(
    'a new group lets in half of the world',
    'aws_security_group',
    { ingress: [{ protocol: 'tcp', from_port: 1, to_port: 1, cidr_blocks: ['0.0.0.0/1'] }] },
    'danger tf-network-opened',
  ),
  lost(
    'images are not copied any more',
    'aws_ecr_replication_configuration',
    {},
    'danger tf-replica-detached',
  ),
  up(
    'backups are not copied any more',
    'aws_backup_plan',
    { rule: [{ rule_name: 'a', copy_action: [{ destination_vault_arn: 'v' }] }] },
    { rule: [{ rule_name: 'a', copy_action: [] }] },
    'danger tf-replica-detached',
  ),
  lost('a cluster of DSQL goes', 'aws_dsql_cluster', {}, 'danger tf-stateful-loss'),
  lost('a distribution goes', 'aws_cloudfront_distribution', {}, 'danger tf-stateful-loss'),
  up(
    'replicas of a table: one loses its protection',
    'aws_dynamodb_table',
    { replica: [{ region_name: 'a', deletion_protection_enabled: true }] },
    {
      replica: [
        { region_name: 'b', deletion_protection_enabled: true },
        { region_name: 'a', deletion_protection_enabled: false },
      ],
    },
    'danger tf-protection-off',
  ),
];
