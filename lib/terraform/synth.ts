import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AssetFiles } from './asset-files';
import { App } from './cdktf';
import { moduleFiles } from './module';
import { publishing } from './publish';
import { RegionTerraformStack, type StateOptions } from './region-stack';
import type { RegionTemplates } from './template';
import { type RegionTranslation, translateRegion } from './translate';

/** Where and how the configuration is written. */
export interface SynthOptions {
  /** Folder, usually `cdktf.out`. */
  readonly folder: string;
  /** State of each Region. @default - a bucket in each Region, named after application, account and Region */
  readonly state?: StateOptions;
  /** Whether each Region is also written as a module for plain HCL, in `modules/<region>`. @default false */
  readonly modules?: boolean;
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
    return { translation: { ...translation, blocks }, files };
  });
  app.synth();
  const assets = new AssetFiles(options.folder);
  return published.map(({ translation, files }) => {
    const { region, blocks } = translation;
    const folder = path.join(options.folder, 'stacks', region);
    assets.write(folder, files);
    if (options.modules === true) {
      const module = path.join(options.folder, 'modules', region);
      writeModule(module, translation);
      assets.write(module, files);
    }
    return { region, folder, resources: blocks.filter(({ kind }) => kind === 'resource').length };
  });
}

function writeModule(folder: string, translation: RegionTranslation): void {
  for (const { path: name, text } of moduleFiles(translation)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
