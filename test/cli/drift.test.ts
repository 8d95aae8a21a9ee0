import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../lib/cli/program';
import { systemClock } from '../../lib/clock';
import { ROOT } from '../helpers/sources';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const template = (Resources: object): string => JSON.stringify({ Resources });
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1 } };
const SLOWER = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 2 } };
const NESTED = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'a' } };

function file(name: string, text: string): string {
  const place = path.join(folder, name);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

/** The command in this process, as `bin/` runs it, in a project of its own. */
async function drift(...words: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  let exitCode: number = 0;
  await runProgram(
    {
      ...{ projectRoot: folder, installRoot: ROOT, clock: systemClock, colour: false, environment: {} },
      signal: new AbortController().signal,
      output: { emit: event => told.push(event.text) },
      print: text => printed.push(text),
      exit: code => {
        exitCode = code;
      },
    },
    ['node', 'holdfast', 'drift', ...words],
  );
  return { exitCode, told, stdout: printed.join('') };
}

/** Two templates of one queue and what the options make of them. */
const pair = (before: object, after: object) => [
  ...['--before', file('deployed/orders.template.json', template(before))],
  ...['--after', file('new/orders.template.json', template(after))],
];

test('equal templates are clean and exit 0; --json is the document of the contract', async () => {
  const { exitCode, stdout } = await drift(...pair({ Queue: QUEUE }, { Queue: QUEUE }), '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    verdict: 'clean',
    counts: { checked: 1, unchecked: 0, unknown: 0, noise: 0, expected: 0, change: 0, danger: 0 },
    findings: [],
    stacks: [{ region: '-', stack: 'orders' }],
  });
});

test('a change is told with its stack and path, and fails the run only when asked to', async () => {
  const files = pair({ Queue: QUEUE }, { Queue: SLOWER });
  const calm = await drift(...files, '--format', 'json');
  expect(calm.exitCode).toBe(0);
  const { verdict, findings } = JSON.parse(calm.stdout);
  expect(verdict).toBe('changes');
  expect(findings).toEqual([
    expect.objectContaining({
      ...{ class: 'change', stack: 'orders', resource: 'Queue', type: 'AWS::SQS::Queue', action: 'update' },
      path: 'Properties.DelaySeconds',
    }),
  ]);
  expect((await drift(...files, '--fail-on', 'change')).exitCode).toBe(2);
  expect((await drift(...files, '--fail-on', 'any')).exitCode).toBe(2);
});

test('BP-44 a nested stack is not checked: exit 1, and the text says 1 of 2', async () => {
  const both = { Queue: QUEUE, Inner: NESTED };
  const { exitCode, stdout } = await drift(...pair(both, both));
  expect(exitCode).toBe(1);
  expect(stdout).toContain('drift: unchecked.');
  expect(stdout).toContain('checked 1 of 2 resources');
});

test.each(['md', 'sarif', 'junit', 'html', 'json', 'terminal'])(
  '--format %s goes to a file or to the output, the same',
  async format => {
    const files = pair({ Queue: QUEUE }, { Queue: SLOWER });
    const out = path.join(folder, 'reports', `drift.${format}`);
    const { stdout } = await drift(...files, '--format', format);
    const written = await drift(...files, '--format', format, '--out', out);
    expect(readFileSync(out, 'utf8').trimEnd()).toBe(stdout.trimEnd());
    expect(stdout).toContain('DelaySeconds');
    expect(written.stdout).toContain('drift: changes.');
    const document = await drift(...files, '--format', format, '--out', out, '--json');
    expect(JSON.parse(document.stdout)).toMatchObject({ verdict: 'changes' });
  },
);

test('the last report stays, and is formatted again with the same verdict', async () => {
  await drift(...pair({ Queue: QUEUE }, { Queue: SLOWER }));
  const kept = path.join(folder, 'out', 'drift', 'report.json');
  const again = await drift('--report', kept, '--format', 'md', '--fail-on', 'change');
  expect(again.exitCode).toBe(2);
  expect(again.stdout).toContain('## Drift: changes');
  const lying = JSON.parse(readFileSync(kept, 'utf8'));
  lying.verdict = 'clean';
  lying.counts.change = 0;
  const told = await drift('--report', file('lying.json', JSON.stringify(lying)), '--json');
  expect(JSON.parse(told.stdout)).toMatchObject({ verdict: 'changes', counts: { change: 1 } });
});

test('a template that cannot be read is said to be so, and is not clean', async () => {
  const before = file('a.json', '{"Resources": ');
  const after = file('b.json', template({ Queue: QUEUE }));
  const { exitCode, stdout } = await drift('--before', before, '--after', after, '--json');
  expect(exitCode).toBe(1);
  const { verdict, findings } = JSON.parse(stdout);
  expect(verdict).toBe('unchecked');
  expect(findings[0]).toMatchObject({ class: 'unchecked', why: expect.stringContaining('a.json') });
});

test('a bad plan among several hides none of the others', async () => {
  const plan = (name: string, actions: readonly string[]) =>
    file(
      name,
      JSON.stringify({
        ...{ format_version: '1.2', terraform_version: '1.9.0', complete: true, applyable: true },
        resource_changes: [
          {
            ...{ address: `aws_sqs_queue.${name}`, mode: 'managed', type: 'aws_sqs_queue', name: 'q' },
            change: { actions, before: { delay: 1 }, after: { delay: 2 }, after_unknown: {} },
          },
        ],
      }),
    );
  const files = [plan('a', ['update']), file('bad.json', '{'), '/no/such.json', plan('b', ['no-op'])];
  const { exitCode, stdout } = await drift(...files.flatMap(each => ['--plan', each]), '--json');
  expect(exitCode).toBe(1);
  const { findings, counts } = JSON.parse(stdout);
  expect(counts).toMatchObject({ change: 1, unchecked: 2 });
  expect(findings.map((each: { resource: string }) => each.resource).sort()).toEqual([
    '/no/such.json',
    expect.stringContaining('bad.json'),
    'aws_sqs_queue.a',
  ]);
});

const PASSWORD = 'correct-horse-battery-staple-7';
const TOKEN = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');

test('BP-56 no format shows a secret, marked or not, planned or drifted', async () => {
  const place = { mode: 'managed', type: 'aws_db_instance', name: 'd', provider_name: 'registry/aws' };
  const changed = (address: string, key: string, before: string, after: string, mark: unknown) => ({
    ...{ ...place, address },
    change: {
      ...{ actions: ['update'], before: { [key]: before }, after: { [key]: after }, after_unknown: {} },
      ...{ before_sensitive: mark, after_sensitive: mark },
    },
  });
  const plan = file(
    'secrets.json',
    JSON.stringify({
      ...{ format_version: '1.2', terraform_version: '1.9.0', complete: true, applyable: true },
      resource_changes: [
        changed('aws_db_instance.a', 'password', PASSWORD, `${PASSWORD}8`, { password: true }),
        changed('aws_db_instance.b', 'note', PASSWORD, `${PASSWORD}8`, true),
        changed(`aws_db_instance.c["${TOKEN}"]`, 'environment', TOKEN, 'x', {}),
      ],
      resource_drift: [
        changed('aws_db_instance.d', 'password', `${PASSWORD}9`, PASSWORD, { password: true }),
      ],
    }),
  );
  for (const format of ['terminal', 'md', 'json', 'sarif', 'junit', 'html']) {
    const { stdout, told } = await drift('--plan', plan, '--format', format);
    expect(stdout).toContain('aws_db_instance.a');
    for (const secret of [PASSWORD, TOKEN]) expect(stdout + told.join()).not.toContain(secret);
  }
});

test('BP-57 the verdict is that of the plan, whatever order it is in, and an empty plan is clean', async () => {
  const fixtures = path.join(ROOT, 'test/fixtures/terraform-plans');
  const plan = JSON.parse(readFileSync(path.join(fixtures, '03-update-and-replace.json'), 'utf8'));
  const shuffled = {
    ...plan,
    resource_changes: [...plan.resource_changes].reverse(),
    relevant_attributes: [...(plan.relevant_attributes ?? [])].reverse(),
  };
  const said = async (document: object) =>
    (await drift('--plan', file('plan.json', JSON.stringify(document)), '--json')).stdout;
  expect(await said(shuffled)).toBe(await said(plan));
  const empty = { format_version: '1.2', terraform_version: '1.9.0', complete: true, errored: false };
  expect(JSON.parse(await said({ ...empty, output_changes: {} })).verdict).toBe('clean');
});

test("the user's own rules judge beside Holdfast's", async () => {
  const rules = file(
    'rules.js',
    `exports.rules = [{ id: 'slow-queue', class: 'danger', title: 't', why: 'orders wait', fix: 'f', source: 's',
      types: ['AWS::SQS::Queue'], judge: change => ({ holds: 'yes', paths: change.differences.map(d => d.path) }) }];`,
  );
  const { exitCode, stdout } = await drift(
    ...pair({ Queue: QUEUE }, { Queue: SLOWER }),
    '--rules',
    rules,
    '--json',
  );
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout).findings[0]).toMatchObject({
    rule: 'slow-queue',
    class: 'danger',
    why: 'orders wait',
  });
});

test.each([
  ['nothing to compare', [], 'nothing to compare'],
  ['half a pair', ['--before', 'a.json'], '--after'],
  ['a rules file that is none', ['--rules', '/no/such.js'], 'cannot be loaded'],
  ['two formats for one output', ['--json', '--format', 'md', '--report', 'r.json'], '--out'],
  ['a report that is none', ['--report', __filename], 'is no JSON'],
])('%s is refused with what to do', async (_what, words, said) => {
  const { exitCode, told } = await drift(...words);
  expect(exitCode).toBe(1);
  expect(told.join('\n')).toContain(said);
});

test('a swap of roles after a failover is explained by the register, and by nothing else', async () => {
  const members = (writer: string) =>
    JSON.stringify({
      GlobalClusterMembers: ['us-east-2', 'us-west-2'].map(region => ({
        DBClusterArn: `arn:aws:rds:${region}:1:cluster:orders-${region}`,
        IsWriter: region === writer,
      })),
    });
  const found = file(
    'drift.json',
    JSON.stringify({
      StackResourceDrifts: [
        {
          StackId: 'arn:aws:cloudformation:us-east-2:1:stack/orders-data/0',
          LogicalResourceId: 'Global',
          ResourceType: 'AWS::RDS::GlobalCluster',
          StackResourceDriftStatus: 'MODIFIED',
          ExpectedProperties: members('us-east-2'),
          ActualProperties: members('us-west-2'),
          PropertyDifferences: [0, 1].map(at => ({
            PropertyPath: `/GlobalClusterMembers/${at}/IsWriter`,
            ExpectedValue: String(at === 0),
            ActualValue: String(at === 1),
            DifferenceType: 'NOT_EQUAL',
          })),
        },
      ],
    }),
  );
  const verdictBy = async (...words: string[]) =>
    JSON.parse((await drift('--stack-drift', found, ...words, '--json')).stdout).verdict;
  const register = file('register.json', '{"epoch": 2, "region": "us-west-2"}');
  expect(await verdictBy('--register', register)).toBe('clean');
  expect(await verdictBy()).toBe('unchecked');
  const other = file('other.json', '{"epoch": 3, "region": "us-east-2"}');
  expect(await verdictBy('--register', other)).toBe('danger');
  const moving = file(
    'moving.json',
    '{"register": {"record": {"epoch": 3, "phase": "fencing", "region": "x"}}}',
  );
  const refused = await drift('--stack-drift', found, '--register', moving, '--json');
  expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([1, 'invalid-input']);
});

test('the lab is asked when no other target is named, and without one nothing is said to be clean', async () => {
  const { exitCode, stdout } = await drift('--live', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).error.code).toBe('not-found');
});

test.each([['--from-account'], ['--make-change-sets'], ['--read-change-set', 'x']])(
  '%s without an assembly is half a pair',
  async (...words) => {
    const { exitCode, stdout } = await drift(...words, '--target', 'aws', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error.problems).toEqual([
      { path: '--assembly', message: 'is missing', fix: 'name cdk.out' },
    ]);
  },
);

test('a stack is named by its Region too', async () => {
  const { exitCode, stdout } = await drift('--detect-drift', '--stack', 'data', '--target', 'aws', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).error.problems[0]).toMatchObject({ path: '--stack', received: 'data' });
});
