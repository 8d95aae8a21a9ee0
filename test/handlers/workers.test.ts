import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { handler as QueueHandler } from '../../lib/handlers/queue-worker';

let folder: string;
let api: Server;
let active: string;
/** Operations that were asked of DynamoDB. */
let calls: string[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-work-'));
  writeFileSync(
    path.join(folder, 'work.cjs'),
    `exports.work = async ({ body }) => { if (body.bad) throw new Error('bad'); };`,
  );
  writeFileSync(path.join(folder, 'nothing.cjs'), '');
  api = createServer((request, response) => {
    calls.push(String(request.headers['x-amz-target']));
    const Item = { epoch: { N: '3' }, phase: { S: 'active' }, region: { S: active } };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ Item }));
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-2',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_WORK_MODULE: path.join(folder, 'work.cjs'),
    HOLDFAST_LOG_LEVEL: 'error',
  });
});
afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  active = 'us-east-2';
  calls = [];
  delete process.env.HOLDFAST_PARKING_TABLE;
  jest.resetModules();
});

const load = (name: string) =>
  jest.requireActual<{ handler: typeof QueueHandler }>(`../../lib/handlers/${name}`).handler;
const message = (messageId: string, body: object) => ({ messageId, body: JSON.stringify(body) });
const Records = [message('a', {}), message('b', { bad: true })];

test('the handler of a queue runs the work of its module, and asks the register first', async () => {
  expect(await load('queue-worker')({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
  active = 'us-west-2';
  expect((await load('queue-worker')({ Records })).batchItemFailures).toHaveLength(2);
});

test('the handler of a stream runs the work of its module', async () => {
  const data = Buffer.from('{"bad": true}').toString('base64');
  process.env.HOLDFAST_WORK_MODULE = path.join(folder, 'stream.cjs');
  writeFileSync(
    process.env.HOLDFAST_WORK_MODULE,
    `exports.work = async d => { if (d.bad) throw new Error('bad'); };`,
  );
  const event = { Records: [{ kinesis: { sequenceNumber: '9', data } }] } as unknown as { Records: [] };
  expect(await load('stream-worker')(event)).toEqual({ batchItemFailures: [{ itemIdentifier: '9' }] });
});

test('BP-17: a message that is no JSON is parked where there is a table for it, and comes again where there is none', async () => {
  const broken = { Records: [{ messageId: 'x', body: '{' }] };
  expect((await load('queue-worker')(broken)).batchItemFailures).toHaveLength(1);
  process.env.HOLDFAST_PARKING_TABLE = 'parked';
  process.env.HOLDFAST_WORK_MODULE = path.join(folder, 'work.cjs');
  jest.resetModules();
  expect(await load('queue-worker')(broken)).toEqual({ batchItemFailures: [] });
  expect(calls.filter(call => call.endsWith('.PutItem'))).toHaveLength(1);
});

test('a module without work, and an environment without a module, say so', async () => {
  process.env.HOLDFAST_WORK_MODULE = path.join(folder, 'nothing.cjs');
  expect(() => load('queue-worker')({ Records })).toThrow(/exports no function `work`/);
  delete process.env.HOLDFAST_WORK_MODULE;
  expect(() => load('stream-worker')({ Records })).toThrow(/HOLDFAST_WORK_MODULE: is missing/);
});
