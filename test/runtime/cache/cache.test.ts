import { type Cache, redisCache } from '../../../lib/runtime/cache/cache';
import { CacheAside } from '../../../lib/runtime/cache/cache-aside';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { freePort } from '../../helpers/free-port';

/** A cache in memory. */
class MapCache implements Cache {
  readonly values = new Map<string, string>();
  readonly problem = undefined;
  async get(key: string) {
    return this.values.get(key);
  }
  async set(key: string, value: string) {
    this.values.set(key, value);
  }
  async remove(key: string) {
    this.values.delete(key);
  }
  async close() {}
}

function aside(cache: Cache) {
  const world = { epoch: 1 as number | undefined, value: 'first', loads: 0 };
  const values = new CacheAside<{ value: string }>({
    cache,
    key: id => (world.epoch === undefined ? undefined : `app:${world.epoch}:order:${id}`),
    load: async id => {
      world.loads += 1;
      await Promise.resolve();
      return id === 'none' ? undefined : { value: world.value };
    },
    ttlMilliseconds: () => 1000,
  });
  return { world, values };
}

describe('cache-aside', () => {
  test('loads once, and once for all who ask at the same time', async () => {
    const { world, values } = aside(new MapCache());
    await Promise.all([values.get('a'), values.get('a'), values.get('a')]);
    await values.get('a');
    expect(world.loads).toBe(1);
  });

  test('a raise of the epoch opens an empty namespace', async () => {
    const { world, values } = aside(new MapCache());
    await values.get('a');
    world.value = 'second';
    expect(await values.get('a')).toEqual({ value: 'first' });
    world.epoch = 2;
    expect(await values.get('a')).toEqual({ value: 'second' });
  });

  test('while no epoch is known the cache is not used', async () => {
    const cache = new MapCache();
    const { world, values } = aside(cache);
    world.epoch = undefined;
    await values.get('a');
    expect(cache.values.size).toBe(0);
  });

  test('refresh goes past the cache and replaces what it holds; invalidate forgets', async () => {
    const { world, values } = aside(new MapCache());
    await values.get('a');
    world.value = 'second';
    expect(await values.refresh('a')).toEqual({ value: 'second' });
    expect(await values.get('a')).toEqual({ value: 'second' });
    await values.invalidate('a');
    await values.get('a');
    expect(world.loads).toBe(3);
  });

  test('what does not exist is not cached', async () => {
    const { world, values } = aside(new MapCache());
    await values.get('none');
    expect(await values.get('none')).toBeUndefined();
    expect(world.loads).toBe(2);
  });
});

test('a cache that is down is a miss at once, never an error, and says why', async () => {
  const cache = redisCache({ url: `redis://127.0.0.1:${await freePort()}`, logger: silentLogger });
  try {
    const { world, values } = aside(cache);
    expect(await values.get('a')).toEqual({ value: 'first' });
    expect(await values.get('a')).toEqual({ value: 'first' });
    expect(world.loads).toBe(2);
    await cache.remove('a');
    expect(cache.problem).toMatch(/not connected|ECONNREFUSED/);
  } finally {
    await cache.close();
  }
});
