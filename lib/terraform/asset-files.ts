import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import type { AssetFile } from './publish';

/** The first moment that a zip can tell: the same content gives the same bytes, and so no new version of a function. */
const ALWAYS = new Date(1980, 0, 1);

/** Writes what configurations read beside themselves; a folder is zipped once, whichever Regions use it. */
export class AssetFiles {
  private readonly zips = new Map<string, Uint8Array>();

  write(folder: string, files: readonly AssetFile[]): void {
    for (const name of ['assets', 'artifacts'])
      rmSync(path.join(folder, name), { recursive: true, force: true });
    for (const { asset, to } of files) {
      const target = path.join(folder, to);
      mkdirSync(path.dirname(target), { recursive: true });
      if (asset.packaging === 'zip') writeFileSync(target, this.zipOf(asset.source));
      else copyFileSync(asset.source, target);
    }
  }

  private zipOf(folder: string): Uint8Array {
    const known = this.zips.get(folder);
    if (known !== undefined) return known;
    const zip = zipSync(filesOf(folder), { level: 6, mtime: ALWAYS });
    this.zips.set(folder, zip);
    return zip;
  }
}

/** Files below a folder by their paths in it, in order. */
function filesOf(folder: string): Zippable {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return Object.fromEntries(
    names.sort().map(name => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
  );
}
