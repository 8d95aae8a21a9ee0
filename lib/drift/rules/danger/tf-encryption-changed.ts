import { nameOf } from '../../paths';
import { holdsAt, isEmpty, terraformDanger } from '../tf-values';

const NAMES = new Set([
  ...['kms_key_id', 'kms_key_arn', 'kms_master_key_id', 'storage_encrypted', 'encrypted', 'encryption_type'],
  ...['at_rest_encryption_enabled', 'transit_encryption_enabled', 'transit_encryption_mode', 'sse_algorithm'],
  ...[
    'sqs_managed_sse_enabled',
    'bucket_key_enabled',
    'encryption_key',
    'encryption_key_arn',
    'multi_region',
  ],
  ...['enable_key_rotation', 'ssl_policy', 'minimum_protocol_version', 'server_side_encryption'],
  ...['master_user_secret_kms_key_id', 'performance_insights_kms_key_id', 'customer_master_key_spec'],
  ...['auth_token', 'enforce_https', 'tls_security_policy', 'node_to_node_encryption', 'encrypt_at_rest'],
]);
/** Names that mean other things elsewhere. */
const OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['aws_kms_key', 'is_enabled'],
  ['aws_kms_alias', 'target_key_id'],
]);
const WITHIN = /(?:^|\.)(?:server_side_encryption\w*|encryption_configuration|encryption_info)(?:[.[]|$)/;

/** Another key, or none, is another answer to who can read the data. */
export const tfEncryptionChanged = terraformDanger({
  id: 'tf-encryption-changed',
  title: 'encryption, or the key, changes in a Terraform plan',
  why: 'data under another key is read by others or by nobody, and copies in other Regions keep the old key',
  fix: 'keep key and setting; change a key by a copy under the new one',
  source: 'AWS KMS, multi-Region keys; Amazon RDS, encrypting resources',
  judge: change => {
    if (change.action === 'create') return undefined;
    if (change.action === 'delete' && change.type === 'aws_s3_bucket_server_side_encryption_configuration')
      return { holds: 'yes', why: 'the encryption that the bucket was given goes' };
    const open = (path: string) =>
      NAMES.has(nameOf(path)) || WITHIN.test(path) || OF_TYPE.get(change.type) === path;
    const differing = change.differences.filter(
      ({ path, before, after }) => open(path) && !(isEmpty(before) && isEmpty(after)),
    );
    return holdsAt(differing, ({ path, unknownAfter }) =>
      unknownAfter === true
        ? { holds: 'perhaps', why: `whether ${path} stays as it is is decided at apply` }
        : {},
    );
  },
});
