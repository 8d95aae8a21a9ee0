import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as constructs from '../../constructs';
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
const EXAMPLES = NAMES.map(name => {
  const folder = path.join(outdir, name);
  const app = new App({ outdir: folder, analyticsReporting: false });
  const { build } = require(path.join(FOLDER, name)) as Example;
  build(app);
  return { name, folder, app, built: app.node.findAll() };
});

test('there are examples', () => {
  expect(NAMES.length).toBeGreaterThan(10);
});

test('each construct of the package is built by one of them', () => {
  const built = EXAMPLES.flatMap(example => example.built);
  const exported = Object.entries<unknown>(constructs).filter(
    (entry): entry is [string, abstract new () => Construct] =>
      typeof entry[1] === 'function' && entry[1].prototype instanceof Construct,
  );
  expect(exported.length).toBeGreaterThan(30);
  const missing = exported.filter(([, type]) => !built.some(construct => construct instanceof type));
  expect(missing.map(([name]) => name)).toEqual([]);
});

test.each(EXAMPLES)(
  'examples/$name synthesizes, and the policy packs find nothing that is not acknowledged',
  ({ app, built, folder }) => {
    expect(built.filter(construct => construct instanceof Stack).length).toBeGreaterThan(0);
    constructs.applyPolicy(app);
    app.synth();
    // What a rule could not judge is a finding too, until somebody says why.
    expect(constructs.readPolicyReport(folder).findings).toEqual([]);
  },
);
