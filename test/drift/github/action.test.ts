import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runAction } from './action';
import { GitHubServer } from './server';

/** Each run starts the command several times, as the action does. */
jest.setTimeout(180_000);

let server: GitHubServer;
let folder: string;
let environment: Record<string, string>;
beforeEach(async () => {
  server = new GitHubServer();
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-action-'));
  environment = { GITHUB_API_URL: await server.start(), GITHUB_REPOSITORY: 'o/r' };
});
afterEach(() => {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1 } };
const TABLE = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } };

function file(name: string, content: unknown): string {
  const at = path.join(folder, name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, JSON.stringify(content));
  return name;
}

/** A plan with a live queue that was changed by hand, or not. */
const plan = (isDrifted: boolean) => ({
  ...{ format_version: '1.2', complete: true, errored: false, applyable: isDrifted },
  resource_drift: isDrifted
    ? [
        {
          ...{ address: 'aws_sqs_queue.x', mode: 'managed', type: 'aws_sqs_queue' },
          change: { actions: ['update'], before: { delay_seconds: 1 }, after: { delay_seconds: 9 } },
        },
      ]
    : [],
});

const FORBIDDEN = { status: 403, body: { message: 'Resource not accessible by integration' } };

test('a pull request: one comment, the summary, every format, and the verdict in the end', async () => {
  const event = path.join(folder, file('event.json', { pull_request: { number: 7 } }));
  const run = await runAction(
    folder,
    {
      before: file('a.json', { Resources: { Orders: TABLE, Queue: QUEUE } }),
      after: file('b.json', { Resources: { Queue: QUEUE } }),
      // A value of an input is never a command.
      reports: `re ports $(touch ${folder.replaceAll('/', '|')}) "; touch pwned; "`,
    },
    { ...environment, GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event },
  );
  expect(run.exitCode).toBe(2);
  expect(run.outputs).toMatchObject({ verdict: 'danger', 'exit-code': '2' });
  expect(run.summary).toContain('## Drift: danger');
  expect(server.changes()).toEqual(['POST issues/7/comments']);
  expect(server.comments[0]?.body).toContain('Orders');
  expect(server.asked[0]?.authorization).toBe('Bearer secret-token');
  const report = path.join(folder, run.outputs.report ?? '');
  expect(JSON.parse(readFileSync(report, 'utf8')).verdict).toBe('danger');
  for (const format of ['md', 'sarif', 'junit', 'html']) {
    expect(existsSync(report.replace(/json$/, format))).toBe(true);
  }
  expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
});

test('nights: issues are opened and closed, none of a plan that was not given; a token that only reads ends no run', async () => {
  const inputs = (...names: string[]) => ({
    ...{ plans: `${names.map(name => `plans/${name}.json`).join('\n')}\n`, issues: 'true' },
    'fail-on': 'change',
  });
  file('plans/network.json', plan(true));
  file('plans/data.json', plan(true));
  const night = { ...environment, GITHUB_EVENT_NAME: 'schedule' };
  const first = await runAction(folder, inputs('network', 'data'), night);
  expect(first.exitCode).toBe(2);
  const states = () => server.issues.map(({ title, state }) => `${title}: ${state}`).sort();
  expect(states()).toEqual(['Drift in data: open', 'Drift in network: open']);
  file('plans/network.json', plan(false));
  const event = path.join(folder, file('event.json', { pull_request: { number: 7 } }));
  server.faults = [{ status: 200, body: [] }, FORBIDDEN];
  const second = await runAction(folder, inputs('network'), {
    ...{ ...environment, GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event },
  });
  expect(second.log).toContain('::warning::the comment could not be posted');
  expect(second.summary).toContain('## Drift: clean');
  expect(second.exitCode).toBe(0);
  expect(states()).toEqual(['Drift in data: open', 'Drift in network: closed']);
});

test('what cannot run is said', async () => {
  const { exitCode, log } = await runAction(folder, {}, environment);
  expect(exitCode).toBe(1);
  expect(log).toContain('::error::holdfast drift could not run');
});
