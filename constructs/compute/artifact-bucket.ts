import { Duration, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { assertRules, matching } from '../validation';
import { publishingRoleName } from './artifact-synthesizer';

/** Properties of an {@link ArtifactBucket}. */
export interface ArtifactBucketProps {
  /** Name of the bucket, the same as the {@link ArtifactSynthesizer} of the clones' stack has. */
  readonly bucketName: string;
}

/**
 * The bucket of a Region from which clones boot. Nothing in it ever expires and its deploys cannot delete from it, so
 * that a group finds the artifact of any launch template that it may still launch. A clean-up of the CDK's bootstrap
 * (`cdk gc`) does not know it.
 *
 * Encrypted by a key of S3: a booting clone reaches nothing but its Region's S3 and Systems Manager (law 9).
 */
export class ArtifactBucket extends Construct {
  readonly bucket: IBucket;

  /** @throws HoldfastError `invalid-input` when S3 does not take the name */
  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    assertRules(`ArtifactBucket ${this.node.path}`, [
      matching(
        'bucketName',
        props.bucketName,
        /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        'use 3 to 63 lower-case letters, digits and hyphens, as S3 names buckets',
      ),
    ]);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: props.bucketName,
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ id: 'broken-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: KEEP_ONCE_BORN,
    });
    this.letPublish(bucket);
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'Objects are public code named by their hash, which every clone verifies; CloudTrail says who put them',
    );
    this.bucket = bucket;
  }

  /** The role by which the CDK publishes may add and look, and neither delete nor change a setting. */
  private letPublish(bucket: Bucket): void {
    const stack = Stack.of(this);
    const publisher = new ArnPrincipal(
      stack.formatArn({
        service: 'iam',
        region: '',
        resource: 'role',
        resourceName: publishingRoleName(stack),
      }),
    );
    const allow = (sid: string, actions: string[], resource: string): void => {
      bucket.addToResourcePolicy(
        new PolicyStatement({ sid, principals: [publisher], actions, resources: [resource] }),
      );
    };
    allow('PublisherAdds', ['s3:PutObject', 's3:AbortMultipartUpload'], bucket.arnForObjects('*'));
    allow(
      'PublisherLooks',
      ['s3:ListBucket', 's3:GetBucketLocation', 's3:GetEncryptionConfiguration'],
      bucket.bucketArn,
    );
  }
}
