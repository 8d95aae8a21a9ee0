import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../errors';
import type { RegionTemplate, RegionTemplates, Template, TemplateAsset } from './template';

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
        readonly destinations: Readonly<
          Record<string, { readonly bucketName: string; readonly objectKey: string }>
        >;
      }
    >
  >;
}

/**
 * The templates of every Region of a cloud assembly, as the CDK's app of this project writes it: one nested assembly a
 * Region. It is read as files, so that an assembly of a pipeline will do.
 *
 * @throws HoldfastError `invalid-input` for a folder that is no such assembly
 */
export function readAssembly(folder: string, application: string): readonly RegionTemplates[] {
  const regions = Object.values(artifactsOf(folder))
    .filter(({ type }) => type === 'cdk:cloud-assembly')
    .map(({ properties }) => regionOf(path.join(folder, String(properties?.directoryName)), application));
  if (regions.length === 0) throw invalid(folder, 'holds no Region', 'synthesize the blueprint into it');
  return regions;
}

function regionOf(folder: string, application: string): RegionTemplates {
  const artifacts = artifactsOf(folder);
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const environment = /^aws:\/\/(\d{12})\/([a-z0-9-]+)$/.exec(stacks[0]?.[1].environment ?? '');
  const [, account, region] = environment ?? [];
  if (account === undefined || region === undefined) {
    throw invalid(folder, 'says no account and Region', 'give the topology an account');
  }
  return {
    region,
    account,
    application,
    stacks: stacks.map(([id, { properties = {} }]) => stackOf(folder, id, properties, artifacts)),
  };
}

function stackOf(
  folder: string,
  id: string,
  properties: Readonly<Record<string, unknown>>,
  artifacts: Readonly<Record<string, Artifact>>,
): RegionTemplate {
  const template = readJsonOf<Template>(path.join(folder, String(properties.templateFile)));
  const [first] = Object.values(template.Resources);
  const layer = String(first?.Metadata?.['aws:cdk:path'] ?? '').split('/')[1] ?? id;
  const manifests = Object.entries(artifacts).filter(
    ([name, { type }]) => type === 'cdk:asset-manifest' && name.startsWith(`${id}.assets`),
  );
  const assets = manifests.flatMap(([, manifest]) => assetsOf(folder, String(manifest.properties?.file)));
  return { layer, template, assets };
}

/** Files to publish; the template itself is CloudFormation's own business. */
function assetsOf(folder: string, file: string): readonly TemplateAsset[] {
  const { files = {} } = readJsonOf<AssetManifest>(path.join(folder, file));
  return Object.values(files)
    .filter(({ source }) => !source.path.endsWith('.template.json'))
    .flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ bucketName, objectKey }) => ({
        source: path.resolve(folder, source.path),
        packaging: source.packaging,
        bucket: bucketName,
        key: objectKey,
      })),
    );
}

const artifactsOf = (folder: string): Readonly<Record<string, Artifact>> =>
  readJsonOf<{ artifacts?: Readonly<Record<string, Artifact>> }>(path.join(folder, 'manifest.json'))
    .artifacts ?? {};

function readJsonOf<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw invalid(file, `cannot be read: ${String(cause)}`, 'name the folder that `cdk synth` writes');
  }
}

const invalid = (at: string, message: string, fix: string): HoldfastError =>
  new HoldfastError('invalid-input', 'this is no assembly of the blueprint', [{ path: at, message, fix }]);
