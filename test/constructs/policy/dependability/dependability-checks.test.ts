import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CfnParameter, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnEnvironment } from 'aws-cdk-lib/aws-appconfig';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledge } from '../../../../constructs/policy/acknowledge';
import { applyPolicy } from '../../../../constructs/policy/apply-policy';
import { DependabilityChecks } from '../../../../constructs/policy/dependability/dependability-checks';
import { type PolicyReport, readPolicyReport } from '../../../../constructs/policy/policy-report';

const RULE = 'Dependability-LogRetention';
const REASON = 'These events are kept by a subscription that copies them elsewhere.';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-dependability-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

const newApp = (): App => new App({ outdir, analyticsReporting: false });
/** A log group that is kept for ever. */
const logIn = (scope: Construct) => new LogGroup(scope, 'Log', { retention: RetentionDays.INFINITE });

/** Synthesizes; whether the synth passed, and what the policy said. */
function judge(app: App): { readonly passed: boolean; readonly report: PolicyReport } {
  const print = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  let passed = true;
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('validation-report.json')) throw error;
    passed = false;
  } finally {
    print.mockRestore();
    process.exitCode = undefined;
  }
  return { passed, report: readPolicyReport(outdir) };
}

const judgeAlone = (app: App) => {
  Validations.of(app).addPlugins(new DependabilityChecks());
  return judge(app);
};
const found = (report: PolicyReport) => report.findings.map(({ rule, path: at }) => `${at} ${rule}`);

test('judges stacks inside stages and nested stacks as it judges those beside them, each once (BP-47, BP-48)', () => {
  const app = newApp();
  const inner = new Stack(new Stage(app, 'us-east-2'), 'data');
  logIn(inner);
  logIn(new NestedStack(inner, 'nested'));
  logIn(new Stack(app, 'plain'));
  const { passed, report } = judgeAlone(app);
  expect(passed).toBe(false);
  expect(found(report)).toEqual([
    `plain/Log/Resource ${RULE}`,
    `us-east-2/data/Log/Resource ${RULE}`,
    `us-east-2/data/nested/Log/Resource ${RULE}`,
  ]);
});

test('the report of the CDK names construct, place, reason and fix', () => {
  const app = newApp();
  logIn(new Stack(app, 'plain'));
  judgeAlone(app);
  const { pluginReports } = JSON.parse(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8'));
  const text = JSON.stringify(pluginReports);
  for (const part of [RULE, 'plain/Log/Resource', 'Properties.RetentionInDays', 'set RetentionInDays']) {
    expect(text).toContain(part);
  }
});

test('an acknowledgement in one Region leaves the other red (BP-48)', () => {
  const app = newApp();
  const [first] = ['us-east-2', 'us-west-2'].map(region => logIn(new Stack(new Stage(app, region), 'data')));
  if (first === undefined) throw new Error('no log');
  acknowledge(first, RULE, REASON);
  const { passed, report } = judgeAlone(app);
  expect(passed).toBe(false);
  expect(found(report)).toEqual([`us-west-2/data/Log/Resource ${RULE}`]);
  expect(report.judgements.broken).toBe(2);
  expect(report.acknowledgements).toEqual([{ rule: RULE, path: 'us-east-2/data/Log', reason: REASON }]);
});

test('passes once each finding is acknowledged', () => {
  const app = newApp();
  acknowledge(logIn(new Stack(app, 'plain')), RULE, REASON);
  const { passed, report } = judgeAlone(app);
  expect([passed, report.findings]).toEqual([true, []]);
});

test('what the template hides is unknown, and no pass (BP-49)', () => {
  const app = newApp();
  const stack = new Stack(app, 'plain');
  const monitors = new CfnParameter(stack, 'Monitors');
  new CfnEnvironment(stack, 'Flags', { applicationId: 'a', name: 'n' }).addPropertyOverride('Monitors', {
    Ref: monitors.logicalId,
  });
  const { passed, report } = judgeAlone(app);
  expect(passed).toBe(false);
  expect(report.findings).toMatchObject([{ rule: 'Dependability-ConfigAlarms', state: 'unknown' }]);
});

test('an app without resources fails: silence is no pass (BP-46)', () => {
  const app = newApp();
  new Stack(app, 'empty');
  Validations.of(app).addPlugins(new DependabilityChecks());
  expect(() => app.synth()).toThrow(/No rule of the pack judged any resource/);
});

test('is one of the packs of applyPolicy, and the report tells them apart', () => {
  const app = newApp();
  const stack = new Stack(app, 'plain');
  logIn(stack);
  new CfnTopic(stack, 'Topic');
  applyPolicy(app);
  const { report } = judge(app);
  expect(report.packs.map(({ pack }) => pack)).toEqual(['AwsSolutions', 'Dependability']);
  const total = report.packs.reduce((sum, { judgements }) => sum + judgements.notApplicable, 0);
  expect(report.judgements.notApplicable).toBe(total);
  const rules = report.findings.map(({ rule }) => rule);
  expect(rules).toEqual(expect.arrayContaining([RULE, expect.stringMatching(/^AwsSolutions-/)]));
});
