import type { HookEvent, handler } from '../../lib/handlers/deploy-interlock';
import { InterlockWorld, lockedAt, recordIn } from '../helpers/interlock-world';

const world = new InterlockWorld();
let ask: typeof handler;

const event = (stack: string): HookEvent => ({
  clientRequestToken: 'token-1',
  stackId: `arn:aws:cloudformation:us-west-2:000000000000:stack/${stack}/0b1`,
  actionInvocationPoint: 'UPDATE_PRE_PROVISION',
  requestData: { targetName: 'STACK', targetLogicalId: stack },
});

beforeAll(async () => {
  const endpoint = await world.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-west-2',
    HOLDFAST_REGISTER_TABLE: 'orders-register',
    HOLDFAST_BREAK_GLASS: '/orders/interlock/break-glass',
    HOLDFAST_EXEMPT_STACKS: 'orders-operations',
  });
  ask = jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/deploy-interlock').handler;
});
afterAll(() => world.stop());

beforeEach(() => {
  Object.assign(world, { items: { register: recordIn('active') }, leave: undefined, down: [] });
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
  world.items.register = recordIn('promoting');
  expect((await ask(event('orders-data'))).hookStatus).toBe('FAILED');
  expect((await ask({})).hookStatus).toBe('FAILED');
});

test('what cannot be read is refused', async () => {
  world.down = 'all';
  const refused = await ask(event('orders-data'));
  expect(refused).toMatchObject({ hookStatus: 'FAILED', errorCode: 'InternalFailure' });
  expect(refused.message).toContain('cannot be read');
});

test('a damaged record is refused', async () => {
  world.items.register = { epoch: { N: 'x' } };
  expect(await ask(event('orders-data'))).toMatchObject({ errorCode: 'InternalFailure' });
});

test('what cannot be read is let through by leave, as the refusal says', async () => {
  world.down = 'table';
  world.leave = JSON.stringify({
    by: 'ann',
    reason: 'the fix for the outage',
    until: new Date(Date.now() + 60_000).toISOString(),
  });
  const answered = await ask(event('orders-data'));
  expect(answered).toMatchObject({ hookStatus: 'SUCCESS' });
  expect(answered.message).toContain('by leave of ann');
  expect(lines()).toEqual([expect.objectContaining({ refusal: expect.stringContaining('cannot be read') })]);
});

test('its own stack can always be repaired', async () => {
  world.down = 'all';
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
