import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RegionTemplates, readAssembly, synthTerraform } from '../../lib/terraform';
import type { ResolvedTopology } from '../../regions';
import { buildApp } from '../../stacks';
import type { Body } from '../helpers/terraform/check';
import { example, newApp } from '../stacks/example';

/** A configuration as it is written. */
export interface Configuration {
  readonly text: string;
  readonly terraform: { readonly backend: { readonly s3: Readonly<Record<string, unknown>> } };
  readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
  readonly resource: Blocks;
  readonly data: Blocks;
  readonly ephemeral?: Blocks;
}

/** Blocks of a kind, by type and name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Body>>>>;

/** A topology synthesized for both sides. */
export interface World {
  readonly folder: string;
  readonly templates: readonly RegionTemplates[];
  readonly configurations: Readonly<Record<string, Configuration>>;
  remove(): void;
}

/** Synthesizes a topology by the CDK, and translates it into a folder of its own. */
export function synthesize(
  topology: ResolvedTopology = example(),
  options: { readonly modules?: boolean } = {},
): World {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-terraform-'));
  const assembly = path.join(folder, 'assembly');
  const app = newApp(assembly);
  app.node.setContext('aws:cdk:enable-path-metadata', true);
  buildApp(app, topology);
  app.synth();
  const templates = readAssembly(assembly, topology.application).map(each => withSmallFiles(each, folder));
  synthTerraform(templates, { folder, ...options });
  const configurations = Object.fromEntries(
    templates.map(({ region }) => [region, readConfiguration(folder, region)]),
  );
  return {
    folder,
    templates,
    configurations,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let shared: World | undefined;

/** The example, synthesized once for all suites of a file; the file removes it. */
export function exampleWorld(): World {
  shared ??= synthesize();
  return shared;
}

/** What clones boot weighs fifty megabytes, and nothing here reads it: a small file stands for it. */
function withSmallFiles(templates: RegionTemplates, folder: string): RegionTemplates {
  const small = path.join(folder, 'small');
  writeFileSync(small, 'stands for an artifact');
  const stacks = templates.stacks.map(stack => ({
    ...stack,
    assets: stack.assets.map(asset => (asset.packaging === 'file' ? { ...asset, source: small } : asset)),
  }));
  return { ...templates, stacks };
}

/** Reads what was written for a Region. */
export function readConfiguration(folder: string, region: string): Configuration {
  const text = readFileSync(path.join(folder, 'stacks', region, 'cdk.tf.json'), 'utf8');
  return { ...(JSON.parse(text) as Configuration), text };
}

/** Every resource of a configuration by its address. */
export function resourcesOf({ resource }: Configuration): readonly (readonly [string, string, Body])[] {
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]) => [`${type}.${name}`, type, body] as const),
  );
}
