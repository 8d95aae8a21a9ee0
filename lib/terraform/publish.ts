import { HoldfastError } from '../errors';
import { attributeOf } from './resource-mapping';
import type { RegionTemplates, TemplateAsset } from './template';
import { Expression, Interpolation, type Term, ZippedText } from './term';
import { NO_LIFECYCLE, type TerraformBlock } from './terraform-block';

/** A file that must lie beside the configuration. */
export interface AssetFile {
  /** Path in the Region's folder: `assets/<hash>.zip`. */
  readonly to: string;
  readonly from: AssetSource;
}

/** What a file is made of: another one, a zipped folder, or zipped text. */
export type AssetSource =
  | { readonly file: string }
  | { readonly folder: string }
  | { readonly texts: Readonly<Record<string, string>> };

/** Blocks that publish what clones boot, and every file that the configuration reads. */
export interface Publishing {
  readonly blocks: readonly TerraformBlock[];
  readonly files: readonly AssetFile[];
}

const ADDRESS = 'terraform_data.artifacts';

/**
 * What clones boot is added to the Region's own bucket under the hash of its content, and never taken away: an older
 * launch template may still start from it. A resource for each object would delete the one that a release replaces, so
 * that they are copied by a provisioner, as `cdk deploy` does, before any group uses them.
 */
export function publishing(templates: RegionTemplates, blocks: readonly TerraformBlock[]): Publishing {
  const assets = templates.stacks.flatMap(stack => stack.assets);
  const functions = new Set(blocks.flatMap(zipOf));
  const texts = blocks.flatMap(({ arguments: args }) =>
    Object.values(args).flatMap(term => (term instanceof ZippedText ? [term] : [])),
  );
  const zips = assets
    .filter(({ key }) => functions.delete(key))
    .map(({ key, source }): AssetFile => ({ to: `assets/${key}`, from: { folder: source } }));
  const files = [...zips, ...texts.map(({ path, files }) => ({ to: path, from: { texts: files } }))];
  if (functions.size > 0) throw missing([...functions]);
  const buckets = new Map(
    blocks.flatMap(block => (bucketOf(block) === undefined ? [] : [[bucketOf(block), block]])),
  );
  const artifacts = assets.filter(({ packaging, bucket }) => packaging === 'file' && buckets.has(bucket));
  const [first] = artifacts;
  if (first === undefined) return { blocks, files };
  const bucket = buckets.get(first.bucket) as TerraformBlock;
  const publish = publishBlock(templates.region, bucket, artifacts);
  return {
    blocks: [...blocks.map(block => afterPublishing(block)), publish],
    files: [
      ...files,
      ...artifacts.map(({ key, source }) => ({ to: `artifacts/${key}`, from: { file: source } })),
    ],
  };
}

function publishBlock(
  region: string,
  bucket: TerraformBlock,
  artifacts: readonly TemplateAsset[],
): TerraformBlock {
  const name = attributeOf(`${bucket.type}.${bucket.name}`, 'bucket');
  return {
    kind: 'resource',
    type: 'terraform_data',
    name: 'artifacts',
    arguments: {
      triggers_replace: [name, ...artifacts.map(({ key }) => key).sort()],
      provisioner: [
        {
          'local-exec': {
            command: 'aws s3 sync --size-only --only-show-errors "$FOLDER" "s3://$BUCKET"',
            environment: {
              AWS_REGION: region,
              BUCKET: name,
              FOLDER: new Interpolation([new Expression('path.module'), '/artifacts']),
            },
          },
        },
      ],
    },
    dependsOn: [],
    lifecycle: NO_LIFECYCLE,
  };
}

/** A group starts clones as soon as it is there. */
function afterPublishing(block: TerraformBlock): TerraformBlock {
  if (block.type !== 'aws_autoscaling_group') return block;
  return { ...block, dependsOn: [...block.dependsOn, ADDRESS].sort() };
}

function zipOf({ type, arguments: { filename } }: TerraformBlock): readonly string[] {
  const isCode = type === 'aws_lambda_function' || type === 'aws_lambda_layer_version';
  if (!isCode || !(filename instanceof Interpolation) || filename instanceof ZippedText) return [];
  const key = filename.parts.at(-1);
  return typeof key === 'string' ? [key.replace('/assets/', '')] : [];
}

function bucketOf({ type, arguments: { bucket } }: TerraformBlock): string | undefined {
  return type === 'aws_s3_bucket' && typeof (bucket as Term | undefined) === 'string'
    ? String(bucket)
    : undefined;
}

const missing = (keys: readonly string[]): HoldfastError =>
  new HoldfastError(
    'invalid-input',
    'the code of a function is not in the assembly',
    keys.map(key => ({ path: key, message: 'is of no asset', fix: 'synthesize with asset staging' })),
  );
