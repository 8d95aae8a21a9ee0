import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { applyPolicy, readPolicyReport } from '../../constructs';
import { ROOT } from '../helpers/sources';

interface Example {
  /** What every example exports: it adds to the app and gives back what it added. */
  readonly build: (app: App) => unknown;
}

const FOLDER = path.join(ROOT, 'examples');
const NAMES = readdirSync(FOLDER)
  .filter(name => name.endsWith('.ts'))
  .map(name => name.replace(/\.ts$/, ''));
const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-examples-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** The examples as one person would run them one by one: each in an app of its own, all in this process. */
function synthesize(name: string) {
  const folder = path.join(outdir, name);
  const app = new App({ outdir: folder, analyticsReporting: false });
  const { build } = require(path.join(FOLDER, name)) as Example;
  build(app);
  const stacks = app.node.findAll().filter(construct => construct instanceof Stack);
  applyPolicy(app);
  app.synth();
  return { stacks, report: readPolicyReport(folder) };
}

test('there are examples', () => {
  expect(NAMES.length).toBeGreaterThan(10);
});

test.each(NAMES)(
  'examples/%s.ts synthesizes, and the policy packs find nothing that is not acknowledged',
  name => {
    const { stacks, report } = synthesize(name);
    expect(stacks.length).toBeGreaterThan(0);
    // What a rule could not judge is a finding too, until somebody says why.
    expect(report.findings).toEqual([]);
  },
);
