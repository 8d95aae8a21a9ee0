/**
 * An app of many Regions, as one of the subjects of `regions.ts`. A topology holds five Regions at most, so many Regions
 * are many applications of two Regions each: `HOLDFAST_BENCH_PAIRS` of them, built as `HOLDFAST_BENCH_SUBJECT` says.
 */
import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { applyPolicy } from '../constructs/policy/apply-policy';
import { assertWithinBudget, loadTopology } from '../regions';
import orders from '../regions/examples/orders';
import { RegionStage } from '../stacks';
import { addPlainPair } from './plain/pair';

const { HOLDFAST_BENCH_PAIRS = '1', HOLDFAST_BENCH_SUBJECT } = process.env;
const app = new App({ autoSynth: false, analyticsReporting: false });
for (let pair = 1; pair <= Number(HOLDFAST_BENCH_PAIRS); pair += 1) {
  const scope = new Construct(app, `pair-${pair}`);
  if (HOLDFAST_BENCH_SUBJECT === 'plain') {
    addPlainPair(scope, `plain-${pair}`);
    continue;
  }
  const topology = loadTopology({ ...orders, application: `orders-${pair}` });
  assertWithinBudget(topology);
  for (const { name } of topology.regions) new RegionStage(scope, name, { topology });
}
if (HOLDFAST_BENCH_SUBJECT === 'policy') applyPolicy(app);
app.synth();
