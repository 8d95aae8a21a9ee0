/**
 * An app of many Regions, as one of the subjects of `regions.ts`. A topology holds five Regions at most, so many Regions
 * are many applications of two Regions each: `HOLDFAST_BENCH_PAIRS` of them, built as `HOLDFAST_BENCH_SUBJECT` says.
 */
import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const { HOLDFAST_BENCH_PAIRS = '1', HOLDFAST_BENCH_SUBJECT } = process.env;
const app = new App({ autoSynth: false, analyticsReporting: false });
// Each subject loads its own modules and no other's.
const add = HOLDFAST_BENCH_SUBJECT === 'plain' ? plain() : blueprint();
for (let pair = 1; pair <= Number(HOLDFAST_BENCH_PAIRS); pair += 1) {
  add(new Construct(app, `pair-${pair}`), pair);
}
if (HOLDFAST_BENCH_SUBJECT === 'policy') {
  const policy =
    require('../constructs/policy/apply-policy') as typeof import('../constructs/policy/apply-policy');
  policy.applyPolicy(app);
}
app.synth();

type AddPair = (scope: Construct, pair: number) => void;

function plain(): AddPair {
  const { addPlainPair } = require('./plain/pair') as typeof import('./plain/pair');
  return (scope, pair) => addPlainPair(scope, `plain-${pair}`);
}

function blueprint(): AddPair {
  const { assertWithinBudget, loadTopology } = require('../regions') as typeof import('../regions');
  const { default: orders } =
    require('../regions/examples/orders') as typeof import('../regions/examples/orders');
  const { RegionStage } = require('../stacks') as typeof import('../stacks');
  return (scope, pair) => {
    const topology = loadTopology({ ...orders, application: `orders-${pair}` });
    assertWithinBudget(topology);
    for (const { name } of topology.regions) new RegionStage(scope, name, { topology });
  };
}
