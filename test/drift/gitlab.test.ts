import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { FakeEndpoint, xmlResult } from '../aws/fake-endpoint';
import { ROOT } from '../helpers/sources';

jest.setTimeout(120_000);

interface Job {
  readonly stage: string;
  readonly script: readonly string[];
  readonly before_script: readonly string[];
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly artifacts: {
    readonly paths: readonly string[];
    readonly reports: Readonly<Record<string, string>>;
  };
  readonly id_tokens: Readonly<Record<string, { readonly aud: unknown }>>;
}

const FILE = path.join(ROOT, 'examples', 'ci', 'gitlab-ci.yml');
/** Keywords of GitLab's reference (docs.gitlab.com/ci/yaml), as far as a job of this kind could use them. */
const GLOBAL = ['stages', 'default', 'include', 'variables', 'workflow', 'spec'];
const JOB = [
  ...['stage', 'image', 'rules', 'id_tokens', 'variables', 'before_script', 'script', 'after_script'],
  ...[
    'artifacts',
    'cache',
    'needs',
    'tags',
    'timeout',
    'retry',
    'interruptible',
    'resource_group',
    'secrets',
  ],
  ...['allow_failure', 'environment', 'services', 'when', 'extends', 'dependencies', 'coverage'],
];
const RULE = ['if', 'changes', 'exists', 'when', 'allow_failure', 'variables', 'needs', 'interruptible'];
const ARTIFACTS = [
  'paths',
  'reports',
  'when',
  'expire_in',
  'name',
  'expose_as',
  'exclude',
  'untracked',
  'access',
];
const REPORTS = ['junit', 'sast', 'codequality', 'dotenv', 'metrics', 'terraform', 'coverage_report'];

/** What GitLab would refuse, or run otherwise than it reads. */
function problemsOf(text: string): string[] {
  const { stages, ...jobs } = parse(text) as { stages: string[] } & Record<string, Job>;
  const unknown = (what: string, keys: readonly string[], known: readonly string[]) =>
    keys.filter(key => !known.includes(key)).map(key => `${what}: no keyword ${key}`);
  return Object.entries(jobs).flatMap(([name, job]) => {
    if (GLOBAL.includes(name)) return [];
    const commands = [...(job.before_script ?? []), ...(job.script ?? [])];
    return [
      ...unknown(name, Object.keys(job), JOB),
      ...(stages.includes(job.stage) ? [] : [`${name}: no stage ${job.stage}`]),
      ...(job.script?.length > 0 ? [] : [`${name}: no script`]),
      ...commands.filter(each => typeof each !== 'string').map(() => `${name}: a line is no text`),
      ...job.rules.flatMap(rule => unknown(`${name}.rules`, Object.keys(rule), RULE)),
      ...unknown(`${name}.artifacts`, Object.keys(job.artifacts), ARTIFACTS),
      ...unknown(`${name}.artifacts.reports`, Object.keys(job.artifacts.reports), REPORTS),
      ...Object.entries(job.id_tokens)
        .filter(([, { aud }]) => aud === undefined)
        .map(([token]) => `${name}: the token ${token} is for nobody`),
    ];
  });
}

/** Answers of an account of which one stack has been deployed. */
function deployed(stack: string, template: object) {
  const described = `<Stacks><member><StackId>arn:aws:cloudformation:us-east-2:111111111111:stack/${stack}/1</StackId><StackName>${stack}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-25T10:00:00Z</CreationTime></member></Stacks>`;
  const body = `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`;
  return {
    GetCallerIdentity: () => xmlResult('GetCallerIdentity', '<Account>111111111111</Account>'),
    DescribeStacks: () => xmlResult('DescribeStacks', described),
    GetTemplate: () => xmlResult('GetTemplate', body),
  };
}

const text = readFileSync(FILE, 'utf8');

test('the example for GitLab has keywords that GitLab knows', () => {
  expect(problemsOf(text)).toEqual([]);
  expect(problemsOf(text.replace('script:\n    - npx', 'scripts:\n    - npx'))).not.toEqual([]);
  expect(problemsOf(text.replace('stage: drift', 'stage: other'))).toEqual(['drift: no stage other']);
  expect(problemsOf(text.replace('junit: drift.xml', 'junits: drift.xml'))).not.toEqual([]);
});

test('its script leaves every report, and ends with the verdict', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-gitlab-'));
  const endpoint = new FakeEndpoint();
  await endpoint.start();
  try {
    const job = (parse(text) as { drift: Job }).drift;
    const programs = path.join(folder, 'programs');
    mkdirSync(programs);
    const program = (name: string, body: string) => {
      writeFileSync(path.join(folder, name), `#!/bin/bash\n${body}\n`);
      chmodSync(path.join(folder, name), 0o755);
    };
    // The command itself is real; what makes the assembly is not what is tried here, and AWS answers by its shapes.
    program(
      'programs/npx',
      `[ "$1" = holdfast ] || exit 0; shift; exec "${process.execPath}" "${ROOT}/dist/bin/cli.js" "$@"`,
    );
    mkdirSync(path.join(folder, 'cdk.out'));
    const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } };
    endpoint.replies = deployed('orders', { Resources: { T: table } });
    writeFileSync(path.join(folder, 'cdk.out', 'orders.json'), JSON.stringify({ Resources: {} }));
    const stack = {
      ...{ type: 'aws:cloudformation:stack', environment: 'aws://111111111111/us-east-2' },
      properties: { templateFile: 'orders.json', stackName: 'orders' },
    };
    writeFileSync(
      path.join(folder, 'cdk.out', 'manifest.json'),
      JSON.stringify({ version: '1', artifacts: { orders: stack } }),
    );
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', job.script.join('\n')], {
      cwd: folder,
      stdio: 'ignore',
      env: {
        ...{ PATH: `${programs}:${process.env.PATH}`, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' },
        ...{
          AWS_ENDPOINT_URL: endpoint.access().endpoint,
          AWS_ACCESS_KEY_ID: 'a',
          AWS_SECRET_ACCESS_KEY: 'b',
        },
      },
    });
    const status = await new Promise(resolve => child.once('close', resolve));
    expect(status).toBe(2);
    for (const file of [...job.artifacts.paths, ...Object.values(job.artifacts.reports)]) {
      expect(existsSync(path.join(folder, file))).toBe(true);
    }
  } finally {
    await endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
