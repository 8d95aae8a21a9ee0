import { OwedRemovals } from '../../../lib/runtime/cache/owed-removals';
import { jsonLogger, silentLogger } from '../../../lib/runtime/telemetry/logger';
import { ModelCache, ModelCacheServer } from '../../helpers/model-cache';
import { VirtualClock } from '../../helpers/virtual-clock';

const record = { text: '"old"', softMilliseconds: 60_000, hardMilliseconds: 60_000, loadMilliseconds: 1 };

function world(mostKeys?: number) {
  const clock = new VirtualClock();
  const server = new ModelCacheServer(() => clock.monotonic());
  const state = { away: false };
  const plain = new ModelCache(server, 'one', async command => (state.away ? undefined : command()));
  const cache = new OwedRemovals({ cache: plain, clock, logger: silentLogger, mostKeys });
  return { clock, server, state, plain, cache };
}

test('a key whose removal is owed is not used until it is paid, which happens by itself', async () => {
  const { clock, server, state, cache } = world();
  server.put('a', { ...record, version: 1 });
  server.put('b', { ...record, version: 1 });
  state.away = true;
  expect(await cache.remove('a')).toBe(false);
  expect(cache.size).toBe(1);
  state.away = false;
  expect((await cache.lookup('a', 1000)).kind).toBe('away');
  expect(await cache.claim('a', 1000)).toBeUndefined();
  expect(await cache.put('a', { ...record, version: 2 })).toBe(false);
  expect((await cache.lookup('b', 1000)).kind).toBe('hit');
  await clock.advance(250);
  expect([cache.size, server.keys.has('a')]).toEqual([0, false]);
  expect((await cache.lookup('a', 1000)).kind).toBe('lease');
});

test('a fill that is under way when a removal fails is not confirmed', async () => {
  const { state, cache, plain } = world();
  const found = await cache.lookup('a', 1000);
  const fill = plain.fill.bind(plain);
  plain.fill = async (...values) => {
    const stored = await fill(...values);
    state.away = true;
    await cache.remove('a');
    return stored;
  };
  expect(await cache.fill('a', found.kind === 'lease' ? found.token : '', record)).toBe(false);
});

test('a debt that is made again while it is paid stays', async () => {
  const { clock, state, cache, plain } = world();
  state.away = true;
  await cache.remove('a');
  state.away = false;
  const remove = plain.remove.bind(plain);
  let payments = 0;
  plain.remove = async (key, removal) => {
    payments += 1;
    const removed = await remove(key, removal);
    if (payments === 1) {
      state.away = true;
      await cache.remove('a');
      state.away = false;
    }
    return removed;
  };
  await clock.advance(250);
  expect(cache.size).toBe(1);
  await clock.advance(250);
  expect(cache.size).toBe(0);
});

test('with too many owed nothing is used until everything is cleared', async () => {
  const { clock, server, state, cache } = world(2);
  server.put('z', { ...record, version: 1 });
  state.away = true;
  for (const key of ['a', 'b', 'c']) await cache.remove(key);
  expect(cache.size).toBe(Number.POSITIVE_INFINITY);
  await clock.advance(1000);
  state.away = false;
  expect((await cache.lookup('z', 1000)).kind).toBe('away');
  await clock.advance(250);
  expect([cache.size, server.keys.size]).toEqual([0, 0]);
});

test('a clear that failed is owed, and closing ends the trying', async () => {
  const { clock, state, cache } = world();
  state.away = true;
  expect(await cache.clear()).toBe(false);
  await cache.close();
  await clock.advance(1000);
  state.away = false;
  await clock.advance(1000);
  expect(cache.size).toBe(Number.POSITIVE_INFINITY);
});

test('what a process takes along when it ends is told as left, never as paid', async () => {
  const { clock, state, plain } = world();
  const lines: Array<Record<string, unknown>> = [];
  const logger = jsonLogger({ clock, write: line => void lines.push(JSON.parse(line)), base: {} });
  const cache = new OwedRemovals({ cache: plain, clock, logger });
  state.away = true;
  await cache.remove('a');
  await cache.close();
  await clock.advance(250);
  expect(lines).toEqual([
    expect.objectContaining({ message: 'cache.removals-left', removals: 1, level: 'warn' }),
  ]);
});
