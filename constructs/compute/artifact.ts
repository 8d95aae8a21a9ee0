import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, AssetStaging, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { assertRules, matching } from '../validation';
import { ArtifactSynthesizer } from './artifact-synthesizer';
import { buildOutput } from './build-output';

/** One file in S3 that a clone fetches while it boots. */
export interface ArtifactFile {
  /** Bucket name. */
  readonly bucketName: string;
  /** Object key. */
  readonly objectKey: string;
  /** SHA-256 of the file in lower-case hex; the clone refuses a file that does not match. */
  readonly sha256: string;
}

/** What a clone runs: an application and the run time to run it with. Both are gzipped tar files. */
export interface BoundArtifact {
  /** Holds `<entry>/index.cjs` for each entry. */
  readonly app: ArtifactFile;
  /** Holds `<any folder>/bin/node`, as do Node.js's own archives. */
  readonly runtime: ArtifactFile;
}

/** Local files that become the artifact. */
export interface ArtifactFiles {
  /** Path of a `.tgz` with `<entry>/index.cjs`. */
  readonly app: string;
  /**
   * Path of a `.tgz` with `<any folder>/bin/node`, as in Node.js's own archives.
   * @default - the Node.js for Linux on x64 that `npm run build` fetched
   */
  readonly runtime?: string;
}

/** Objects of a bucket that outlives any deploy, in the Region of the clones. */
export interface ArtifactObjects {
  readonly bucket: IBucket;
  readonly app: Omit<ArtifactFile, 'bucketName'>;
  readonly runtime: Omit<ArtifactFile, 'bucketName'>;
}

/**
 * An immutable artifact: named by its content, verified by the clone, and carrying its own run time so that a
 * booting clone needs nothing but its Region's S3.
 */
export abstract class Artifact {
  /** The reference service and workers, as packed by `npm run build`. */
  static built(): Artifact {
    return Artifact.fromFiles({ app: buildOutput('artifacts/app.tgz') });
  }

  /**
   * Your own files: put into the {@link ArtifactBucket} of a stack with an {@link ArtifactSynthesizer}, uploaded as
   * assets of the CDK by any other stack.
   */
  static fromFiles(files: ArtifactFiles): Artifact {
    return new FileArtifact(files);
  }

  /** Objects that are in S3 already, for a bucket that no bootstrap clean-up touches. */
  static fromBucket(objects: ArtifactObjects): Artifact {
    return new BucketArtifact(objects);
  }

  /** Called by a clone group: brings the files into its scope and lets `reader` read them. */
  abstract bind(scope: Construct, reader: IGrantable): BoundArtifact;
}

class FileArtifact extends Artifact {
  constructor(private readonly files: ArtifactFiles) {
    super();
  }

  override bind(scope: Construct, reader: IGrantable): BoundArtifact {
    return {
      app: upload(scope, 'App', this.files.app, reader),
      runtime: upload(
        scope,
        'Runtime',
        this.files.runtime ?? buildOutput('artifacts/runtime-x64.tgz'),
        reader,
      ),
    };
  }
}

/** To the kept bucket of a stack that has one, and to the bootstrap bucket of the CDK otherwise. */
function upload(scope: Construct, id: string, file: string, reader: IGrantable): ArtifactFile {
  const stack = Stack.of(scope);
  const sha256 = hashOf(file);
  const named = { assetHash: sha256, assetHashType: AssetHashType.CUSTOM };
  if (!(stack.synthesizer instanceof ArtifactSynthesizer)) {
    const asset = new Asset(scope, id, { path: file, ...named });
    letRead(reader, asset.bucket, asset.s3ObjectKey);
    return { bucketName: asset.s3BucketName, objectKey: asset.s3ObjectKey, sha256 };
  }
  const { artifactBucketName: bucketName } = stack.synthesizer;
  const staged = new AssetStaging(scope, id, { sourcePath: file, ...named });
  const fileName = staged.relativeStagedPath(stack);
  const objectKey = stack.synthesizer.addArtifact({ fileName, sha256 });
  letRead(reader, Bucket.fromBucketName(scope, `${id}Bucket`, bucketName), objectKey);
  return { bucketName, objectKey, sha256 };
}

class BucketArtifact extends Artifact {
  constructor(private readonly objects: ArtifactObjects) {
    super();
    const form = /^[0-9a-f]{64}$/;
    const fix = 'pass the SHA-256 of the file in lower-case hex';
    assertRules('Artifact', [
      matching('app.sha256', objects.app.sha256, form, fix),
      matching('runtime.sha256', objects.runtime.sha256, form, fix),
    ]);
  }

  override bind(_scope: Construct, reader: IGrantable): BoundArtifact {
    const { bucket, app, runtime } = this.objects;
    for (const file of [app, runtime]) letRead(reader, bucket, file.objectKey);
    return {
      app: { ...app, bucketName: bucket.bucketName },
      runtime: { ...runtime, bucketName: bucket.bucketName },
    };
  }
}

/** One object and no other: `grantRead` would open the whole bucket, with every other team's artifacts. */
function letRead(reader: IGrantable, bucket: IBucket, objectKey: string): void {
  Grant.addToPrincipal({
    grantee: reader,
    actions: ['s3:GetObject'],
    resourceArns: [bucket.arnForObjects(objectKey)],
  });
  bucket.encryptionKey?.grantDecrypt(reader);
}

/** What `scripts/artifacts.mjs` writes beside the files, so that synth need not read 50 MB to hash them. */
interface Manifest {
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

function hashOf(file: string): string {
  if (!existsSync(file)) {
    throw new HoldfastError('environment', 'artifact is missing', [
      {
        path: file,
        message: 'not found',
        fix: 'pass the path of a .tgz, or run `npm run build` for the built one',
      },
    ]);
  }
  const manifestFile = path.join(path.dirname(file), 'manifest.json');
  if (existsSync(manifestFile)) {
    const known = (JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest).files[path.basename(file)];
    if (known !== undefined && known.bytes === statSync(file).size) return known.sha256;
  }
  return readAndHash(file);
}

function readAndHash(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const descriptor = openSync(file, 'r');
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
