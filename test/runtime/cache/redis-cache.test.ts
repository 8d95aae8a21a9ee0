// The adapter on a real server: it does what the model does, and outages of both kinds serve nothing old.
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Cache, CacheLookup } from '../../../lib/runtime/cache/cache';
import { CacheAside } from '../../../lib/runtime/cache/cache-aside';
import { OwedRemovals } from '../../../lib/runtime/cache/owed-removals';
import { redisCache } from '../../../lib/runtime/cache/redis-cache';
import { systemClock } from '../../../lib/runtime/clock';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { freePort } from '../../helpers/free-port';
import { ModelCache, ModelCacheServer } from '../../helpers/model-cache';
import { startValkey, type TestValkey } from '../../helpers/valkey';

jest.setTimeout(60_000);

let valkey: TestValkey;
const open: Cache[] = [];
const base = { logger: silentLogger, clock: systemClock, prefix: 'app:' };

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10));
}

/** A cache that answers. */
async function connected(commandTimeoutMilliseconds = 1000): Promise<Cache> {
  const cache = redisCache({ ...base, url: valkey.url, commandTimeoutMilliseconds, restMilliseconds: 50 });
  open.push(cache);
  await until(() => cache.problem === undefined);
  return cache;
}

beforeAll(async () => {
  valkey = await startValkey();
});
afterEach(async () => {
  for (const cache of open.splice(0)) await cache.close();
});
afterAll(() => valkey?.stop());

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('lookup', 'claim', 'force', 'fill', 'fill', 'put', 'release', 'remove', 'quiet'),
    key: fc.constantFrom('app:a', 'app:b'),
    /** Which of the leases so far is used. */
    lease: fc.nat(5),
    version: fc.option(fc.nat(3), { nil: undefined }),
    text: fc.option(fc.string(), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 25 },
);
type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number];

const shapeOf = (found: CacheLookup) =>
  found.kind === 'hit' ? [found.kind, found.entry.text, found.entry.softMilliseconds] : [found.kind];

/** Plays the steps; times are long, so that none ends on the way. */
async function play(cache: Cache, script: readonly Step[]): Promise<unknown[]> {
  const tokens: string[] = [];
  const answers: unknown[] = [];
  for (const { what, key, lease, version, text } of script) {
    const record = { text, softMilliseconds: 50_000, hardMilliseconds: 60_000, loadMilliseconds: 3, version };
    const token = tokens.at(-1 - lease) ?? 'none';
    if (what === 'lookup') {
      const found = await cache.lookup(key, 60_000);
      if (found.kind === 'lease') tokens.push(found.token);
      answers.push(shapeOf(found));
    } else if (what === 'claim' || what === 'force') {
      const claimed = await cache.claim(key, 60_000, what === 'force');
      if (claimed !== undefined) tokens.push(claimed);
      answers.push(claimed !== undefined);
    } else if (what === 'fill') answers.push(await cache.fill(key, token, record));
    else if (what === 'put') answers.push(await cache.put(key, { ...record, version: version ?? 1 }));
    else if (what === 'release') await cache.release(key, token);
    else answers.push(await cache.remove(key, { quietMilliseconds: what === 'quiet' ? 60_000 : 0 }));
  }
  return answers;
}

test('the scripts do what the model of the proofs does', async () => {
  const cache = await connected();
  await fc.assert(
    fc.asyncProperty(steps, async script => {
      await cache.clear();
      const model = new ModelCache(new ModelCacheServer(() => 0));
      expect(await play(cache, script)).toEqual(await play(model, script));
    }),
    { numRuns: 150 },
  );
});

test('ages, leases and quiet times end by the clock of the server', async () => {
  const cache = await connected();
  await cache.clear();
  const found = await cache.lookup('app:t', 60_000);
  const record = { text: 'x', softMilliseconds: 10, hardMilliseconds: 150, loadMilliseconds: 0 };
  expect(await cache.fill('app:t', found.kind === 'lease' ? found.token : '', record)).toBe(true);
  await until(async () => {
    const again = await cache.lookup('app:t', 1);
    return again.kind === 'hit' && again.entry.ageMilliseconds >= 20;
  });
  expect(await cache.claim('app:t', 10)).toBeDefined();
  await until(async () => (await cache.claim('app:t', 60_000)) !== undefined);
  await until(async () => (await cache.lookup('app:t', 60_000)).kind === 'lease');
  await cache.remove('app:t', { quietMilliseconds: 40 });
  expect((await cache.lookup('app:t', 1)).kind).toBe('quiet');
  await until(async () => (await cache.lookup('app:t', 1)).kind === 'lease');
});

test('clear removes what is ours and nothing else', async () => {
  const cache = await connected();
  const record = { text: 'x', softMilliseconds: 9e4, hardMilliseconds: 9e4, loadMilliseconds: 0, version: 1 };
  for (let index = 0; index < 1200; index += 1) await cache.put(`app:${index}`, record);
  await cache.put('other:1', record);
  expect(await cache.clear()).toBe(true);
  expect((await cache.lookup('app:7', 1)).kind).toBe('lease');
  expect((await cache.lookup('other:1', 1)).kind).toBe('hit');
});

async function serverPid(): Promise<number> {
  const client = new Redis(valkey.url);
  try {
    return Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  } finally {
    client.disconnect();
  }
}

function aside(cache: Cache) {
  const world = { value: 'first', loads: 0 };
  const values = new CacheAside<string>({
    cache,
    clock: systemClock,
    random: () => 0,
    key: id => `app:1:${id}`,
    load: async () => {
      world.loads += 1;
      return world.value;
    },
    ttlMilliseconds: () => 60_000,
  });
  return { world, values };
}

/** Two processes: the one that writes keeps account of its removals, the other only reads. */
async function twoProcesses() {
  const [inner, other] = [await connected(200), await connected(200)];
  const cache = new OwedRemovals({
    cache: inner,
    clock: systemClock,
    logger: silentLogger,
    retryMilliseconds: 20,
  });
  open.push(cache);
  const writer = aside(cache);
  const reader = aside(other);
  await cache.clear();
  await writer.values.get('a');
  return { cache, writer, reader };
}

test('a server that hung while a value was invalidated does not serve it when it goes on', async () => {
  const { cache, writer, reader } = await twoProcesses();
  expect(await reader.values.get('a')).toBe('first');
  expect(reader.world.loads).toBe(0);
  const pid = await serverPid();
  process.kill(pid, 'SIGSTOP');
  try {
    writer.world.value = 'second';
    const startedAt = performance.now();
    expect(await writer.values.invalidate('a')).toBe(false);
    expect(await writer.values.get('a')).toBe('second');
    // One command found out in 200 ms, the others pass by.
    expect(performance.now() - startedAt).toBeLessThan(900);
    expect(cache.problem).toBeDefined();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await writer.values.get('a')).toBe('second');
  await until(() => cache.size === 0);
  reader.world.value = 'second';
  await until(async () => (await reader.values.get('a')) === 'second');
  expect(await writer.values.get('a')).toBe('second');
});

test('a server that was killed comes back empty, its scripts are loaded again, and nothing old is served', async () => {
  const { cache, writer } = await twoProcesses();
  const { restarts } = valkey.server;
  valkey.server.process?.kill('SIGKILL');
  writer.world.value = 'second';
  await writer.values.invalidate('a');
  await until(async () => {
    expect(await writer.values.get('a')).toBe('second');
    return valkey.server.restarts > restarts && cache.problem === undefined && cache.size === 0;
  });
  await writer.values.get('a');
  const { loads } = writer.world;
  expect([await writer.values.get('a'), writer.world.loads]).toEqual(['second', loads]);
});

test('a cache that is down is a miss at once, never an error, and says why', async () => {
  const cache = redisCache({ ...base, url: `redis://127.0.0.1:${await freePort()}` });
  open.push(cache);
  const { world, values } = aside(cache);
  expect([await values.get('a'), await values.get('a')]).toEqual(['first', 'first']);
  expect(world.loads).toBe(2);
  expect([await cache.remove('a'), await cache.clear()]).toEqual([false, false]);
  expect(cache.problem).toMatch(/not connected|ECONNREFUSED/);
});
