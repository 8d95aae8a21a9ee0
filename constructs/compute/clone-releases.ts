import { Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import type { ArtifactFile } from './artifact';

/** Lets clones read which build a release has given them, and any object of the bucket in which builds are kept. */
export function letReadReleases(scope: Construct, role: IRole, app: ArtifactFile, parameter: string): void {
  const bucket = Bucket.fromBucketName(scope, 'Builds', app.bucketName);
  const objects = bucket.arnForObjects('*');
  const arn = Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: parameter.replace(/^\//, ''),
  });
  const policy = new Policy(scope, 'Releases', {
    roles: [role],
    statements: [
      new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [arn] }),
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }),
    ],
  });
  acknowledge(
    policy,
    `AwsSolutions-IAM5[Resource::${findingArn(scope, objects)}]`,
    'The builds of releases to come have no name yet; the bucket holds builds alone, and a clone verifies the hash of each',
  );
}
