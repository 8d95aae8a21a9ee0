#!/usr/bin/env node
// Compiles the toolkit into dist/, bundles what runs in the cloud and packs it. Runs after `npm ci` (prepare) and before `cdk synth` (cdk.json).
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const compiled = spawnSync(
  process.execPath,
  [tsc, '-p', 'tsconfig.build.json', '--incremental', '--tsBuildInfoFile', 'dist/.tsbuildinfo'],
  { cwd: root, stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
chmodSync(path.join(root, 'dist/bin/cli.js'), 0o755);

// One construct imported is one construct loaded, and a command loads the adapters that it calls. An incremental compile may have
// left the lazy one in place.
const { makeLazy } = await import('./lazy-index.mjs');
for (const index of ['constructs', 'lib/aws', 'lib/lab'])
  makeLazy(path.join(root, 'dist', index, 'index.js'));

// Every app loads the topology's shape: from one file and not from ninety.
const { bundleZod } = await import('./bundle-zod.mjs');
await bundleZod(root);

// `npx holdfast` finds the command here at once; without it npx sets up a copy of the project's own package first.
const command = path.join(root, 'node_modules', '.bin', 'holdfast');
rmSync(command, { force: true });
symlinkSync(path.join('..', '..', 'dist', 'bin', 'cli.js'), command);

// What clones, workers and functions run, then what clones fetch, which packs the former.
await import('./bundle.mjs');
const { packArtifacts } = await import('./artifacts.mjs');
packArtifacts(root);
