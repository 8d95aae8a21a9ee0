import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { systemClock } from '../../lib/runtime/clock';
import { RuntimeError } from '../../lib/runtime/errors';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';
import { healthRoutes } from '../../lib/service/http/health-routes';
import { HttpServer } from '../../lib/service/http/http-server';
import { orderRoutes } from '../../lib/service/orders/order-routes';
import type { AcceptedOrder } from '../../lib/service/orders/orders';
import type { Readiness } from '../../lib/service/readiness';

const ORDER: AcceptedOrder = {
  id: '7b0c1d3e-0000-4000-8000-000000000001',
  item: 'nut',
  quantity: 1,
  status: 'accepted',
  epoch: 4,
  region: 'us-east-2',
};
const lines: string[] = [];
const behaviour = {
  accept: async (): Promise<{ order: AcceptedOrder; replayed: boolean }> => ({
    order: ORDER,
    replayed: false,
  }),
  ready: true,
  fresh: [] as boolean[],
};
const found = async (id: string, fresh: boolean) => {
  behaviour.fresh.push(fresh);
  return id === ORDER.id ? { ...ORDER, status: 'fulfilled' as const, fulfilments: 1 } : undefined;
};

let server: HttpServer;
let base: string;

beforeEach(async () => {
  lines.length = 0;
  behaviour.fresh.length = 0;
  behaviour.accept = async () => ({ order: ORDER, replayed: false });
  server = new HttpServer({
    routes: [
      ...healthRoutes(() => ({ ready: behaviour.ready && !server.draining }) as Readiness),
      ...orderRoutes({
        orders: { accept: () => behaviour.accept() },
        reads: {
          list: async (ledger, after, limit) => ({ orders: [], next: after === 5 ? limit : null, ledger }),
          findMany: async () => new Map(),
        },
        cached: {
          read: async id => ({
            value: await found(id, false),
            source: id === ORDER.id ? 'stale' : 'load',
            ageMilliseconds: 2500,
          }),
          refresh: id => found(id, true),
        },
        maximumQuantity: () => 100,
        consistent: async () => {
          throw new Error('not asked for here');
        },
        position: async () => '4-ff',
      }),
    ],
    clock: systemClock,
    logger: jsonLogger({ clock: systemClock, write: line => lines.push(line), base: {} }),
    makeId: () => 'made-here',
    facts: () => ({ region: 'us-east-2', epoch: 4, retryAfterSeconds: 0.2 }),
  });
  base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
});
afterEach(() => server.stop(0));

const post = (body: unknown, headers: Record<string, string> = { 'idempotency-key': 'k' }) =>
  fetch(`${base}/orders`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('an order is answered with 201, Region, epoch and correlation id', async () => {
  const answer = await post(
    { item: 'nut', quantity: 1 },
    { 'idempotency-key': 'k', 'x-correlation-id': 'mine' },
  );
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual(ORDER);
  expect(answer.headers.get('x-correlation-id')).toBe('mine');
  expect(answer.headers.get('x-holdfast-region')).toBe('us-east-2');
  expect(answer.headers.get('x-holdfast-epoch')).toBe('4');
  expect(answer.headers.get('idempotent-replay')).toBeNull();
  expect(answer.headers.get('x-holdfast-position')).toBe('4-ff');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    message: 'request',
    correlationId: 'mine',
    status: 201,
  });
});

test('a replay is marked', async () => {
  behaviour.accept = async () => ({ order: ORDER, replayed: true });
  const answer = await post({ item: 'nut', quantity: 1 });
  expect([answer.status, answer.headers.get('idempotent-replay')]).toEqual([201, 'true']);
});

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['a list', []],
  ['no item', { quantity: 1 }],
  ['quantity 0', { item: 'nut', quantity: 0 }],
  ['quantity 1.5', { item: 'nut', quantity: 1.5 }],
  ['a text as quantity', { item: 'nut', quantity: '1' }],
  ['more than the configuration allows', { item: 'nut', quantity: 101 }],
  ['a ledger without its number', { item: 'nut', quantity: 1, ledger: 'a' }],
  ['a number without its ledger', { item: 'nut', quantity: 1, number: 3 }],
  ['a negative number', { item: 'nut', quantity: 1, ledger: 'a', number: -1 }],
  ['a zero byte, which the database cannot hold', { item: 'a\u0000b', quantity: 1 }],
])('a body with %s is a 400', async (_what, body) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { code: 'invalid-input', message: expect.any(String) },
  });
});

test('all problems of a body are told at once', async () => {
  const answer = (await (await post({ item: '', quantity: 0, number: -1 })).json()) as {
    error: { problems: { path: string }[] };
  };
  expect(answer.error.problems.map(problem => problem.path)).toEqual([
    'item',
    'quantity',
    'number',
    'number',
  ]);
});

test.each([{}, { 'idempotency-key': 'x'.repeat(129) }])('a wrong Idempotency-Key is a 400', async headers => {
  expect((await post({ item: 'nut', quantity: 1 }, headers as Record<string, string>)).status).toBe(400);
});

test.each([
  ['not-active', 503, 'not-active'],
  ['fenced', 503, 'not-active'],
  ['unavailable', 503, 'unavailable'],
  ['key-reused', 422, 'key-reused'],
] as const)('%s becomes %d %s', async (code, status, answered) => {
  behaviour.accept = async () => {
    throw new RuntimeError(code, 'because');
  };
  const answer = await post({ item: 'nut', quantity: 1 });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  const { error } = (await answer.json()) as { error: object };
  expect(error).toMatchObject({ code: answered, message: 'because' });
  if (status === 503) expect(error).toMatchObject({ region: 'us-east-2', epoch: 4 });
});

test('a bug is a 500 that tells nothing to the client and everything to the log', async () => {
  behaviour.accept = async () => {
    throw new TypeError('x.y is not a function');
  };
  const answer = await post({ item: 'nut', quantity: 1 });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('x.y');
  expect(lines.join()).toContain('x.y is not a function');
});

test('a body over the limit is a 413, announced or not, and ends the connection', async () => {
  const answer = await post({ item: 'nut'.repeat(10_000), quantity: 1 });
  expect(answer.status).toBe(413);
  const status = await new Promise<number | undefined>(resolve => {
    const call = httpRequest(
      `${base}/orders`,
      { method: 'POST', headers: { 'idempotency-key': 'k' } },
      response => resolve(response.statusCode),
    );
    call.on('error', () => undefined);
    for (let chunk = 0; chunk < 20; chunk += 1) call.write('x'.repeat(1024));
    call.end();
  });
  expect(status).toBe(413);
});

test.each([
  ['GET', '/nothing', 404],
  ['GET', '/orders/unknown', 404],
  ['DELETE', '/orders', 405],
  ['POST', '/orders/1', 405],
  ['POST', '/healthz', 405],
  ['GET', '/orders', 400],
  ['GET', '/orders?ledger=a&limit=0', 400],
  ['GET', '/orders?ledger=a&limit=1001', 400],
  ['GET', '/orders?ledger=a&after=x', 400],
  ['GET', '/orders?ledger=a&after=5&limit=7', 200],
  ['HEAD', '/healthz', 200],
])('%s %s is a %d', async (method, path, status) => {
  const answer = await fetch(base + path, { method });
  expect(answer.status).toBe(status);
  if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|POST/);
});

test('Cache-Control: no-cache reads past the cache', async () => {
  await fetch(`${base}/orders/${ORDER.id}`);
  const answer = await fetch(`${base}/orders/${ORDER.id}`, { headers: { 'cache-control': 'no-cache' } });
  expect(await answer.json()).toEqual({ ...ORDER, status: 'fulfilled', fulfilments: 1 });
  expect(behaviour.fresh).toEqual([false, true]);
});

test('an answer that is served past its time, since the database is away, says so and how old it is', async () => {
  const answer = await fetch(`${base}/orders/${ORDER.id}`);
  expect([answer.headers.get('age'), answer.headers.get('x-holdfast-stale')]).toEqual(['2', 'true']);
});

test('readyz follows readiness, healthz does not', async () => {
  behaviour.ready = false;
  expect((await fetch(`${base}/readyz`)).status).toBe(503);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  behaviour.ready = true;
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

test('stopping finishes what is in hand, is not ready meanwhile, then refuses connections', async () => {
  let finish: (() => void) | undefined;
  behaviour.accept = () =>
    new Promise(resolve => {
      finish = () => resolve({ order: ORDER, replayed: false });
    });
  const inHand = post({ item: 'nut', quantity: 1 });
  while (finish === undefined) await systemClock.sleep(5);
  const stopped = server.stop(300);
  const ready = await fetch(`${base}/readyz`);
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
  let refused = false;
  while (!refused) {
    refused = await new Promise<boolean>(resolve => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      socket.once('connect', () => resolve(!socket.destroy()));
      socket.once('error', () => resolve(true));
    });
    await systemClock.sleep(20);
  }
  finish();
  expect((await inHand).status).toBe(201);
  await stopped;
});
