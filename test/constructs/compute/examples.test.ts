import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { build as blueGreen } from '../../../examples/blue-green';
import { build as networkBalancer } from '../../../examples/network-balancer';

test.each([
  ['blue-green', blueGreen],
  ['network-balancer', networkBalancer],
])('the example %s synthesizes and passes AwsSolutions', (_name, build) => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-example-'));
  try {
    const app = new App({ outdir, context: { 'aws:cdk:disable-asset-staging': true } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    build(app);
    expect(() => app.synth()).not.toThrow();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
