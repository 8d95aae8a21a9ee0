#!/usr/bin/env node
// Fetches what the published package leaves out for its size: the run time of clones, 50 MB, into dist/artifacts. For
// those who import holdfast and deploy its built artifact; `npm run build` does the same in the project itself.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runtimeFile } from './artifacts.mjs';

const NAME = 'runtime-x64.tgz';
const folder = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist', 'artifacts');
const manifestFile = path.join(folder, 'manifest.json');
const known = existsSync(manifestFile)
  ? JSON.parse(readFileSync(manifestFile, 'utf8')).files[NAME]
  : undefined;

try {
  const { from, bytes } = runtimeFile(path.join(folder, NAME), known);
  process.stdout.write(`${NAME}: ${from}, ${(bytes / 1e6).toFixed(0)} MB\n`);
} catch (error) {
  process.stderr.write(`holdfast: ${error.message}\n`);
  process.exitCode = 1;
}
