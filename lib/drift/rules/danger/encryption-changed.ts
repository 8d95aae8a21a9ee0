import type { DriftRule } from '../../classify/rule';
import { textOf } from '../../compare/values';
import { nameOf } from '../../paths';
import { leavesOf } from '../leaves';
import { atLeaves, isTrue } from '../values';

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
/** Switches by which clients may speak in clear, and what they then say. */
const CLEAR: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ViewerProtocolPolicy: ['allow-all'],
    OriginProtocolPolicy: ['http-only', 'match-viewer'],
    EnforceHTTPS: ['false', 'undefined'],
    'rds.force_ssl': ['0', 'undefined'],
    require_secure_transport: ['0', 'OFF', 'off', 'undefined'],
  }),
);
/** Names that mean other things elsewhere. */
const KEY_ID_OWNERS = /^AWS::(?:KMS|Kinesis|SSM|EBS|EC2)::/;

/** Another key, or none, is another answer to who can read the data. */
export const encryptionChanged: DriftRule = {
  id: 'encryption-changed',
  class: 'danger',
  title: 'encryption, or the key, changes',
  why: 'data under another key is read by others or by nobody, copies in other Regions and backups keep the old key, and many services replace the resource',
  fix: 'keep key and setting; change a key by a copy under the new one',
  apart: 'the Regions do not encrypt alike',
  source: 'aws/aws-cdk#15257; AWS KMS, multi-Region keys',
  judge: change => {
    if (change.action === 'create' || change.action === 'delete') return undefined;
    const isListener = change.type === 'AWS::ElasticLoadBalancingV2::Listener';
    return atLeaves(
      leavesOf(change).filter(({ path, before, after, unknownAfter }) => {
        const name = nameOf(path);
        if (CLEAR.get(name)?.includes(textOf(after)) === true) return true;
        if (change.type === 'AWS::KMS::Key' && path === 'Properties.Enabled') return !isTrue(after);
        if (change.type === 'AWS::KMS::Alias' && name === 'TargetKeyId') return true;
        if (unknownAfter === true && after === undefined) return false;
        if (isListener && name === 'Protocol') return before === 'HTTPS' || before === 'TLS';
        if (name === 'KeyId' && !KEY_ID_OWNERS.test(change.type)) return false;
        return NAMES.has(name) || /(?:BucketEncryption|SSESpecification|StreamEncryption)[.[]/.test(path);
      }),
    );
  },
};
