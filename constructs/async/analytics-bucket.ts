import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** How the bucket of the rows is made. */
export interface AnalyticsBucketProps {
  /** Prefix of the results of queries, which are of no use after a week. */
  readonly results: string;
  /** @default - a key of S3 */
  readonly encryptionKey?: IKey;
}

/** Declares the bucket of the rows, with one for its access logs. Both outlive the stack. */
export function declareAnalyticsBucket(
  scope: Construct,
  { results, encryptionKey }: AnalyticsBucketProps,
): Bucket {
  const common = {
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy: RemovalPolicy.RETAIN,
  } as const;
  const logs = new Bucket(scope, 'AccessLogs', {
    ...common,
    // S3 writes access logs under no other key.
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ expiration: Duration.days(90) }],
  });
  const bucket = new Bucket(scope, 'Bucket', {
    ...common,
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    versioned: true,
    lifecycleRules: [
      { prefix: `${results}/`, expiration: Duration.days(7), noncurrentVersionExpiration: Duration.days(1) },
      {
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  logAccess(bucket, logs);
  return bucket;
}

/** By the policy of the logs' bucket, whatever the feature flags of the app say: its objects have no ACLs. */
function logAccess(bucket: Bucket, logs: Bucket): void {
  logs.addToResourcePolicy(
    new PolicyStatement({
      actions: ['s3:PutObject'],
      principals: [new ServicePrincipal('logging.s3')],
      resources: [logs.arnForObjects('*')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
    }),
  );
  (bucket.node.defaultChild as CfnBucket).loggingConfiguration = { destinationBucketName: logs.bucketName };
}
