// The edge of a clone over real sockets: limits, shedding, deadlines, consistency, and what is no HTTP.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { systemClock } from '../../lib/runtime/clock';
import { Admission } from '../../lib/runtime/edge/admission';
import { LocalLimits } from '../../lib/runtime/edge/local-limits';
import { RateLimiter } from '../../lib/runtime/edge/rate-limiter';
import { RuntimeError } from '../../lib/runtime/errors';
import type { ReadRequest } from '../../lib/runtime/reads/consistent-reads';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import { healthRoutes } from '../../lib/service/http/health-routes';
import { HttpEdge } from '../../lib/service/http/http-edge';
import { HttpServer } from '../../lib/service/http/http-server';
import { orderRoutes } from '../../lib/service/orders/order-routes';
import type { OrderAttempt } from '../../lib/service/orders/orders';
import type { Readiness } from '../../lib/service/readiness';

const ORDER = {
  id: 'a',
  item: 'nut',
  quantity: 1,
  status: 'accepted',
  epoch: 4,
  region: 'us-east-2',
} as const;
const VIEW = { ...ORDER, fulfilments: 0 };

interface World {
  accept: (attempt: OrderAttempt) => Promise<{ order: typeof ORDER; replayed: boolean }>;
  asked: ReadRequest[];
  accepted: number;
}
let server: HttpServer;
let base: string;
let world: World;

async function start(options: { inHand?: number; limit?: number; milliseconds?: number } = {}) {
  world = { accept: async () => ({ order: ORDER, replayed: false }), asked: [], accepted: 0 };
  const policies = [{ name: 'rate', kind: 'rate' as const, limit: options.limit ?? 1, windowSeconds: 60 }];
  const counts = new LocalLimits({ clock: systemClock, policies, share: 1 });
  const shared = { take: async (client: string) => counts.take(client) };
  const clock = systemClock;
  server = new HttpServer({
    routes: [
      ...healthRoutes(() => ({ ready: true }) as Readiness),
      ...orderRoutes({
        orders: {
          accept: attempt => {
            world.accepted += 1;
            return world.accept(attempt);
          },
        },
        reads: { list: async () => ({ orders: [], next: null }), findMany: async () => new Map() },
        cached: {
          read: async () => ({ value: VIEW, source: 'load', ageMilliseconds: 0 }),
          refresh: async () => VIEW,
        },
        maximumQuantity: () => 100,
        async consistent(request, work) {
          world.asked.push(request);
          if (request.after?.epoch === 3) throw new RuntimeError('stale', 'too old');
          const value = await work({
            find: async () => VIEW,
            list: async () => ({ orders: [], next: null }),
          });
          return { value, from: 'follower', lagMilliseconds: 12.3 };
        },
        position: async () => undefined,
      }),
    ],
    clock,
    logger: silentLogger,
    makeId: () => 'made-here',
    facts: () => ({ region: 'us-east-2', epoch: 4, retryAfterSeconds: 1 }),
    edge: new HttpEdge({
      clock,
      admission: new Admission({
        clock,
        maximumInHand: options.inHand ?? 10,
        targetMilliseconds: 20,
        intervalMilliseconds: 60,
      }),
      limiter:
        options.limit === undefined
          ? undefined
          : new RateLimiter({ shared, policies, localShare: 1, clock, logger: silentLogger }),
      identity: {
        trustedHops: 1,
        knownKeys: new Set(['alpha', 'beta'].map(key => createHash('sha256').update(key).digest('hex'))),
      },
      requestMilliseconds: options.milliseconds ?? 5000,
    }),
  });
  base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
}
afterEach(() => server.stop(0));

const post = (headers: Record<string, string> = {}) =>
  fetch(`${base}/orders`, {
    method: 'POST',
    headers: { 'idempotency-key': 'k', ...headers },
    body: JSON.stringify({ item: 'nut', quantity: 1 }),
  });
const bodyOf = async (answer: Response) =>
  ((await answer.json()) as { error: Record<string, unknown> }).error;
const never = () => new Promise<never>(() => undefined);

test('a client over its limit is told 429, when to come again, and what its limit is; another is served', async () => {
  await start({ limit: 2 });
  const first = await post();
  expect(first.headers.get('ratelimit')).toBe('"rate";r=1;t=30');
  expect(first.headers.get('ratelimit-policy')).toBe('"rate";q=2;w=60');
  await post();
  const refused = await post({ 'x-api-key': 'invented' });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('30');
  expect(refused.headers.get('ratelimit')).toMatch(/^"rate";r=0;t=60$/);
  expect(await bodyOf(refused)).toMatchObject({ code: 'rate-limited' });
  expect(world.accepted).toBe(2);
  expect((await post({ 'x-forwarded-for': '9.9.9.9' })).status).toBe(201);
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

test('equal idempotency keys of two known clients are two keys; an invented API key is no client', async () => {
  await start({});
  const keys: string[] = [];
  world.accept = async attempt => {
    keys.push(attempt.idempotencyKey);
    throw new RuntimeError('unavailable', 'enough was seen');
  };
  for (const key of ['alpha', 'beta', 'alpha', 'invented']) await post({ 'x-api-key': key });
  await post();
  const [alpha, beta, again, invented, nobody] = keys;
  expect(alpha).not.toBe(beta);
  expect(again).toBe(alpha);
  expect([invented, nobody]).toEqual(['k', 'k']);
  expect(alpha).not.toContain('alpha');
});

test('what waits too long is told 503 before anything was done; health is answered all the same', async () => {
  await start({ inHand: 1, milliseconds: 400 });
  world.accept = never;
  void post().catch(() => undefined);
  while (world.accepted === 0) await systemClock.sleep(2);
  const shed = await post({ 'idempotency-key': 'other' });
  expect(shed.status).toBe(503);
  expect(Number(shed.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await bodyOf(shed)).toMatchObject({ code: 'overloaded' });
  expect(world.accepted).toBe(1);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});

describe('deadlines', () => {
  test('one that has passed is a 504 without an effect', async () => {
    await start();
    const answer = await post({ 'x-holdfast-deadline-ms': '0' });
    expect([answer.status, await bodyOf(answer)]).toMatchObject([504, { code: 'deadline', outcome: 'none' }]);
    expect(world.accepted).toBe(0);
  });

  test('one that passes while a write is in hand says that its outcome is unknown', async () => {
    await start();
    world.accept = never;
    const answer = await post({ 'x-holdfast-deadline-ms': '40' });
    expect([answer.status, await bodyOf(answer)]).toMatchObject([504, { outcome: 'unknown' }]);
  });

  test('a client can give less time than the service, not more', async () => {
    await start({ milliseconds: 40 });
    world.accept = never;
    expect((await post({ 'x-holdfast-deadline-ms': '100000' })).status).toBe(504);
  });

  test('one that cannot be read is a 400', async () => {
    await start();
    expect((await post({ 'x-holdfast-deadline-ms': 'soon' })).status).toBe(400);
    expect(world.accepted).toBe(0);
  });
});

describe('consistency', () => {
  test('what is asked for reaches the reads, and the answer says who gave it and how old it may be', async () => {
    await start();
    const answer = await fetch(`${base}/orders/a?consistency=bounded:2`, {
      headers: { 'x-holdfast-position': '4-ff' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-holdfast-read')).toBe('follower');
    expect(answer.headers.get('x-holdfast-lag-ms')).toBe('13');
    expect(world.asked).toEqual([
      { consistency: { kind: 'bounded', milliseconds: 2000 }, after: { epoch: 4, lsn: 255n } },
    ]);
    await fetch(`${base}/orders/a`, { headers: { 'x-holdfast-consistency': 'strong' } });
    await fetch(`${base}/orders?ledger=l&consistency=strong`);
    expect(world.asked).toHaveLength(3);
  });

  test('who asks for nothing gets what is nearest', async () => {
    await start();
    const answer = await fetch(`${base}/orders/a`);
    expect([answer.status, answer.headers.get('x-holdfast-read'), world.asked.length]).toEqual([
      200,
      null,
      0,
    ]);
  });

  test('too old is a 503 with its own code, and nonsense is a 400', async () => {
    await start();
    const stale = await fetch(`${base}/orders/a`, { headers: { 'x-holdfast-position': '3-ff' } });
    expect([stale.status, (await bodyOf(stale)).code]).toEqual([503, 'stale']);
    expect((await fetch(`${base}/orders/a?consistency=fresh`)).status).toBe(400);
    expect((await fetch(`${base}/orders/a`, { headers: { 'x-holdfast-position': 'x' } })).status).toBe(400);
  });
});

describe('what is no HTTP', () => {
  const raw = (text: string) =>
    new Promise<string>(resolve => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      let said = '';
      socket.setEncoding('utf8').on('data', (data: string) => {
        said += data;
      });
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(said));
      socket.write(text);
    });
  const statuses = (said: string) => [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(match => Number(match[1]));

  test('is a 400 in JSON, and too much of a header a 431', async () => {
    await start();
    const said = await raw('NONSENSE\r\n\r\n');
    expect(statuses(said)).toEqual([400]);
    expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({ error: { code: 'invalid-request' } });
    expect(statuses(await raw(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`))).toEqual([
      431,
    ]);
  });

  test('behind a request in hand, its answer comes after that one', async () => {
    await start();
    world.accept = async () => {
      await systemClock.sleep(50);
      return { order: ORDER, replayed: false };
    };
    const body = JSON.stringify({ item: 'nut', quantity: 1 });
    const head = `POST /orders HTTP/1.1\r\nhost: a\r\nidempotency-key: k\r\ncontent-length: ${body.length}\r\n\r\n`;
    expect(statuses(await raw(`${head}${body}NONSENSE\r\n\r\n`))).toEqual([201, 400]);
  });

  test('a target in absolute form is served by its path', async () => {
    await start();
    const said = await raw(
      'GET http://else.where/healthz?x=1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    );
    expect(statuses(said)).toEqual([200]);
  });
});
