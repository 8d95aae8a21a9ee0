import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import type { AssetFile } from './publish';

/** The first moment that a zip can tell: the same content gives the same bytes, and so no new version of a function. */
const ALWAYS = new Date(1980, 0, 1);

/** Writes what configurations read beside themselves; a folder is zipped once, whichever Regions use it. */
export class AssetFiles {
  private readonly zips = new Map<string, Uint8Array>();

  /** @param root folder under which everything is written */
  constructor(private readonly root: string) {}

  write(folder: string, files: readonly AssetFile[]): void {
    for (const name of ['assets', 'artifacts'])
      rmSync(path.join(folder, name), { recursive: true, force: true });
    for (const { from, to } of files) {
      const target = path.join(folder, to);
      mkdirSync(path.dirname(target), { recursive: true });
      if ('file' in from) this.place(from.file, target);
      else if ('folder' in from) writeFileSync(target, this.zipOf(from.folder));
      else writeFileSync(target, zipped(textsOf(from.texts)));
    }
  }

  /** What the CDK has staged beneath the same folder is nobody else's: a second name for it costs nothing. */
  private place(file: string, target: string): void {
    if (path.relative(this.root, file).startsWith('..')) copyFileSync(file, target);
    else linkOrCopy(file, target);
  }

  private zipOf(folder: string): Uint8Array {
    const known = this.zips.get(folder);
    if (known !== undefined) return known;
    const zip = zipped(filesOf(folder));
    this.zips.set(folder, zip);
    return zip;
  }
}

/** A disk that knows no second names, or another disk, gets a copy. */
function linkOrCopy(file: string, target: string): void {
  try {
    linkSync(file, target);
  } catch {
    copyFileSync(file, target);
  }
}

/** Stored and not deflated: a function is half a megabyte, and JavaScript takes longer to deflate it than a line to carry it. */
const zipped = (files: Zippable): Uint8Array => zipSync(files, { level: 0, mtime: ALWAYS });

const textsOf = (texts: Readonly<Record<string, string>>): Zippable =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)]));

/** Files below a folder by their paths in it, in order. */
function filesOf(folder: string): Zippable {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return Object.fromEntries(
    names.sort().map(name => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
  );
}
