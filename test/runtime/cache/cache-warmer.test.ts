import { CacheAside } from '../../../lib/runtime/cache/cache-aside';
import { CacheWarmer } from '../../../lib/runtime/cache/cache-warmer';
import { ModelCache, ModelCacheServer } from '../../helpers/model-cache';
import { VirtualClock } from '../../helpers/virtual-clock';

function world(boundMilliseconds = 1000) {
  const clock = new VirtualClock();
  const server = new ModelCacheServer(() => clock.monotonic());
  const state = { epoch: 7, loads: [] as string[], failure: undefined as Error | undefined };
  const cached = new CacheAside<string>({
    cache: new ModelCache(server),
    clock,
    random: () => 0,
    key: id => `app:${state.epoch}:${id}`,
    load: async id => `${id} alone`,
    ttlMilliseconds: () => 60_000,
  });
  const warmer = new CacheWarmer<string>({
    cached,
    clock,
    chunk: 2,
    limit: 5,
    boundMilliseconds,
    hotIds: async limit => Array.from({ length: limit }, (_, index) => `id${index}`),
    loadMany: async ids => {
      if (state.failure !== undefined) throw state.failure;
      state.loads.push(...ids);
      await clock.sleep(300);
      return new Map(ids.filter(id => id !== 'id3').map(id => [id, `${id} warmed`]));
    },
  });
  return { clock, server, state, cached, warmer };
}

test('fills the namespace of the new epoch once, tells how far it is, and leaves what is there', async () => {
  const { clock, state, cached, warmer } = world();
  await cached.get('id1');
  expect(warmer.progress.state).toBe('idle');
  const ended = warmer.warm(7);
  await clock.advance(350);
  expect(warmer.progress).toMatchObject({ state: 'warming', epoch: 7, looked: 2, stored: 1 });
  await clock.advance(1000);
  expect(await ended).toMatchObject({ state: 'warm', epoch: 7, looked: 5, stored: 3, milliseconds: 900 });
  expect(await cached.get('id0')).toBe('id0 warmed');
  expect(await cached.get('id1')).toBe('id1 alone');
  // What is gone was given back, so that the next reader need not wait.
  expect(await cached.read('id3')).toMatchObject({ value: 'id3 alone', source: 'load' });
  await warmer.warm(7);
  expect(state.loads).toHaveLength(4);
});

test('a raise warms again', async () => {
  const { clock, state, cached, warmer } = world();
  const first = warmer.warm(7);
  await clock.advance(1000);
  await first;
  state.epoch = 8;
  const second = warmer.warm(8);
  await clock.advance(1000);
  expect(await second).toMatchObject({ state: 'warm', epoch: 8, stored: 4 });
  expect((await cached.read('id0')).source).toBe('cache');
});

test('ends at its bound with what it has', async () => {
  const { clock, warmer } = world(200);
  const ended = warmer.warm(7);
  await clock.advance(2000);
  expect(await ended).toMatchObject({
    state: 'warm',
    looked: 2,
    reason: 'ended after 200 ms with 2 of 5 keys',
  });
});

test('says why it failed, and is tried again', async () => {
  const { clock, state, warmer } = world();
  state.failure = new Error('the database is away');
  expect(await warmer.warm(7)).toMatchObject({ state: 'failed', reason: 'the database is away' });
  state.failure = undefined;
  const again = warmer.warm(7);
  await clock.advance(1000);
  expect((await again).state).toBe('warm');
});

test('a write during the warm-up wins', async () => {
  const { clock, cached, warmer } = world();
  const ended = warmer.warm(7);
  await clock.advance(10);
  await cached.invalidate('id0');
  await clock.advance(2000);
  await ended;
  expect(await cached.read('id0')).toMatchObject({ value: 'id0 alone', source: 'load' });
});
