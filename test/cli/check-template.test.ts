import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TemplateCheckDocument } from '../../lib/cli/template-check';
import { runCli } from '../helpers/cli';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-template-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CLEAN = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } };
const FAILS = { Type: 'AWS::Logs::LogGroup' };
const HIDES = { Type: 'AWS::AppConfig::Environment', Properties: { Monitors: { Ref: 'Monitors' } } };
const SILENT = { Type: 'AWS::SNS::Topic', Properties: {} };

/** Checks a template, away from any project, and reads the document. */
async function check(template: unknown, ...args: readonly string[]) {
  const text = typeof template === 'string' ? template : JSON.stringify(template);
  writeFileSync(path.join(folder, 'template.json'), text);
  const result = await runCli(['check', '--template', 'template.json', '--json', ...args], { cwd: folder });
  return { ...result, document: JSON.parse(result.stdout) as TemplateCheckDocument & { error?: object } };
}

test('a clean template exits 0 and counts what was judged', async () => {
  const { exitCode, document } = await check({ Resources: { Log: CLEAN, Topic: SILENT } });
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ version: 1, verdict: 'clean', findings: [], unchecked: [] });
  expect(document.packs).toEqual(['dependability']);
  expect(document.counts).toMatchObject({ resources: 2, judged: 1, compliant: 1, broken: 0, unknown: 0 });
});

test('what is broken and what is hidden exits 2; what passes is not listed', async () => {
  const { exitCode, document } = await check({ Resources: { Log: FAILS, Flags: HIDES, Good: CLEAN } });
  expect(exitCode).toBe(2);
  expect(document.verdict).toBe('findings');
  expect(
    document.findings.map(({ rule, state, resource, type, path: at }) => [rule, state, resource, type, at]),
  ).toEqual([
    ['Dependability-LogRetention', 'broken', 'Log', 'AWS::Logs::LogGroup', 'Properties.RetentionInDays'],
    ['Dependability-ConfigAlarms', 'unknown', 'Flags', 'AWS::AppConfig::Environment', 'Properties.Monitors'],
  ]);
  for (const { why, fix } of document.findings) expect(`${why}${fix}`).toMatch(/\w+ \w+/);
});

test.each([
  ['no resource that any rule knows', { Resources: { Topic: SILENT } }, 'no rule had anything to say'],
  ['no resource at all', { Resources: {} }, 'no rule had anything to say'],
  [
    'a macro',
    { Transform: 'AWS::Serverless-2016-10-31', Resources: { Log: CLEAN } },
    'AWS::Serverless-2016-10-31',
  ],
  ['a loop', { Resources: { Log: CLEAN, 'Fn::ForEach::Topics': ['T', ['a'], {}] } }, 'Fn::ForEach::Topics'],
  [
    'a nested stack',
    { Resources: { Log: CLEAN, Inner: { Type: 'AWS::CloudFormation::Stack' } } },
    'Resources.Inner',
  ],
])('%s is unchecked and not clean', async (_what, template, reason) => {
  const { exitCode, document } = await check(template);
  expect(exitCode).toBe(1);
  expect(document.verdict).toBe('unchecked');
  expect(JSON.stringify(document.unchecked)).toContain(reason);
});

test.each([
  ['text that is no JSON', '{\n  "Resources": {,', [], /not JSON: .*line 2 column 17/],
  ['YAML', 'Resources:\n  Log:\n    Type: AWS::Logs::LogGroup\n', [], /not JSON.*YAML is not read/],
  ['JSON that is no template', [1], [], /not a CloudFormation template/],
  ['a resource without a type', { Resources: { Log: {} } }, [], /\$\.Resources\.Log: not a resource/],
  [
    'a pack that is none',
    { Resources: {} },
    ['--pack', 'best'],
    /received "best"; use dependability, aws-solutions, nist/,
  ],
] as const)('%s exits 1 and says where', async (_what, template, args, message) => {
  const { exitCode, document, stderr } = await check(template, ...args);
  expect(exitCode).toBe(1);
  expect(document.error).toMatchObject({ code: 'invalid-input' });
  expect(stderr).toMatch(message);
});

test('a file that is not there exits 1 by name, and packs need a template', async () => {
  const missing = await runCli(['check', '--template', path.join(folder, 'none.json')]);
  expect([missing.exitCode, missing.stderr]).toEqual([
    1,
    expect.stringContaining('none.json does not exist'),
  ]);
  const packs = await runCli(['check', '--pack', 'nist']);
  expect([packs.exitCode, packs.stderr]).toEqual([1, expect.stringContaining('without --template')]);
});

test('packs of cdk-nag judge beside our own, and what they cannot judge is unknown (BP-49)', async () => {
  const open = {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'open to a range known at deploy',
      SecurityGroupIngress: [{ IpProtocol: 'tcp', CidrIp: { 'Fn::ImportValue': 'range' } }],
    },
  };
  const { exitCode, document } = await check(
    { Resources: { Open: open, Log: FAILS } },
    ...['--pack', 'nist', 'aws-solutions', '--pack', 'dependability'],
  );
  expect(exitCode).toBe(2);
  expect(document.packs).toEqual(['dependability', 'aws-solutions', 'nist']);
  const found = document.findings.map(({ rule, state, resource }) => `${state} ${rule} ${resource}`);
  expect(found).toEqual(
    expect.arrayContaining([
      'broken Dependability-LogRetention Log',
      'unknown AwsSolutions-EC23 Open',
      'broken NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod Log',
    ]),
  );
});

test('a template that the CDK cannot include is unchecked by its packs, with the reason', async () => {
  const { exitCode, document } = await check(
    {
      Resources: { Log: { ...CLEAN, Properties: { RetentionInDays: 90, LogGroupName: { Ref: 'Nowhere' } } } },
    },
    ...['--pack', 'dependability,aws-solutions'],
  );
  expect(exitCode).toBe(1);
  expect(document.verdict).toBe('unchecked');
  expect(document.unchecked).toEqual([
    { what: 'aws-solutions', reason: expect.stringMatching(/cannot include the template: .*Nowhere/) },
  ]);
});

test('text for a person has the verdict first, and nothing that moves the cursor', async () => {
  writeFileSync(path.join(folder, 'template.json'), JSON.stringify({ Resources: { '\u001b[2JLog': FAILS } }));
  const { stdout } = await runCli(['check', '--template', 'template.json'], { cwd: folder });
  expect(stdout).toMatch(/^check: findings; template\.json by dependability\n/);
  expect(stdout).toContain(
    'BROKEN  Dependability-LogRetention: ?[2JLog (AWS::Logs::LogGroup), Properties.RetentionInDays',
  );
  expect(stdout).not.toContain('\u001b');
});
