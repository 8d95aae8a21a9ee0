import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  DefaultStackSynthesizer,
  type ISynthesisSession,
  type Stack,
  type SynthesizeStackArtifactOptions,
  Token,
} from 'aws-cdk-lib';
import {
  ArtifactType,
  type FileAsset,
  FileAssetPackaging,
  Manifest,
} from 'aws-cdk-lib/cloud-assembly-schema';
import { assertRules } from '../validation';

/** Properties of an {@link ArtifactSynthesizer}. */
export interface ArtifactSynthesizerProps {
  /** Name of the {@link ArtifactBucket} of the stack's Region. */
  readonly bucketName: string;
}

/** A file of the assembly that is to be published. */
export interface ArtifactUpload {
  /** Path in the assembly. */
  readonly fileName: string;
  /** SHA-256 of the file; its name in the bucket. */
  readonly sha256: string;
}

/**
 * Synthesizes a stack as the CDK does, but has what its clones boot from published to a bucket of your own, under the
 * hash of the content. `cdk deploy` does it, in the same step and by the same role as for any asset, and after the
 * stacks on which this one depends: no function, no second command, and nothing that a rollback takes back.
 *
 * Give it to the stack of the clones; {@link Artifact.fromFiles} finds it there.
 */
export class ArtifactSynthesizer extends DefaultStackSynthesizer {
  /** Name of the bucket in which the artifacts of the stack are kept. */
  readonly artifactBucketName: string;
  private files: Record<string, FileAsset> = {};

  constructor(props: ArtifactSynthesizerProps) {
    super();
    this.artifactBucketName = props.bucketName;
  }

  /**
   * Every stack gets a copy of the synthesizer (`reusableBind`), and so a list of its own.
   *
   * @throws HoldfastError `invalid-input` when the stack does not say in which account and Region it is: the bucket is
   * there and nowhere else
   */
  override bind(stack: Stack): void {
    const { account, region } = stack;
    assertRules(`ArtifactSynthesizer of ${stack.node.path}`, [
      [account, region].some(part => Token.isUnresolved(part)) && {
        path: 'env',
        received: 'an environment that is known at deploy only',
        message: 'the bucket of artifacts is in one account and Region',
        fix: 'give the stack env: { account, region }',
      },
    ]);
    super.bind(stack);
    this.files = {};
  }

  /** Has a file published. @returns its key in the bucket */
  addArtifact({ fileName, sha256 }: ArtifactUpload): string {
    const objectKey = `${sha256}${path.extname(fileName)}`;
    const { account, region } = this.boundStack;
    this.files[sha256] = {
      displayName: `artifact ${sha256.slice(0, 12)}`,
      source: { path: fileName, packaging: FileAssetPackaging.FILE },
      destinations: {
        [`${account}-${region}`]: {
          bucketName: this.artifactBucketName,
          objectKey,
          region,
          assumeRoleArn: DefaultStackSynthesizer.DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN.replace(
            PLACE_OF_QUALIFIER,
            qualifierOf(this),
          ),
        },
      },
    };
    return objectKey;
  }

  protected override emitArtifact(
    session: ISynthesisSession,
    options: SynthesizeStackArtifactOptions = {},
  ): void {
    const files = Object.keys(this.files).length > 0 ? [this.emitFiles(session)] : [];
    const additionalDependencies = [...(options.additionalDependencies ?? []), ...files];
    super.emitArtifact(session, { ...options, additionalDependencies });
  }

  /** A manifest beside the stack's own, which is the CDK's to fill. */
  private emitFiles({ assembly }: ISynthesisSession): string {
    // The CDK's CLI takes a dependency for a stack unless its id says that it is of assets.
    const id = `${this.boundStack.artifactId}.assets.artifacts`;
    const file = `${id}.json`;
    const manifest = { version: Manifest.version(), files: this.files, dockerImages: {} };
    writeFileSync(path.join(assembly.outdir, file), JSON.stringify(manifest, undefined, 2));
    assembly.addArtifact(id, { type: ArtifactType.ASSET_MANIFEST, properties: { file } });
    return id;
  }
}

/** Name of the role by which the CDK publishes the assets of a stack, as its bootstrap makes it. */
export function publishingRoleName(stack: Stack): string {
  return `cdk-${qualifierOf(stack.synthesizer)}-file-publishing-role-${stack.account}-${stack.region}`;
}

const PLACE_OF_QUALIFIER = '$' + '{Qualifier}';

const qualifierOf = ({ bootstrapQualifier }: { readonly bootstrapQualifier?: string }): string =>
  bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
