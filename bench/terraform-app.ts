/**
 * The CDK's app and the Terraform app, as the subjects of `terraform.ts`: the same topologies, an app each, in one
 * process. A topology holds five Regions at most, so many Regions are many applications of two Regions each.
 */
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { applyPolicy } from '../constructs/policy/apply-policy';
import { assertWithinBudget, loadTopology } from '../regions';
import orders from '../regions/examples/orders';
import { buildApp } from '../stacks';

const { HOLDFAST_BENCH_PAIRS = '1', HOLDFAST_BENCH_SUBJECT, CDK_OUTDIR = 'cdk.out' } = process.env;
for (let pair = 1; pair <= Number(HOLDFAST_BENCH_PAIRS); pair += 1) {
  const folder = path.join(CDK_OUTDIR, `pair-${pair}`);
  const assembly = path.join(folder, 'assembly');
  const topology = loadTopology({ ...orders, application: `orders-${pair}` });
  assertWithinBudget(topology);
  const app = new App({ outdir: assembly, autoSynth: false, analyticsReporting: false });
  buildApp(app, topology);
  applyPolicy(app);
  app.synth();
  if (HOLDFAST_BENCH_SUBJECT !== 'terraform') continue;
  // Loaded here: the other subject must not pay for it.
  const { readAssembly, synthTerraform } = require('../lib/terraform') as typeof import('../lib/terraform');
  synthTerraform(readAssembly(assembly, topology.application), { folder });
}
