import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Artifact } from '../../../constructs/compute/artifact';
import { ArtifactBucket } from '../../../constructs/compute/artifact-bucket';
import { ArtifactSynthesizer } from '../../../constructs/compute/artifact-synthesizer';

const ENV = { account: '111122223333', region: 'eu-west-1' };
const BUCKET = 'orders-artifacts-111122223333-eu-west-1';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-artifact-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function published(synthesizer?: ArtifactSynthesizer) {
  const file = path.join(folder, 'app.tgz');
  writeFileSync(file, 'the application');
  const app = new App({ outdir: path.join(folder, 'out') });
  const stack = new Stack(app, 'Service', { env: ENV, synthesizer });
  const reader = new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  const bound = Artifact.fromFiles({ app: file, runtime: file }).bind(stack, reader);
  const { directory } = app.synth();
  const manifests = readdirSync(directory)
    .filter(name => name.endsWith('.assets.artifacts.json'))
    .map(name => JSON.parse(readFileSync(path.join(directory, name), 'utf8')));
  return { bound, manifests, directory, template: Template.fromStack(stack) };
}

test('what clones boot from goes to the bucket by its hash, and the file to publish is there', () => {
  const { bound, manifests, directory } = published(new ArtifactSynthesizer({ bucketName: BUCKET }));
  expect(bound.app).toEqual({
    bucketName: BUCKET,
    objectKey: `${bound.app.sha256}.tgz`,
    sha256: bound.app.sha256,
  });
  const [{ files }] = manifests;
  const { source, destinations } = files[bound.app.sha256];
  expect(readFileSync(path.join(directory, source.path), 'utf8')).toBe('the application');
  expect(Object.values(destinations)).toEqual([
    {
      bucketName: BUCKET,
      objectKey: bound.app.objectKey,
      region: 'eu-west-1',
      assumeRoleArn: expect.stringMatching(/role\/cdk-hnb659fds-file-publishing-role-/),
    },
  ]);
});

test('the clone may read that object and nothing else of the bucket', () => {
  const { bound, template } = published(new ArtifactSynthesizer({ bucketName: BUCKET }));
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(policies).toContain(`:s3:::${BUCKET}/${bound.app.objectKey}`);
  expect(policies).not.toMatch(/s3:(Put|Delete)/);
});

test('without the synthesizer it is an asset of the CDK', () => {
  const { bound, manifests } = published();
  expect(manifests).toEqual([]);
  expect(bound.app.bucketName).not.toBe(BUCKET);
});

test('a stack that does not know where it is deployed is refused', () => {
  const synthesizer = new ArtifactSynthesizer({ bucketName: BUCKET });
  expect(() => new Stack(new App(), 'Anywhere', { synthesizer })).toThrow(/env: \{ account, region \}/);
});

describe('the bucket', () => {
  const bucketOf = () => {
    const stack = new Stack(new App(), 'Foundation', { env: ENV });
    new ArtifactBucket(stack, 'Artifacts', { bucketName: BUCKET });
    return Template.fromStack(stack);
  };

  test('keeps what it has: versioned, encrypted, private, without expiry', () => {
    bucketOf().hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        BucketName: BUCKET,
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: Match.objectLike({
          BlockPublicAcls: true,
          RestrictPublicBuckets: true,
        }),
        LifecycleConfiguration: {
          Rules: [
            { Id: 'broken-uploads', AbortIncompleteMultipartUpload: Match.anyValue(), Status: 'Enabled' },
          ],
        },
      }),
    });
  });

  test('lets the publisher add and look, and nobody delete', () => {
    const [policy] = Object.values(bucketOf().findResources('AWS::S3::BucketPolicy'));
    const statements: { Effect: string; Action: string | string[] }[] =
      policy?.Properties.PolicyDocument.Statement;
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    expect(allowed.sort()).toEqual([
      's3:AbortMultipartUpload',
      's3:GetBucketLocation',
      's3:GetEncryptionConfiguration',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });

  test('refuses a name that S3 does not take', () => {
    const stack = new Stack(new App(), 'Foundation', { env: ENV });
    expect(() => new ArtifactBucket(stack, 'Artifacts', { bucketName: 'Orders_Artifacts' })).toThrow(
      /bucketName.*Orders_Artifacts/s,
    );
  });
});
