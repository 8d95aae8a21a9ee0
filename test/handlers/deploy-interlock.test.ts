import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HookEvent, handler } from '../../lib/handlers/deploy-interlock';

/** A stand-in for DynamoDB and Parameter Store that can fail, which the real ones would not do when asked to. */
const world = {
  items: {} as Record<string, object>,
  leave: undefined as string | undefined,
  isDown: false,
  consistent: [] as unknown[],
};
let api: Server;
let ask: typeof handler;

const event = (stack: string): HookEvent => ({
  clientRequestToken: 'token-1',
  stackId: `arn:aws:cloudformation:us-west-2:000000000000:stack/${stack}/0b1`,
  actionInvocationPoint: 'UPDATE_PRE_PROVISION',
  requestData: { targetName: 'STACK', targetLogicalId: stack },
});

function answer(target: string, body: { Key?: { pk: { S: string } }; ConsistentRead?: boolean }) {
  if (world.isDown) return { status: 500, value: { __type: 'InternalServerError' } };
  if (target.endsWith('GetItem')) {
    world.consistent.push(body.ConsistentRead);
    return { status: 200, value: { Item: world.items[body.Key?.pk.S ?? ''] } };
  }
  if (world.leave === undefined) return { status: 400, value: { __type: 'ParameterNotFound' } };
  return { status: 200, value: { Parameter: { Value: world.leave } } };
}

beforeAll(async () => {
  api = createServer((message, response) => {
    let body = '';
    message.on('data', chunk => {
      body += chunk;
    });
    message.on('end', () => {
      const { status, value } = answer(String(message.headers['x-amz-target']), JSON.parse(body));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-west-2',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_BREAK_GLASS: '/orders/interlock/break-glass',
    HOLDFAST_EXEMPT_STACKS: 'orders-operations',
  });
  ask = jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/deploy-interlock').handler;
});
afterAll(() => {
  api.closeAllConnections();
  api.close();
});

const record = (phase: string) => ({ epoch: { N: '4' }, phase: { S: phase }, region: { S: 'us-east-2' } });
const lockedAt = (time: number) => ({
  drillId: { S: 'd1' },
  holder: { S: 'ann' },
  heartbeatAt: { S: `${new Date(time).toISOString()}/1.000` },
  leaseSeconds: { N: '30' },
});

beforeEach(() => {
  Object.assign(world, { items: { register: record('active') }, leave: undefined, isDown: false });
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => jest.restoreAllMocks());

const lines = () =>
  jest.mocked(process.stdout.write).mock.calls.map(([line]) => JSON.parse(String(line)) as object);

test('lets a deploy begin while nothing is under way, by its own Region alone', async () => {
  expect(await ask(event('orders-data'))).toMatchObject({
    hookStatus: 'SUCCESS',
    clientRequestToken: 'token-1',
  });
  expect(new Set(world.consistent)).toEqual(new Set([false]));
});

test('refuses while a drill holds its lock, and says until when and how to deploy all the same', async () => {
  world.items['drill-lock'] = lockedAt(Date.now());
  const refused = await ask(event('orders-data'));
  expect(refused).toMatchObject({ hookStatus: 'FAILED', errorCode: 'NonCompliant' });
  expect(refused.message).toMatch(
    /drill d1 of ann is under way\. It binds until \S+Z.*holdfast interlock open/,
  );
  expect(lines()).toEqual([
    expect.objectContaining({
      message: 'interlock.refused',
      stack: 'orders-data',
      operation: 'STACK UPDATE_PRE_PROVISION',
    }),
  ]);
});

test('refuses while a move stands still, and when the event names no stack', async () => {
  world.items.register = record('promoting');
  expect((await ask(event('orders-data'))).hookStatus).toBe('FAILED');
  expect((await ask({})).hookStatus).toBe('FAILED');
});

test('what cannot be read is refused', async () => {
  world.isDown = true;
  const refused = await ask(event('orders-data'));
  expect(refused).toMatchObject({ hookStatus: 'FAILED', errorCode: 'InternalFailure' });
  expect(refused.message).toContain('cannot be read');
});

test('a damaged record is refused', async () => {
  world.items.register = { epoch: { N: 'x' } };
  expect(await ask(event('orders-data'))).toMatchObject({ errorCode: 'InternalFailure' });
});

test('its own stack can always be repaired', async () => {
  world.isDown = true;
  expect((await ask(event('orders-operations'))).hookStatus).toBe('SUCCESS');
  expect((await ask(event('orders-operations-2'))).hookStatus).toBe('FAILED');
});

test('leave of a person is heeded and leaves a trace', async () => {
  world.items['drill-lock'] = lockedAt(Date.now());
  world.leave = JSON.stringify({
    by: 'ann',
    reason: 'the fix for the outage',
    until: new Date(Date.now() + 60_000).toISOString(),
  });
  const answered = await ask(event('orders-data'));
  expect(answered.hookStatus).toBe('SUCCESS');
  expect(answered.message).toContain('by leave of ann');
  expect(lines()).toEqual([
    expect.objectContaining({
      level: 'warn',
      message: 'interlock.broken-glass',
      by: 'ann',
      reason: 'the fix for the outage',
    }),
  ]);
});
