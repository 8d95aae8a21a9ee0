import Redis from 'ioredis';
import { systemClock as clock } from '../../../lib/clock';
import { waitFor } from '../../../lib/lab/wait-for';
import { redisCache } from '../../../lib/runtime/cache/redis-cache';
import { RateLimiter } from '../../../lib/runtime/edge/rate-limiter';
import type { RatePolicy } from '../../../lib/runtime/edge/rate-policy';
import { connectLimits, redisLimits } from '../../../lib/runtime/edge/redis-limits';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { cachePrefix, limitPrefix } from '../../../lib/service/cache-keys';
import { startValkey, type TestValkey } from '../../helpers/valkey';

jest.setTimeout(120_000);

const RATE: RatePolicy = { name: 'minute', kind: 'rate', limit: 20, windowSeconds: 60 };
const DAY: RatePolicy = { name: 'day', kind: 'quota', limit: 7, windowSeconds: 86_400 };

let valkey: TestValkey;
let clones: Redis[];
let plain: Redis;

beforeAll(async () => {
  valkey = await startValkey();
  clones = [1, 2, 3].map(() => connectLimits({ url: valkey.url, commandTimeoutMilliseconds: 2000 }));
  plain = new Redis(valkey.url, { retryStrategy: () => 50 });
  plain.on('error', () => undefined);
  await ready();
});
afterAll(async () => {
  for (const client of [...clones, plain]) client.disconnect();
  await valkey.stop();
});

const ready = () =>
  waitFor(() => [...clones, plain].every(client => client.status === 'ready'), {
    clock,
    timeout: 10_000,
    what: 'the connections',
  });
const take = (client: string, policies: readonly RatePolicy[], clone = 0) =>
  redisLimits({ client: clones[clone] as Redis, prefix: 'orders:limit' }).take(client, policies);

test('three clones at once give out one limit, to the request', async () => {
  const decisions = await Promise.all(Array.from({ length: 60 }, (_, n) => take('many', [RATE], n % 3)));
  // In the time of this test the bucket may have given one more.
  const allowed = decisions.filter(decision => decision.allowed).length;
  expect(allowed).toBeGreaterThanOrEqual(20);
  expect(allowed).toBeLessThanOrEqual(21);
  const refused = await take('many', [{ ...RATE, limit: 1 }]);
  expect(refused.allowed).toBe(false);
  expect(refused.states[0]?.waitMilliseconds).toBeGreaterThan(0);
  expect((await take('another', [RATE])).allowed).toBe(true);
});

test('a refusal by the quota leaves the rate alone, and the key expires by itself', async () => {
  for (let n = 0; n < 7; n += 1) expect((await take('quota', [RATE, DAY])).allowed).toBe(true);
  const before = await plain.hgetall('orders:limit:quota');
  const refused = await take('quota', [RATE, DAY]);
  expect(refused).toMatchObject({ allowed: false, source: 'shared' });
  expect(refused.states[1]).toMatchObject({ remaining: 0 });
  expect(refused.states[1]?.waitMilliseconds).toBeLessThanOrEqual(86_400_000);
  expect(await plain.hgetall('orders:limit:quota')).toEqual(before);
  expect(await plain.pttl('orders:limit:quota')).toBeGreaterThan(0);
  await take('short', [{ name: 'second', kind: 'rate', limit: 10, windowSeconds: 1 }]);
  expect(await plain.pttl('orders:limit:short')).toBeLessThanOrEqual(102);
});

test('what another clock left far ahead locks nobody out for longer than the window', async () => {
  await plain.hset('orders:limit:ahead', 'minute', '9000000000000000');
  const decision = await take('ahead', [RATE]);
  expect(decision.allowed).toBe(false);
  expect(decision.states[0]?.waitMilliseconds).toBeLessThanOrEqual(3000);
});

test('a quota of a past day counts for nothing', async () => {
  await plain.hset('orders:limit:past', 'day', '1000000', 'day:used', '7');
  expect((await take('past', [DAY])).states[0]).toMatchObject({ remaining: 6 });
});

test('the server dies: its share is given out here; it comes back: all clones count together again', async () => {
  const shared = redisLimits({ client: clones[0] as Redis, prefix: 'orders:limit' });
  const limiter = new RateLimiter({
    shared,
    policies: [RATE],
    localShare: 0.25,
    clock,
    logger: silentLogger,
    pauseMilliseconds: 100,
  });
  expect((await limiter.take('fault')).source).toBe('shared');
  const restarts = valkey.server.restarts;
  valkey.server.process?.kill('SIGKILL');
  await waitFor(() => clones[0]?.status !== 'ready', { clock, timeout: 5000, what: 'the loss' });
  const local = await Promise.all(Array.from({ length: 10 }, () => limiter.take('fault')));
  expect(local.map(({ source }) => source)).toEqual(Array(10).fill('local'));
  expect(local.filter(({ allowed }) => allowed)).toHaveLength(5);
  await waitFor(() => valkey.server.restarts > restarts, { clock, timeout: 10_000, what: 'the restart' });
  await ready();
  await waitFor(async () => (await limiter.take('fault')).source === 'shared', {
    clock,
    timeout: 5000,
    what: 'the shared counts',
  });
});

test('clearing the cache of an application leaves the counts of its clients alone', async () => {
  await plain.set(`${cachePrefix('orders')}7:order:o1`, 'cached');
  const prefix = limitPrefix('orders');
  const charge = () => redisLimits({ client: clones[0] as Redis, prefix }).take('cleared', [DAY]);
  for (let n = 0; n < 7; n += 1) expect((await charge()).allowed).toBe(true);
  const cache = redisCache({
    ...{ url: valkey.url, logger: silentLogger, clock, prefix: cachePrefix('orders') },
    commandTimeoutMilliseconds: 2000,
  });
  try {
    await waitFor(() => cache.problem === undefined, { clock, timeout: 10_000, what: 'the cache' });
    expect(await cache.clear()).toBe(true);
  } finally {
    await cache.close();
  }
  expect(await plain.exists(`${cachePrefix('orders')}7:order:o1`)).toBe(0);
  expect((await charge()).allowed).toBe(false);
});
