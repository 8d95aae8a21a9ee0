import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiFunction, type HttpFunction } from '../../lib/service/functions/function-api';
import type { ApiEvent, HttpEvent } from '../../lib/service/functions/function-events';
import { type FunctionParts, functionParts } from '../../lib/service/functions/function-parts';
import { type WorkerFunction, workerFunction } from '../../lib/service/functions/function-worker';
import { closeParts } from '../../lib/service/parts';
import { ensureSchema } from '../../lib/service/schema';
import { OrdersWorld } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
const QUEUE = `arn:aws:sqs:${REGION}:111111111111:orders`;
interface Sent {
  Id: string;
  MessageBody: string;
  MessageAttributes: Record<string, { StringValue: string }>;
}

let database: TestDatabase;
let world: OrdersWorld;
let aws: Server;
/** What the register says; nothing when it does not answer. */
let record: { epoch: number; phase: string; region: string } | undefined;
/** The register never goes back, not even between tests. */
let epoch = 0;
let sent: Sent[];
let api: { handle: HttpFunction } & FunctionParts;
let worker: { handle: WorkerFunction } & FunctionParts;

function awsAnswer(target: string, body: string): [status: number, answer: object] {
  if (target.endsWith('.GetItem') && record !== undefined) {
    const { epoch, phase, region } = record;
    return [200, { Item: { epoch: { N: String(epoch) }, phase: { S: phase }, region: { S: region } } }];
  }
  if (target.endsWith('.SendMessageBatch')) {
    sent.push(...(JSON.parse(body) as { Entries: Sent[] }).Entries);
    return [200, { Successful: [], Failed: [] }];
  }
  return [400, { __type: 'ResourceNotFoundException' }];
}

/** AppConfig's data API, which knows the profile of flags and no other. */
function flagsAnswer(path: string, body: string): [status: number, answer: object] {
  if (path.includes('token=flags')) return [200, { 'orders-fan-out': { enabled: false } }];
  if (body.includes('"flags"')) return [201, { InitialConfigurationToken: 'flags' }];
  return [400, { __type: 'ResourceNotFoundException' }];
}

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
  await ensureSchema(world.pool);
  aws = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const [status, answer] = request.url?.startsWith('/configuration')
        ? flagsAnswer(request.url, body)
        : awsAnswer(String(request.headers['x-amz-target']), body);
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>(resolve => aws.listen(0, '127.0.0.1', resolve));
  const { host, port, name, user, authentication } = database.settings(REGION);
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const environment = {
    HOLDFAST_APPLICATION: 'orders',
    AWS_REGION: REGION,
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    // Longer than the test: a lease that was never dropped would hold to its end.
    HOLDFAST_LEASE_SECONDS: '300',
    HOLDFAST_DATABASE_HOST: host,
    HOLDFAST_DATABASE_PORT: String(port),
    HOLDFAST_DATABASE_NAME: name,
    HOLDFAST_DATABASE_USER: user,
    HOLDFAST_DATABASE_AUTH: `file:${'path' in authentication ? authentication.path : ''}`,
    HOLDFAST_CACHE_URL: 'redis://127.0.0.1:1',
    HOLDFAST_QUEUE_URL: `${endpoint}/orders`,
    HOLDFAST_CONFIG: 'orders/live/service',
    HOLDFAST_FLAGS: 'orders/live/flags',
    HOLDFAST_LOG_LEVEL: 'error',
    AWS_ENDPOINT_URL: endpoint,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[1]abc',
  };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const ofApi = functionParts('orders-api', environment);
  api = { ...ofApi, handle: apiFunction(ofApi) };
  const ofWorker = functionParts('orders-worker', environment);
  worker = { ...ofWorker, handle: workerFunction(ofWorker) };
});
beforeEach(async () => {
  epoch += 10;
  record = { epoch, phase: 'active', region: REGION };
  sent = [];
  await world.reset();
  await world.pool.query('TRUNCATE sagas, saga_steps, lab_payments, stock_reservations');
});
afterAll(async () => {
  await Promise.all([closeParts(api.parts), closeParts(worker.parts), world.pool.close()]);
  await database.stop();
  aws.closeAllConnections();
  aws.close();
});

/** As an HTTP API sends it in payload format 2.0. */
const request = (method: string, path: string, more: Partial<ApiEvent> = {}): ApiEvent => ({
  rawPath: path,
  rawQueryString: '',
  headers: { accept: '*/*', 'content-type': 'application/json', 'idempotency-key': 'key-1' },
  requestContext: { stage: '$default', http: { method, sourceIp: '203.0.113.7' } },
  isBase64Encoded: false,
  ...more,
});
const order = (body: object = { item: 'nut', quantity: 2 }) =>
  request('POST', '/orders', { body: JSON.stringify(body) });
const ask = async (event: HttpEvent) => {
  const { body, ...answer } = await api.handle(event);
  return { ...answer, body: body === '' ? undefined : JSON.parse(body) };
};
/** As an event source mapping hands over what was sent. */
const batchOf = (messages: readonly Sent[]) =>
  messages.map(({ Id, MessageBody, MessageAttributes }) => ({
    messageId: Id,
    body: MessageBody,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, { stringValue: value.StringValue }]),
    ),
    eventSourceARN: QUEUE,
  }));
const context = { getRemainingTimeInMillis: () => 60_000 };

test('flags hold in a function from its first invocation on, as in a clone', async () => {
  expect(api.parts.flags.value.isOn('orders-fan-out', true)).toBe(true);
  await ask(request('GET', '/healthz'));
  expect(api.parts.flags.value.isOn('orders-fan-out', true)).toBe(false);
});

test('an order is taken once, sent on at once, and fulfilled once; what failed alone comes again', async () => {
  const first = await ask(order());
  expect(first).toMatchObject({
    statusCode: 201,
    body: { item: 'nut', status: 'accepted', epoch, region: REGION },
    headers: { 'x-holdfast-epoch': String(epoch), 'x-correlation-id': expect.any(String) },
  });
  const again = await ask(order());
  expect(again).toMatchObject({ body: first.body, headers: { 'idempotent-replay': 'true' } });
  expect((await ask(order({ item: 'bolt', quantity: 1 }))).statusCode).toBe(422);
  expect(sent).toHaveLength(1);
  const [record] = batchOf(sent);
  expect(record?.messageAttributes.correlationId?.stringValue).toBe(first.headers['x-correlation-id']);
  const foreign = { ...record, messageId: 'foreign', body: '{"version":1}' };
  const unknown = {
    ...record,
    messageId: 'unknown',
    body: JSON.stringify({ version: 1, orderId: '00000000-0000-4000-8000-000000000000', epoch: 1 }),
  };
  // What is no work of ours is parked, and does not come again; the order that nobody knows does.
  const answer = await worker.handle({ Records: [record, foreign, unknown, record] as never }, context);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'unknown' }] });
  const { rows } = await world.pool.query(
    `SELECT (SELECT count(*) FROM effects)::int AS effects, (SELECT count(*) FROM parked_messages)::int AS parked,
       (SELECT worker FROM effects) AS worker`,
  );
  expect(rows).toEqual([{ effects: 1, parked: 1, worker: '2026/01/01/[1]abc' }]);
  const read = await ask(request('GET', `/orders/${first.body.id}`));
  expect(read).toMatchObject({ statusCode: 200, body: { status: 'fulfilled' } });
});

test('a function that was frozen trusts no lease of the time before, however young it looks', async () => {
  expect((await ask(order())).statusCode).toBe(201);
  expect(api.parts.keeper.current().held).toBe(true);
  record = { epoch: epoch + 1, phase: 'active', region: 'us-west-2' };
  const key = { 'idempotency-key': 'key-2' };
  const refused = await ask({ ...order(), headers: key } as ApiEvent);
  expect(refused).toMatchObject({
    statusCode: 503,
    body: { error: { code: 'not-active', epoch: epoch + 1 } },
  });
  expect(refused.headers['retry-after']).toBe('1');
  const messages = batchOf(sent);
  const returned = await worker.handle({ Records: messages }, context);
  expect(returned.batchItemFailures).toEqual(messages.map(each => ({ itemIdentifier: each.messageId })));
  record = undefined;
  expect((await ask({ ...order(), headers: key } as ApiEvent)).body.error.code).toBe('not-active');
  expect((await worker.handle({ Records: messages }, context)).batchItemFailures).toHaveLength(1);
  // Reading goes on, and says that it is not the writer's Region.
  expect((await ask(request('GET', '/orders', { rawQueryString: 'ledger=test' }))).statusCode).toBe(200);
  expect((await ask(request('GET', '/readyz'))).statusCode).toBe(503);
  record = { epoch: epoch + 2, phase: 'active', region: REGION };
  expect((await ask({ ...order(), headers: key } as ApiEvent)).body).toMatchObject({ epoch: epoch + 2 });
});

test('each tick of the schedule works sagas, read models and what was not sent', async () => {
  const item = 'ticked';
  await ask(request('POST', `/stock/${item}`, { body: '{"quantity":5}' }));
  const body = { customer: 'ann', item, quantity: 2, cents: 500 };
  const placed = await ask({ ...order(body), headers: { 'idempotency-key': 'paid' } } as ApiEvent);
  expect(placed.statusCode).toBe(201);
  expect(sent).toHaveLength(0);
  await worker.handle({}, context);
  expect(sent).toHaveLength(1);
  expect((await ask(request('GET', `/stock/${item}`))).body).toEqual({ item, available: 3, reserved: 2 });
  const statusOf = async () =>
    (await ask(request('GET', '/orders', { rawQueryString: 'customer=ann' }))).body.orders[0].status;
  expect(await statusOf()).toBe('confirmed');
  await worker.handle({ Records: batchOf(sent) }, context);
  await worker.handle({}, context);
  expect(await statusOf()).toBe('fulfilled');
  const ready = await ask(request('GET', '/readyz'));
  expect(ready).toMatchObject({
    statusCode: 200,
    body: { events: { sagas: { running: 0, stuck: 0 }, projections: expect.any(Array) } },
  });
  // With no time left nothing is begun.
  await ask({ ...order(body), headers: { 'idempotency-key': 'later' } } as ApiEvent);
  await worker.handle({}, { getRemainingTimeInMillis: () => 1000 });
  expect((await ask(request('GET', '/readyz'))).body.events.sagas.running).toBe(1);
});

describe('a request', () => {
  test('of a named stage, in base64, and too large', async () => {
    const http = { method: 'POST', sourceIp: '203.0.113.7' };
    const body = Buffer.from('{"item":"nut","quantity":1}').toString('base64');
    const staged = request('POST', '/prod/orders', {
      body,
      isBase64Encoded: true,
      requestContext: { stage: 'prod', http },
    });
    expect((await ask(staged)).statusCode).toBe(201);
    const large = { item: 'n'.repeat(20_000), quantity: 1 };
    expect((await ask(order(large))).statusCode).toBe(413);
    expect((await ask(request('POST', '/orders', { body: '{' }))).body.error.code).toBe('invalid-input');
  });

  test('of a load balancer, and one that asks for no body', async () => {
    const balancer = (method: string, path: string, queryStringParameters = {}) =>
      ({
        httpMethod: method,
        path,
        queryStringParameters,
        headers: { host: 'orders' },
        body: '',
      }) as HttpEvent;
    expect((await ask(balancer('GET', '/healthz'))).statusCode).toBe(200);
    expect((await ask(balancer('GET', '/orders', { ledger: 'a%2Fb' }))).statusCode).toBe(400);
    expect((await ask(balancer('GET', '/orders', { ledger: 'ab' }))).statusCode).toBe(200);
    const head = await ask(balancer('HEAD', '/healthz'));
    expect(head).toMatchObject({ statusCode: 200, body: undefined });
    expect((await ask(balancer('GET', '/nothing'))).statusCode).toBe(404);
  });
});

test('the handlers name every problem of an environment that is not usable', async () => {
  delete process.env.HOLDFAST_QUEUE_URL;
  for (const name of ['orders-api', 'orders-worker']) {
    const { handler } = jest.requireActual(`../../lib/handlers/${name}`);
    await expect(handler({}, context)).rejects.toThrow(
      /HOLDFAST_DATABASE_AUTH: is missing.*HOLDFAST_QUEUE_URL: is missing/s,
    );
  }
});
