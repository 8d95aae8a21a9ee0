#!/usr/bin/env node
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { applyPolicy } from '../constructs/policy/apply-policy';
import { readTopologyFile } from '../lib/cli/topology-file';
import { HoldfastError } from '../lib/errors';
import { assertWithinBudget } from '../regions';
import { buildApp } from '../stacks';

/** The CDK app: `cdk synth --context topology=<file>`; the example when no file is named. */
async function main(): Promise<void> {
  const app = new App({ autoSynth: false, analyticsReporting: false });
  const file: string =
    app.node.tryGetContext('topology') ?? path.join(__dirname, '../regions/examples/orders.js');
  const topology = await readTopologyFile(process.cwd(), file, process.env.CDK_DEFAULT_ACCOUNT);
  assertWithinBudget(topology);
  buildApp(app, topology);
  applyPolicy(app);
  app.synth();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof HoldfastError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
