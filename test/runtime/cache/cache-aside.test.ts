import { CacheAside, type CacheAsideOptions } from '../../../lib/runtime/cache/cache-aside';
import { ModelCache, ModelCacheServer } from '../../helpers/model-cache';
import { VirtualClock } from '../../helpers/virtual-clock';

interface Value {
  readonly value: string;
}

function aside(options: Partial<CacheAsideOptions<Value>> = {}) {
  const clock = new VirtualClock();
  const server = new ModelCacheServer(() => clock.monotonic());
  const world = {
    epoch: 1 as number | undefined,
    value: 'first' as string | undefined,
    loads: 0,
    failure: undefined as Error | undefined,
    /** Holds a load between its reading and its answer. */
    hold: undefined as Promise<void> | undefined,
  };
  const make = (name: string) =>
    new CacheAside<Value>({
      cache: new ModelCache(server, name),
      clock,
      random: () => 0,
      key: id => (world.epoch === undefined ? undefined : `app:${world.epoch}:order:${id}`),
      load: async () => {
        world.loads += 1;
        const { value, failure, hold } = world;
        await hold;
        if (failure !== undefined) throw failure;
        return value === undefined ? undefined : { value };
      },
      ttlMilliseconds: () => 1000,
      ...options,
    });
  return { clock, server, world, values: make('one'), others: make('two') };
}

function gate() {
  let open = () => {};
  const promise = new Promise<void>(resolve => {
    open = resolve;
  });
  return { promise, open };
}

describe('what is read', () => {
  test('loads once, and once for all who ask at the same time', async () => {
    const { world, values } = aside();
    await Promise.all([values.get('a'), values.get('a'), values.get('a')]);
    await values.get('a');
    expect(world.loads).toBe(1);
  });

  test('another process waits for the load under way, and loads by itself when it takes too long', async () => {
    const { world, values, others, clock } = aside({ waitMilliseconds: 100 });
    const held = gate();
    world.hold = held.promise;
    const [first, second] = [values.get('a'), others.get('a')];
    await clock.advance(60);
    expect(world.loads).toBe(1);
    world.hold = undefined;
    await clock.advance(60);
    expect(await second).toEqual({ value: 'first' });
    expect(world.loads).toBe(2);
    held.open();
    expect(await first).toEqual({ value: 'first' });
  });

  test('a raise of the epoch opens an empty namespace', async () => {
    const { world, values } = aside();
    await values.get('a');
    world.value = 'second';
    expect(await values.get('a')).toEqual({ value: 'first' });
    world.epoch = 2;
    expect(await values.get('a')).toEqual({ value: 'second' });
  });

  test('while no epoch is known the cache is not used', async () => {
    const { world, values, server } = aside();
    world.epoch = undefined;
    await values.get('a');
    expect([await values.put('a', { value: 'x' }, 1), server.keys.size]).toEqual([false, 0]);
  });

  test('refresh goes past the cache and replaces what it holds; invalidate forgets', async () => {
    const { world, values } = aside();
    await values.get('a');
    world.value = 'second';
    expect(await values.refresh('a')).toEqual({ value: 'second' });
    expect(await values.get('a')).toEqual({ value: 'second' });
    expect(await values.invalidate('a')).toBe(true);
    await values.get('a');
    expect(world.loads).toBe(3);
  });

  test('what nobody can read is loaded again', async () => {
    const { values, server } = aside();
    const record = { text: '{', softMilliseconds: 1000, hardMilliseconds: 1000, loadMilliseconds: 0 };
    server.put('app:1:order:a', { ...record, version: 1 });
    expect(await values.get('a')).toEqual({ value: 'first' });
    expect(await values.get('a')).toEqual({ value: 'first' });
  });
});

describe('what does not exist', () => {
  test('is not cached, unless a time is given', async () => {
    const { world, values } = aside();
    world.value = undefined;
    await values.get('none');
    expect(await values.get('none')).toBeUndefined();
    expect(world.loads).toBe(2);
  });

  test('is remembered for its time, and a write ends that', async () => {
    const { world, values, clock } = aside({ negativeMilliseconds: 100 });
    world.value = undefined;
    await values.get('none');
    expect(await values.read('none')).toMatchObject({ value: undefined, source: 'cache' });
    world.value = 'written';
    await values.invalidate('none');
    expect(await values.get('none')).toEqual({ value: 'written' });
    world.value = undefined;
    await values.refresh('none');
    await clock.advance(101);
    world.value = 'later';
    expect(await values.get('none')).toEqual({ value: 'later' });
  });
});

describe('past its time', () => {
  test('a value is loaded again; when that fails it serves, and says so, until its hard time', async () => {
    const { world, values, clock } = aside({ staleMilliseconds: 5000 });
    await values.get('a');
    await clock.advance(1500);
    world.failure = new Error('the database is away');
    expect(await values.read('a')).toEqual({
      value: { value: 'first' },
      source: 'stale',
      ageMilliseconds: 1500,
      reason: 'the database is away',
    });
    world.failure = undefined;
    world.value = 'second';
    expect(await values.read('a')).toEqual({
      value: { value: 'second' },
      source: 'load',
      ageMilliseconds: 0,
    });
    await clock.advance(6001);
    world.failure = new Error('away again');
    await expect(values.read('a')).rejects.toThrow('away again');
  });

  test('a value whose hard time ends during the load does not serve', async () => {
    const { world, values, clock } = aside({ staleMilliseconds: 100 });
    await values.get('a');
    await clock.advance(1050);
    const held = gate();
    world.hold = held.promise;
    world.failure = new Error('too late');
    const answer = values.read('a');
    await clock.advance(60);
    held.open();
    await expect(answer).rejects.toThrow('too late');
  });

  test('an invalidated value never serves, whatever fails', async () => {
    const { world, values } = aside({ staleMilliseconds: 5000 });
    await values.get('a');
    await values.invalidate('a');
    world.failure = new Error('away');
    await expect(values.read('a')).rejects.toThrow('away');
  });

  test('one of many readers refreshes it', async () => {
    const { world, values, clock } = aside({ staleMilliseconds: 5000 });
    await values.get('a');
    await clock.advance(1500);
    world.value = 'second';
    const all = await Promise.all(Array.from({ length: 20 }, () => values.get('a')));
    expect([world.loads, new Set(all.map(each => each?.value))]).toEqual([2, new Set(['second'])]);
  });
});

describe('before its time', () => {
  test('a value is refreshed while it serves', async () => {
    const { world, values, clock } = aside({ random: () => 0.99, jitter: 0 });
    world.hold = clock.sleep(300);
    const first = values.get('a');
    await clock.advance(300);
    await first;
    world.hold = undefined;
    world.value = 'second';
    // The load took 300 ms, and -ln(1 - 0.99) is 4.6: due at once.
    expect(await values.read('a')).toMatchObject({ value: { value: 'first' }, source: 'cache' });
    await clock.advance(0);
    expect(await values.get('a')).toEqual({ value: 'second' });
  });

  test('what was filled together does not end together', async () => {
    let draw = 0;
    const { values, server } = aside({
      jitter: 0.5,
      earliness: 0,
      random: () => {
        draw += 0.25;
        return draw;
      },
    });
    for (const id of ['a', 'b', 'c']) await values.get(id);
    expect([...server.keys.values()].map(stored => stored.record?.softMilliseconds)).toEqual([875, 750, 625]);
  });
});

describe('the race of a fill against a write', () => {
  test('what was loaded before the write is not stored after it', async () => {
    const { world, values, others, clock } = aside();
    const held = gate();
    world.hold = held.promise;
    const old = values.get('a');
    await clock.advance(0);
    world.value = 'second';
    world.hold = undefined;
    await others.invalidate('a');
    held.open();
    expect(await old).toEqual({ value: 'first' });
    expect(await values.get('a')).toEqual({ value: 'second' });
  });

  test('who asks after the write does not get what a load from before it brings', async () => {
    const { world, values, others, clock } = aside({ waitMilliseconds: 0 });
    const held = gate();
    world.hold = held.promise;
    const before = values.get('a');
    await clock.advance(0);
    world.value = 'second';
    world.hold = undefined;
    await others.invalidate('a');
    const after = values.get('a');
    held.open();
    expect([await before, await after]).toEqual([{ value: 'first' }, { value: 'second' }]);
  });

  test('in the quiet time after an invalidation a lagging replica fills nothing', async () => {
    const { world, values, clock, server } = aside({ quietMilliseconds: 500 });
    await values.get('a');
    await values.invalidate('a');
    expect(await values.get('a')).toEqual({ value: 'first' });
    world.value = 'second';
    await clock.advance(501);
    expect(await values.get('a')).toEqual({ value: 'second' });
    expect(server.keys.get('app:1:order:a')?.record?.text).toContain('second');
  });
});

describe('write-through', () => {
  test('a change is served without a load; an older one and an older fill change nothing', async () => {
    const { world, values, clock } = aside({ versionOf: () => 1 });
    expect(await values.put('a', { value: 'v2' }, 2)).toBe(true);
    expect(await values.put('a', { value: 'v1' }, 1)).toBe(false);
    expect(await values.get('a')).toEqual({ value: 'v2' });
    // The replica that it is loaded from is still at version 1.
    await values.refresh('a');
    expect([await values.get('a'), world.loads]).toEqual([{ value: 'v2' }, 1]);
    await clock.advance(1001);
    expect(await values.get('a')).toEqual({ value: 'first' });
  });
});
