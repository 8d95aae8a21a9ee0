import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeEndpoint, xmlError, xmlResult } from '../aws/fake-endpoint';
import { ACCOUNT, assemblyOf, deleteAssemblies } from '../drift/account/memory';
import { startCli } from '../helpers/cli';

jest.setTimeout(60_000);

const REGION = 'us-east-2';
let endpoint: FakeEndpoint;
let folder: string;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-account-'));
});
afterEach(async () => {
  await endpoint.stop();
  deleteAssemblies();
  rmSync(folder, { recursive: true, force: true });
});

/** The command in a process of its own, with AWS at the endpoint. */
const start = (...words: readonly string[]) =>
  startCli(['drift', ...words, '--target', 'aws', '--json'], {
    cwd: folder,
    env: {
      ...{ AWS_ENDPOINT_URL: endpoint.access().endpoint, AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1' },
    },
  });

const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } };
const described = (stack: string) =>
  `<Stacks><member><StackId>arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/1</StackId><StackName>${stack}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-25T10:00:00Z</CreationTime></member></Stacks>`;
const REPLIES = {
  GetCallerIdentity: () => xmlResult('GetCallerIdentity', `<Account>${ACCOUNT}</Account>`),
  GetTemplate: () => xmlResult('GetTemplate', `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`),
};

/** Resolves as soon as an action was asked. */
async function asked(action: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (endpoint.of(action).length === 0) {
    if (performance.now() > end) throw new Error(`${action} was never asked`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

test('Ctrl-C while a change set is made: it is deleted, and then the command ends with 130', async () => {
  endpoint.replies = {
    ...REPLIES,
    DescribeStacks: () => xmlResult('DescribeStacks', described('data')),
    CreateChangeSet: () => xmlResult('CreateChangeSet', '<Id>arn</Id>'),
    DescribeChangeSet: () => xmlResult('DescribeChangeSet', '<Status>CREATE_IN_PROGRESS</Status>'),
    DeleteChangeSet: () => xmlResult('DeleteChangeSet', ''),
  };
  const run = start(
    '--make-change-sets',
    '--assembly',
    assemblyOf([{ region: REGION, stack: 'data', template }]),
  );
  await asked('DescribeChangeSet');
  run.kill('SIGINT');
  const { exitCode, stdout } = await run.result;
  expect(exitCode).toBe(130);
  expect(JSON.parse(stdout).error.code).toBe('aborted');
  const [made, deleted] = ['CreateChangeSet', 'DeleteChangeSet'].map(action =>
    endpoint.of(action).map(({ form }) => form.get('ChangeSetName')),
  );
  expect(made).toHaveLength(1);
  expect(deleted).toEqual(made);
});

test('access that is denied for one stack hides no other, in the document and in the exit code', async () => {
  endpoint.replies = {
    ...REPLIES,
    DescribeStacks: ({ form }) =>
      form.get('StackName') === 'secret'
        ? xmlError('AccessDenied', 403)
        : xmlResult('DescribeStacks', described('data')),
  };
  const next = { Resources: {} };
  const stacks = ['data', 'secret'].map(stack => ({ region: REGION, stack, template: next }));
  const { exitCode, stdout } = await start('--from-account', '--assembly', assemblyOf(stacks)).result;
  const report = JSON.parse(stdout);
  expect(exitCode).toBe(2);
  expect(report.counts).toMatchObject({ danger: 1, unchecked: 1 });
  expect(
    report.findings.map(({ class: kind, stack }: { class: string; stack: string }) => `${kind} ${stack}`),
  ).toEqual(['danger data', 'unchecked secret']);
});
