import path from 'node:path';
import { AssetFiles } from './asset-files';
import { App } from './cdktf';
import { publishing } from './publish';
import { RegionTerraformStack, type StateOptions } from './region-stack';
import type { RegionTemplates } from './template';
import { translateRegion } from './translate';

/** Where and how the configuration is written. */
export interface SynthOptions {
  /** Folder, usually `cdktf.out`. */
  readonly folder: string;
  /** State of each Region. @default - a bucket in each Region, named after application, account and Region */
  readonly state?: StateOptions;
}

/** What was written for a Region. */
export interface SynthesizedRegion {
  readonly region: string;
  /** The root module: holds `cdk.tf.json`, `assets/` and `artifacts/`. */
  readonly folder: string;
  readonly resources: number;
}

/**
 * Writes `stacks/<region>/cdk.tf.json` for every Region, and beside it the files that it reads; equal templates give
 * equal bytes.
 *
 * @throws HoldfastError `invalid-input` for what has no counterpart in Terraform, all of it at once
 */
export function synthTerraform(
  regions: readonly RegionTemplates[],
  options: SynthOptions,
): readonly SynthesizedRegion[] {
  const app = new App({ outdir: options.folder, stackTraces: false });
  const published = regions.map(templates => {
    const translation = translateRegion(templates);
    const { blocks, files } = publishing(templates, translation.blocks);
    new RegionTerraformStack(app, { ...translation, blocks }, options.state);
    return { region: templates.region, files, blocks };
  });
  app.synth();
  const assets = new AssetFiles();
  return published.map(({ region, files, blocks }) => {
    const folder = path.join(options.folder, 'stacks', region);
    assets.write(folder, files);
    return { region, folder, resources: blocks.filter(({ kind }) => kind === 'resource').length };
  });
}
