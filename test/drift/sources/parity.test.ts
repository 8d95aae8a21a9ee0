import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DriftReport } from '../../../lib/drift';
import { runDrift, sourcesOf } from '../../../lib/drift';
import { templatesOf } from '../../stacks/example';

const texts = Object.fromEntries(Object.entries(templatesOf()).map(([key, { text }]) => [key, text]));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-parity-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An assembly with these templates, by `<region>/<stack>`. */
function assembly(templates: Readonly<Record<string, string>>): string {
  const artifacts = Object.entries(templates).map(([key, text], at) => {
    const [region = '', stack = ''] = key.split('/');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `t${at}.json`), text);
    const properties = { templateFile: `t${at}.json`, stackName: stack };
    return [
      `artifact${at}`,
      { type: 'aws:cloudformation:stack', environment: `aws://1/${region}`, properties },
    ];
  });
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({ version: '1', artifacts: Object.fromEntries(artifacts) }),
  );
  return folder;
}

const run = (templates: Readonly<Record<string, string>>): DriftReport =>
  runDrift(sourcesOf({ assembly: assembly(templates), parity: true }));

/** The blueprint with one change of a stack of the second Region. */
function changed(key: string, change: (resources: Record<string, Resource>) => void): DriftReport {
  const document = JSON.parse(texts[key] ?? '') as { Resources: Record<string, Resource> };
  change(document.Resources);
  return run({ ...texts, [key]: JSON.stringify(document) });
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const ofType = (resources: Record<string, Resource>, type: string): [string, Resource] => {
  const [found] = Object.entries(resources).filter(([, { Type }]) => Type === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};

/** What is left of the blueprint: what one Region has alone, by design, which no rule can know. */
const BY_DESIGN = /DatabaseBreakGlass|DataKey|OperatorRole|Dns/;
const left = ({ findings }: DriftReport) =>
  findings.filter(each => !['noise', 'expected'].includes(each.class) && !BY_DESIGN.test(each.resource));

test('the Regions of the blueprint differ by what each has of its own, and by what is made once', () => {
  const report = run(texts);
  expect(report.counts.checked).toBeGreaterThan(200);
  expect(left(report).map(({ stack, resource, path: at }) => `${stack} ${resource} ${at}`)).toEqual([]);
  const rules = new Set(report.findings.map(({ rule }) => rule));
  expect(rules).toContain('regional-fact');
  expect(rules).toContain('born-once');
});

test.each<[string, string, string, (resources: Record<string, Resource>) => void]>([
  [
    'protection that is off in one Region',
    'us-west-2/data',
    'danger',
    resources => {
      ofType(resources, 'AWS::RDS::DBCluster')[1].Properties.DeletionProtection = false;
    },
  ],
  [
    'another version of the engine',
    'us-west-2/data',
    'change',
    resources => {
      ofType(resources, 'AWS::RDS::DBCluster')[1].Properties.EngineVersion = '15.2';
    },
  ],
  [
    'an alarm that one Region lacks',
    'us-west-2/operations',
    'change',
    resources => {
      delete resources[ofType(resources, 'AWS::CloudWatch::Alarm')[0]];
    },
  ],
])('%s is found', (_what, key, wanted, change) => {
  const found = left(changed(key, change));
  expect(found.map(each => each.class)).toEqual([wanted]);
  expect(found[0]).toMatchObject({ region: 'us-west-2' });
});

test('a stack that one Region lacks is not said to be alike', () => {
  const { 'us-west-2/dns': _gone, ...others } = texts;
  const report = run(others);
  expect(report.verdict === 'clean').toBe(false);
  expect(report.findings).toContainEqual(
    expect.objectContaining({ class: 'unchecked', region: 'us-west-2', stack: 'dns' }),
  );
});

test('a stack that says no Region is not said to be alike', () => {
  const report = run({ ...texts, 'unknown-region/extra': '{"Resources":{}}' });
  expect(report.findings).toContainEqual(
    expect.objectContaining({ class: 'unchecked', region: '-', stack: 'extra' }),
  );
});

test('credentials of a cluster that is in no global one are no fact of birth', () => {
  const cluster = (properties: object) =>
    JSON.stringify({ Resources: { C: { Type: 'AWS::RDS::DBCluster', Properties: properties } } });
  const report = run({
    'us-east-2/data': cluster({ MasterUsername: 'admin' }),
    'us-west-2/data': cluster({}),
  });
  expect(report.findings.map(each => each.class)).toEqual(['change']);
});

test('an assembly of one Region has nothing to be held against', () => {
  const { 'us-east-2/data': text = '' } = texts;
  const report = run({ 'us-east-2/data': text });
  expect(report.findings[0]).toMatchObject({ class: 'unchecked' });
  expect(report.findings[0]?.why).toContain('nothing to hold against each other');
});

test.each([
  ['10.0.0.0/16', '0.0.0.0/0'],
  ['0.0.0.0/0', '10.0.0.0/16'],
  ['10.0.0.0/24', '10.1.0.0/8'],
])('an ingress from %s here and from %s there is no fact of a Region', (here, there) => {
  const group = (CidrIp: string) =>
    JSON.stringify({
      Resources: {
        G: {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp }] },
        },
      },
    });
  const { verdict } = run({ 'us-east-2/net': group(here), 'us-west-2/net': group(there) });
  expect(['changes', 'danger']).toContain(verdict);
});
