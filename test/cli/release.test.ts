import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../lib/cli';
import { releaseNames } from '../../lib/naming';
import { beginRelease } from '../../lib/runtime/release/release-state';
import { FakeEndpoint } from '../aws/fake-endpoint';
import { contextAt } from '../helpers/cli-context';
import { ROOT } from '../helpers/sources';
import { planOf, REGISTER } from '../release/plan';

const endpoint = new FakeEndpoint();
let stored: Record<string, unknown> | undefined;
const TOPOLOGY = path.join(ROOT, 'regions', 'examples', 'orders.ts');

beforeAll(async () => {
  await endpoint.start();
  const url = endpoint.access().endpoint;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  endpoint.replies = {
    GetItem: () => ({ body: stored === undefined ? {} : { Item: stored } }),
    PutItem: ({ json }) => {
      stored = json.Item as typeof stored;
      return { body: {} };
    },
  };
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  endpoint.sent.length = 0;
  stored = undefined;
});

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]) {
  const environment = { CDK_DEFAULT_ACCOUNT: '000000000000', USER: 'ann' };
  const context = contextAt(folder, { environment });
  await runProgram(context, ['node', 'holdfast', '-t', TOPOLOGY, 'release', ...args, '--json']);
  return { code: context.ended.code, document: JSON.parse(context.printed.join('')) };
}

const underWay = () => {
  const state = { ...beginRelease(planOf(), REGISTER), stage: 'shift' as const };
  const document = { S: JSON.stringify({ state, notes: [] }) };
  stored = { pk: { S: 'release' }, version: { N: '4' }, holder: { S: 'c1' }, document };
};

test('without a lab there is none to release in', async () => {
  expect(await run('start')).toMatchObject({ code: 1, document: { error: { code: 'not-found' } } });
});

test('on AWS it only looks, and what cannot be seen is no permission', async () => {
  const { code, document } = await run('start', '--target', 'aws', '--accept-unknown', 'alarms');
  expect(code).toBe(1);
  expect(document).toMatchObject({ version: 1, verdict: 'unknown' });
  expect(document).not.toHaveProperty('plan');
  expect(endpoint.sent.filter(({ action }) => /^(Put|Update|Modify)/.test(action))).toEqual([]);
});

test.each([
  [['--execute', '--confirm', 'order'], /--confirm: is not the application.*received "order"/],
  [['--fault', 'errors'], /--fault: is for the lab/],
  [['--build', 'abc'], /--build: is no SHA-256/],
])('%j is refused on AWS, and nothing is sent', async (args, message) => {
  const { code, document } = await run('start', '--target', 'aws', ...args);
  expect(code).toBe(1);
  expect(`${document.error.message}`).toMatch(message);
  expect(endpoint.of('PutItem')).toEqual([]);
});

test('the status of a release under way is told, with exit 2; without any it is 0', async () => {
  expect(await run('status', '--target', 'aws')).toMatchObject({ code: 0, document: { id: null } });
  underWay();
  expect(await run('status', '--target', 'aws')).toMatchObject({
    code: 2,
    document: { id: 'release-1', stage: 'shift', percent: 10, region: 'us-west-2', ended: false },
  });
});

test('a pause is written for the controller, and ends the command', async () => {
  underWay();
  expect(await run('pause', '--target', 'aws')).toMatchObject({ code: 0, document: { paused: true } });
  expect(stored).toMatchObject({ version: { N: '5' }, holder: { S: 'c1' } });
  expect(endpoint.of('PutItem')[0]?.json).toMatchObject({ TableName: releaseNames('orders').table });
});

test('there is nothing to pause where none is under way', async () => {
  expect(await run('pause', '--target', 'aws')).toMatchObject({
    code: 1,
    document: { error: { code: 'not-found' } },
  });
});
