/** The CDK app of `bin/holdfast.ts` without the policy pack: the other side of what the pack costs. */
import { App } from 'aws-cdk-lib';
import { assertWithinBudget, loadTopology } from '../regions';
import orders from '../regions/examples/orders';
import { buildApp } from '../stacks';

const app = new App({ autoSynth: false, analyticsReporting: false });
const topology = loadTopology(orders);
assertWithinBudget(topology);
buildApp(app, topology);
app.synth();
