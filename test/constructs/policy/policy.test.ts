import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster as CfnEcsCluster } from 'aws-cdk-lib/aws-ecs';
import { CfnCluster as CfnEmrCluster } from 'aws-cdk-lib/aws-emr';
import { CfnCrawler } from 'aws-cdk-lib/aws-glue';
import { CfnCluster as CfnMskCluster } from 'aws-cdk-lib/aws-msk';
import { CfnDataSource } from 'aws-cdk-lib/aws-quicksight';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnNotebookInstance } from 'aws-cdk-lib/aws-sagemaker';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgements } from '../../../constructs/policy/acknowledge';
import { applyPolicy } from '../../../constructs/policy/apply-policy';
import { CountedAwsSolutionsChecks } from '../../../constructs/policy/counted-checks';
import {
  distinctFindings,
  POLICY_REPORT_FILE,
  type PolicyReport,
  readPolicyReport,
} from '../../../constructs/policy/policy-report';
import { ONE_SERVICE_FAMILIES } from '../../../constructs/policy/rule-services';

const REASON = 'This bucket holds nothing that anybody would miss, and is read by tests alone.';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-policy-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

const newApp = (): App => new App({ outdir });

/** Synthesizes under the policy; returns what the policy said, or rethrows when it said nothing. */
function judge(app: App): PolicyReport {
  applyPolicy(app);
  const print = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('validation-report.json')) throw error;
  } finally {
    print.mockRestore();
    process.exitCode = undefined;
  }
  return readPolicyReport(outdir);
}

const bucketIn = (scope: Construct): Bucket => new Bucket(scope, 'Bucket');
const rulesOf = (report: PolicyReport) => report.findings.map(({ rule, path: at }) => `${at} ${rule}`);
const S1 = (at: string) => `${at}/Bucket/Resource AwsSolutions-S1`;

describe('the policy', () => {
  test('judges stacks inside stages as it judges stacks beside them (BP-47)', () => {
    const app = newApp();
    bucketIn(new Stack(new Stage(app, 'us-east-2'), 'data'));
    bucketIn(new Stack(app, 'plain'));
    const report = judge(app);
    expect(rulesOf(report)).toEqual(expect.arrayContaining([S1('us-east-2/data'), S1('plain')]));
    const below = (prefix: string) =>
      report.findings.filter(({ path: at }) => at.startsWith(prefix)).map(({ rule }) => rule);
    expect(below('us-east-2/')).toEqual(below('plain/'));
  });

  test('fails the synth of an app of which it judged nothing (BP-46)', () => {
    const app = newApp();
    new Stack(app, 'empty');
    applyPolicy(app);
    expect(() => app.synth()).toThrow(/No rule of the pack judged any resource/);
    expect(() => readPolicyReport(outdir)).toThrow(/no rule judged any resource, which is no pass/);
  });

  test('fails the synth while a finding is not acknowledged, and passes once it is', () => {
    const synth = (known: readonly string[]) => () => {
      const app = newApp();
      const bucket = bucketIn(new Stack(app, 'data'));
      for (const rule of known) acknowledge(bucket, rule, REASON);
      applyPolicy(app);
      app.synth();
    };
    expect(synth([])).toThrow(/AwsSolutions-S1/);
    expect(synth(['AwsSolutions-S1'])).toThrow(/AwsSolutions-S10/);
    expect(synth(['AwsSolutions-S1', 'AwsSolutions-S10'])).not.toThrow();
  });

  test('counts what it judged even where nothing is wrong', () => {
    const app = newApp();
    new CfnSecurityGroup(new Stack(app, 'clean'), 'Group', { groupDescription: 'lets nobody in' });
    const report = judge(app);
    expect(report.findings).toEqual([]);
    expect(report.judgements.compliant).toBeGreaterThan(0);
    expect(report.judgements.broken).toBe(0);
  });

  test('an acknowledgement in one Region leaves the other red (BP-48)', () => {
    const app = newApp();
    const stacks = ['us-east-2', 'us-west-2'].map(region => new Stack(new Stage(app, region), 'data'));
    const [first] = stacks.map(bucketIn);
    if (first === undefined) throw new Error('no bucket');
    acknowledge(first, 'AwsSolutions-S1', REASON);
    const found = rulesOf(judge(app));
    expect(found).not.toContain(S1('us-east-2/data'));
    expect(found).toContain(S1('us-west-2/data'));
  });

  test('what a rule cannot judge is unknown and not a pass (BP-49)', () => {
    const app = newApp();
    const stack = new Stack(app, 'open');
    new CfnSecurityGroup(stack, 'Group', {
      groupDescription: 'range known at deploy only',
      securityGroupIngress: [
        { ipProtocol: 'tcp', cidrIp: { 'Fn::ImportValue': 'range' } as unknown as string },
      ],
    });
    const unknown = judge(app).findings.filter(({ state }) => state === 'unknown');
    expect(unknown.map(({ rule }) => rule)).toContain('AwsSolutions-EC23');
  });

  test('each finding is told once, by rule and path', () => {
    const finding = { rule: 'R', path: 'p', state: 'broken', description: 'd' } as const;
    expect(distinctFindings([finding, { ...finding }, { ...finding, path: 'o' }])).toEqual([
      { ...finding, path: 'o' },
      finding,
    ]);
  });

  test('an assembly that nobody judged is not a clean one', () => {
    expect(() => readPolicyReport(outdir)).toThrow(/synthesized without a policy; call applyPolicy/);
    const nothing = { version: 1, judgements: { compliant: 0, notApplicable: 0, broken: 0, unknown: 0 } };
    writeFileSync(path.join(outdir, POLICY_REPORT_FILE), JSON.stringify(nothing));
    expect(() => readPolicyReport(outdir)).toThrow(/no rule judged any resource/);
  });
});

describe('what the pack does not ask', () => {
  const judgementsOf = (checks: AwsSolutionsChecks, root: Construct) =>
    checks
      .validateScope(root)
      .violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources.length]);

  /** One resource of each such service, as unsafe as it can be. */
  const app = (): App => {
    const root = new App();
    const stack = new Stack(root, 'Stack');
    new CfnEcsCluster(stack, 'Ecs');
    new CfnEmrCluster(stack, 'Emr', { name: 'n', jobFlowRole: 'r', serviceRole: 'r', instances: {} });
    new CfnCrawler(stack, 'Glue', { role: 'r', targets: {} });
    new CfnMskCluster(stack, 'Msk', {
      clusterName: 'n',
      kafkaVersion: '3.7.x',
      numberOfBrokerNodes: 2,
      brokerNodeGroupInfo: { clientSubnets: ['subnet-1', 'subnet-2'], instanceType: 'kafka.m7g.large' },
    });
    new CfnDataSource(stack, 'QuickSight', { name: 'n', type: 'MYSQL', sslProperties: { disableSsl: true } });
    new CfnNotebookInstance(stack, 'SageMaker', { instanceType: 'ml.t3.medium', roleArn: 'r' });
    return root;
  };

  test('about resources of another service, the whole pack would not answer', () => {
    const whole = judgementsOf(new AwsSolutionsChecks(), app());
    expect(judgementsOf(new CountedAwsSolutionsChecks(), app())).toEqual(whole);
    const families = new Set(whole.map(([rule]) => /-([A-Z]+)/.exec(String(rule))?.[1]));
    expect([...families]).toEqual(expect.arrayContaining([...ONE_SERVICE_FAMILIES]));
  });
});

test('whoever imports a construct need not have the pack', () => {
  jest.isolateModules(() => {
    jest.doMock('cdk-nag/lib/packs/aws-solutions', () => {
      throw new Error('not installed');
    });
    expect(Object.keys(require('../../../constructs'))).toContain('RegionNetwork');
  });
  jest.dontMock('cdk-nag/lib/packs/aws-solutions');
});

describe('an acknowledgement', () => {
  const stack = (): Stack => new Stack(new App(), 'Stack');

  test('is one finding, on one construct, with its reason', () => {
    const within = stack();
    const bucket = bucketIn(within);
    acknowledge(bucket, 'AwsSolutions-S1', REASON);
    expect(acknowledgements(within)).toEqual([
      { rule: 'AwsSolutions-S1', path: 'Stack/Bucket', reason: REASON },
    ]);
  });

  test('needs a reason that says something', () => {
    expect(() => acknowledge(bucketIn(stack()), 'AwsSolutions-S1', 'n/a')).toThrow(
      /reason: too short to be a reason/,
    );
  });

  test.each<[string, () => Construct]>([
    ['an app', () => new App()],
    ['a stage', () => new Stage(new App(), 'Stage')],
    ['a stack', stack],
  ])('is refused on %s', (_case, scope) => {
    expect(() => acknowledge(scope(), 'AwsSolutions-S1', REASON)).toThrow(/hides findings nobody has seen/);
  });

  test('is allowed on a resource that happens to have a name', () => {
    const topic = new CfnTopic(stack(), 'Topic');
    expect(() => acknowledge(topic, 'AwsSolutions-SNS3', REASON)).not.toThrow();
  });
});
