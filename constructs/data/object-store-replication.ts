import { Aws, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import type { ObjectStorePeer, ObjectStoreProps } from './object-store-props';

/** Time that replication-time control agrees to, in minutes: the only value that S3 takes. */
const REPLICATION_MINUTES = 15;

/** Id of the rule that replicates to a peer; a dimension of its metrics. */
export const ruleId = (peer: ObjectStorePeer): string => `to-${peer.region}`;

/** Replication of all objects, deletions and changes of replicas, to every peer by its agreed name. */
export function replicationTo(
  scope: Construct,
  bucket: Bucket,
  props: ObjectStoreProps,
): CfnBucket.ReplicationConfigurationProperty {
  return {
    role: addRole(scope, bucket, props).roleArn,
    rules: props.peers.map((peer, index) => ({
      id: ruleId(peer),
      priority: index + 1,
      status: 'Enabled',
      filter: { prefix: '' },
      deleteMarkerReplication: { status: 'Enabled' },
      // Without it a change of tags on a replica would stay where it was made, and the two sides would differ.
      sourceSelectionCriteria: {
        replicaModifications: { status: 'Enabled' },
        ...(peer.encryptionKeyArn === undefined ? {} : { sseKmsEncryptedObjects: { status: 'Enabled' } }),
      },
      destination: {
        bucket: bucketArn(scope, peer.bucketName),
        replicationTime: { status: 'Enabled', time: { minutes: REPLICATION_MINUTES } },
        metrics: { status: 'Enabled', eventThreshold: { minutes: REPLICATION_MINUTES } },
        encryptionConfiguration:
          peer.encryptionKeyArn === undefined ? undefined : { replicaKmsKeyId: peer.encryptionKeyArn },
      },
    })),
  };
}

const bucketArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 's3', region: '', account: '', resource: name });

function addRole(scope: Construct, bucket: Bucket, props: ObjectStoreProps): Role {
  const role = new Role(scope, 'Replication', {
    description: `Lets S3 replicate ${props.bucketName} to the other Regions`,
    assumedBy: new ServicePrincipal('s3', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  const source = bucketArn(scope, props.bucketName);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
      resources: [source],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      resources: [`${source}/*`],
    }),
  );
  const replicas = props.peers.map(peer => `${bucketArn(scope, peer.bucketName)}/*`);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
      resources: replicas,
    }),
  );
  allowKeys(role, props);
  for (const name of [props.bucketName, ...props.peers.map(peer => peer.bucketName)]) {
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${name}/*]`,
      'Replication is of every object of this bucket, to the buckets of the same store alone.',
    );
  }
  bucket.node.addDependency(role);
  return role;
}

/** The own key to read, each peer's to write, and only by way of S3 in the Region of the key. */
function allowKeys(role: Role & IGrantable, props: ObjectStoreProps): void {
  if (props.encryptionKey === undefined) return;
  const viaS3 = (region: string) => ({
    StringLike: { 'kms:ViaService': `s3.${region}.${Aws.URL_SUFFIX}` },
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [props.encryptionKey.keyArn],
      conditions: viaS3(Stack.of(role).region),
    }),
  );
  for (const peer of props.peers) {
    if (peer.encryptionKeyArn === undefined) continue;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [peer.encryptionKeyArn],
        conditions: viaS3(peer.region),
      }),
    );
  }
}
