import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { handler as QueueHandler } from '../../lib/handlers/queue-worker';

let folder: string;
let api: Server;
let active: string;
/** Spans that the collector was given. */
let spans: { name: string; traceId: string; parentSpanId?: string; status: { code?: number } }[];
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
    if (request.url === '/v1/traces') {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        spans.push(...JSON.parse(body).resourceSpans[0].scopeSpans[0].spans);
        response.end('{}');
      });
      return;
    }
    if (String(request.headers['x-amz-target']).endsWith('.PutRecordBatch')) {
      response.end(JSON.stringify({ FailedPutCount: 0, RequestResponses: [] }));
      return;
    }
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
  spans = [];
  delete process.env.HOLDFAST_OTLP_ENDPOINT;
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

describe('a trace goes on in a function, and is delivered before the function is frozen', () => {
  const traceId = 'a'.repeat(32);
  const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
  const parent = { traceId, parentSpanId: 'b'.repeat(16) };
  beforeEach(() => {
    process.env.HOLDFAST_OTLP_ENDPOINT = process.env.AWS_ENDPOINT_URL;
    process.env.HOLDFAST_WORK_MODULE = path.join(folder, 'work.cjs');
  });
  const shard = (data: object, eventSourceARN = 'arn:aws:kinesis:us-east-2:1:stream/changes') => ({
    kinesis: { sequenceNumber: '1', data: Buffer.from(JSON.stringify(data)).toString('base64') },
    eventSourceARN,
  });

  test('from a message of a queue', async () => {
    const messageAttributes = { traceparent: { stringValue: traceparent } };
    const eventSourceARN = 'arn:aws:sqs:us-east-2:111111111111:orders-work';
    const [good, bad] = Records.map(record => ({ ...record, messageAttributes, eventSourceARN }));
    await load('queue-worker')({ Records: [good, bad] } as never);
    expect(spans).toHaveLength(2);
    for (const span of spans) expect(span).toMatchObject({ ...parent, name: 'orders-work process' });
    expect(spans.map(({ status }) => status.code ?? 0).sort()).toEqual([0, 2]);
  });

  test('from a record of a stream, under its correlation id', async () => {
    writeFileSync(path.join(folder, 'ids.cjs'), 'exports.work = async () => {};');
    process.env.HOLDFAST_WORK_MODULE = path.join(folder, 'ids.cjs');
    await load('stream-worker')({ Records: [shard({ traceparent, correlationId: 'mine' })] } as never);
    const correlationId = { key: 'correlationId', value: { stringValue: 'mine' } };
    expect(spans).toEqual([expect.objectContaining({ ...parent, name: 'changes process' })]);
    expect(spans[0]).toMatchObject({ attributes: expect.arrayContaining([correlationId]) });
  });

  test('through the feed of changes, when one trace is all of its batch', async () => {
    process.env.HOLDFAST_DELIVERY_STREAM = 'feed';
    const change = { id: '1', entity: 'orders', key: 'k', type: 'inserted', at: '2026-01-01T00:00:00.000Z' };
    const own = shard({ ...change, traceparent });
    const feed = load('change-feed');
    expect(await feed({ Records: [own, own] } as never)).toEqual({ batchItemFailures: [] });
    expect(spans).toEqual([expect.objectContaining(parent)]);
    // No change: not delivered, and the span says so.
    await feed({ Records: [own, shard({ nothing: true })] } as never);
    expect(spans).toHaveLength(2);
    expect(spans[1]).toMatchObject({ status: { code: 2 } });
    expect(spans[1]?.traceId).not.toBe(traceId);
  });

  test('and the name of the source is a queue, a stream, a table or a topic', () => {
    const { sourceOf } = jest.requireActual<typeof import('../../lib/handlers/worker-parts')>(
      '../../lib/handlers/worker-parts',
    );
    const of = (eventSourceARN: string) => sourceOf({ Records: [{ eventSourceARN }] });
    expect(of('arn:aws:sqs:us-east-2:1:work.fifo')).toBe('work.fifo');
    expect(of('arn:aws:kinesis:us-east-2:1:stream/changes')).toBe('changes');
    expect(of('arn:aws:dynamodb:us-east-2:1:table/orders/stream/2026-01-01T00:00:00.000')).toBe('orders');
    expect(sourceOf({ records: { 'orders-topic-3': [] } })).toBe('orders-topic');
    expect(sourceOf({})).toBe('unnamed');
  });
});
