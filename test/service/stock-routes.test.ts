import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { HttpError, type HttpRequest } from '../../lib/service/http/http-types';
import { projectionTurn } from '../../lib/service/saga/saga-worker';
import { StockReads } from '../../lib/service/stock/stock-reads';
import { stockRoutes } from '../../lib/service/stock/stock-routes';
import { OrdersWorld, TestLease, type TestProcess } from '../helpers/orders-world';
import { startDatabase, type TestDatabase } from '../helpers/postgres';

jest.setTimeout(120_000);

const REGION = 'us-east-2';
let database: TestDatabase;
let world: OrdersWorld;

beforeAll(async () => {
  database = await startDatabase([REGION]);
  world = new OrdersWorld(database, REGION);
});
beforeEach(() => world.reset());
afterAll(async () => {
  await world.pool.close();
  await database.stop();
});

const request = (item: string, body?: unknown, key: string | undefined = 'key'): HttpRequest => ({
  method: body === undefined ? 'GET' : 'POST',
  query: () => new URLSearchParams(),
  peerAddress: undefined,
  client: () => undefined,
  gone: () => false,
  parameters: [item],
  correlationId: 'correlation',
  header: name => (name === 'idempotency-key' ? key : undefined),
  json: async () => body,
});

function routesOf({ lease, fenced }: TestProcess) {
  const [get, post] = stockRoutes({
    application: 'orders',
    activation: lease.activation,
    fenced,
    reads: new StockReads(world.pool),
    idempotencySeconds: () => 3600,
  });
  if (get === undefined || post === undefined) throw new Error('two routes are expected');
  return { get, post };
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    error => (error instanceof HttpError ? [error.status, error.code] : error.code),
  );

test('pieces that come in are there once for a key, and read when the read model has them', async () => {
  const process = world.process();
  const { get, post } = routesOf(process);
  const item = 'nut 1/2';
  const encoded = encodeURIComponent(item);
  expect(post.pattern.exec(`/stock/${encoded}`)?.[1]).toBe(encoded);
  const first = await post.handle(request(encoded, { quantity: 5 }));
  expect(first).toEqual({ status: 201, body: { item, quantity: 5 }, headers: {} });
  const again = await post.handle(request(encoded, { quantity: 5 }));
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replay': 'true' } });
  expect(await refusal(post.handle(request(encoded, { quantity: 6 })))).toBe('key-reused');
  expect(await refusal(get.handle(request(encoded)))).toEqual([404, 'not-found']);
  const turn = projectionTurn({ fenced: process.fenced, logger: silentLogger });
  while (await turn(1));
  expect((await get.handle(request(encoded))).body).toEqual({ item, available: 5, reserved: 0 });
  const { rows } = await world.pool.query(
    'SELECT actor, correlation_id, type FROM events WHERE stream = $1',
    [`stock-${item}`],
  );
  expect(rows).toEqual([{ actor: 'stock-clerk', correlation_id: 'correlation', type: 'stock.received' }]);
});

test.each([0, -1, 1.5, '5', 1_000_000_001, null, undefined])(
  'a quantity of %p is refused',
  async quantity => {
    const { post } = routesOf(world.process());
    expect(await refusal(post.handle(request('nut', { quantity })))).toEqual([400, 'invalid-input']);
  },
);

test('a name that is no URL text, no key, and no body are refused', async () => {
  const { get, post } = routesOf(world.process());
  expect(await refusal(get.handle(request('%zz')))).toEqual([400, 'invalid-input']);
  expect(await refusal(post.handle(request('nut', null)))).toEqual([400, 'invalid-input']);
  expect(await refusal(post.handle(request('nut', { quantity: 1 }, '')))).toEqual([400, 'invalid-input']);
  expect(post.pattern.test(`/stock/${'n'.repeat(201)}`)).toBe(false);
});

test('without a lease nothing comes in, and what an older epoch brings is fenced', async () => {
  const lease = new TestLease();
  const { post } = routesOf(world.process(lease));
  lease.held = false;
  expect(await refusal(post.handle(request('nut', { quantity: 1 })))).toBe('not-active');
  await routesOf(world.process(new TestLease(2))).post.handle(request('bolt', { quantity: 1 }));
  lease.held = true;
  expect(await refusal(post.handle(request('nut', { quantity: 1 })))).toBe('fenced');
});
