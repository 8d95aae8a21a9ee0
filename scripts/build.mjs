#!/usr/bin/env node
// Compiles the toolkit into dist/, bundles what runs in the cloud and packs it. Runs after `npm ci` (prepare) and before `cdk synth` (cdk.json).
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
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
// What clones, workers and functions run, and what clones fetch: in this order, the second packs the first.
for (const script of ['bundle.mjs', 'artifacts.mjs']) {
  const { status } = spawnSync(process.execPath, [path.join(root, 'scripts', script)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
await import('./bundle.mjs');
const { packArtifacts } = await import('./artifacts.mjs');
packArtifacts(root);
