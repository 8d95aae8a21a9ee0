#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { applyPolicy } from '../constructs/policy/apply-policy';
import { findProjectRoot } from '../lib/cli/project-root';
import { readTopologyFile } from '../lib/cli/topology-file';
import { HoldfastError } from '../lib/errors';
import { readAssembly, synthTerraform } from '../lib/terraform';
import { assertWithinBudget } from '../regions';
import { buildApp } from '../stacks';

/** The Terraform app: the CDK's templates of the same topology, judged by the same policy, and translated. */
async function main(): Promise<void> {
  const { HOLDFAST_TOPOLOGY, HOLDFAST_STATE_BUCKET: bucket, HOLDFAST_MODULES, ...env } = process.env;
  const root = findProjectRoot(process.cwd());
  const { context } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8'));
  const file: string =
    HOLDFAST_TOPOLOGY ?? context.topology ?? path.join(__dirname, '../regions/examples/orders.js');
  const topology = await readTopologyFile(root, file, env.CDK_DEFAULT_ACCOUNT);
  assertWithinBudget(topology);
  const folder = path.resolve(root, env.CDKTF_OUTDIR ?? 'cdktf.out');
  const outdir = path.join(folder, 'assembly');
  const app = new App({ outdir, autoSynth: false, analyticsReporting: false, context });
  app.node.setContext('aws:cdk:enable-path-metadata', true);
  buildApp(app, topology);
  applyPolicy(app);
  app.synth();
  synthTerraform(readAssembly(outdir, topology.application), {
    ...{ folder, state: { bucket }, modules: HOLDFAST_MODULES === 'true' },
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof HoldfastError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
