import type { DriftRule } from '../../classify/rule';
import { nameOf } from '../../paths';
import { atPaths } from '../values';

const NAMES = new Set([
  ...['KmsKeyId', 'KmsKeyArn', 'KMSKeyId', 'KmsMasterKeyId', 'KMSMasterKeyId', 'KMSMasterKeyID', 'KeyId'],
  ...['StorageEncrypted', 'Encrypted', 'SSESpecification', 'SSEEnabled', 'SSEType', 'BucketEncryption'],
  ...['SSEAlgorithm', 'BucketKeyEnabled', 'ServerSideEncryptionConfiguration', 'SqsManagedSseEnabled'],
  ...['StreamEncryption', 'EncryptionType', 'EncryptionKeyArn', 'EncryptionConfiguration', 'EncryptionKey'],
  ...[
    'AtRestEncryptionEnabled',
    'TransitEncryptionEnabled',
    'TransitEncryptionMode',
    'MasterUserSecretKmsKeyId',
  ],
  ...['MultiRegion', 'EnableKeyRotation', 'KeySpec', 'KeyUsage', 'SslPolicy', 'MinimumProtocolVersion'],
  ...[
    'PerformanceInsightsKMSKeyId',
    'KmsKeyIdentifier',
    'EncryptionAtRestOptions',
    'NodeToNodeEncryptionOptions',
  ],
]);
/** Names that mean other things elsewhere. */
const KEY_ID_OWNERS = /^AWS::(?:KMS|Kinesis|SSM|EBS|EC2)::/;

/** Another key, or none, is another answer to who can read the data. */
export const encryptionChanged: DriftRule = {
  id: 'encryption-changed',
  class: 'danger',
  title: 'encryption, or the key, changes',
  why: 'data under another key is read by others or by nobody, copies in other Regions and backups keep the old key, and many services replace the resource',
  fix: 'keep key and setting; change a key by a copy under the new one',
  source: 'aws/aws-cdk#15257; AWS KMS, multi-Region keys',
  judge: change => {
    if (change.action === 'create' || change.action === 'delete') return undefined;
    const isListener = change.type === 'AWS::ElasticLoadBalancingV2::Listener';
    return atPaths(
      change.differences.filter(({ path, before, after, unknownAfter }) => {
        const name = nameOf(path);
        if (unknownAfter === true && after === undefined) return false;
        if (isListener && name === 'Protocol') return before === 'HTTPS' || before === 'TLS';
        if (name === 'KeyId' && !KEY_ID_OWNERS.test(change.type)) return false;
        return NAMES.has(name) || /(?:BucketEncryption|SSESpecification|StreamEncryption)[.[]/.test(path);
      }),
    );
  },
};
