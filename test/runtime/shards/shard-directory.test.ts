import fc from 'fast-check';
import { boundedSlots, capacityOf, slotOf } from '../../../lib/runtime/shards/bounded-slots';
import { HotKeys } from '../../../lib/runtime/shards/hot-keys';
import { anySubKey, subKeysOf } from '../../../lib/runtime/shards/key-spread';
import { ShardDirectory } from '../../../lib/runtime/shards/shard-directory';
import { parseRingDocument } from '../../../lib/runtime/shards/shard-ring';
import { VirtualClock } from '../../helpers/virtual-clock';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), { minLength: 2, maxLength: 9 });
const factor = fc.double({ min: 1.05, max: 2, noNaN: true });
const few = { numRuns: 25 };
const SLOTS = 1024;
const options = (capacityFactor: number) => ({ slots: SLOTS, capacityFactor, virtualNodes: 32 });
const moved = (before: readonly string[], after: readonly string[]) =>
  before.filter((shard, slot) => shard !== after[slot]).length;

describe('slots with bounded loads', () => {
  test('no shard owns more than the factor allows, and the order of the names means nothing', () => {
    fc.assert(
      fc.property(names, factor, (shards, capacityFactor) => {
        const slots = boundedSlots(shards, options(capacityFactor));
        const most = capacityOf(shards.length, options(capacityFactor));
        for (const shard of shards)
          expect(slots.filter(owner => owner === shard).length).toBeLessThanOrEqual(most);
        expect(boundedSlots([...shards].reverse(), options(capacityFactor))).toEqual(slots);
      }),
      few,
    );
  });

  test('a shard that comes or goes moves little more than what must move', () => {
    fc.assert(
      fc.property(names, shards => {
        const all = boundedSlots(shards, options(1.25));
        const [gone, ...rest] = shards as [string, ...string[]];
        const share = all.filter(owner => owner === gone).length;
        // At 1.25 and 32 places: the shard's own, and overflow that is displaced; a rehash would move (n - 1) / n.
        expect(moved(all, boundedSlots(rest, options(1.25)))).toBeLessThan(share + 0.15 * SLOTS);
        // Without a bound nothing moves but the shard's own.
        const free = boundedSlots(shards, options(shards.length + 1));
        const own = free.filter(owner => owner === gone).length;
        expect(moved(free, boundedSlots(rest, options(shards.length + 1)))).toBe(own);
      }),
      few,
    );
  });

  test('keys spread evenly over slots, the same for ever', () => {
    const counts = new Array<number>(16).fill(0);
    for (let key = 0; key < 16_000; key += 1) {
      const slot = slotOf(`customer-${key}`, 16);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    expect(Math.max(...counts)).toBeLessThan(1_200);
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(slotOf('', 4096)).toBe(0xe3b);
  });

  test('what has no answer is refused', () => {
    expect(() => boundedSlots([], options(1.2))).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    expect(() => boundedSlots(['a'], options(1))).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});

describe('a directory of shards', () => {
  const ring = (version: number, more: object = {}) =>
    JSON.stringify({ format: 1, version, hash: 'sha256', virtualNodes: 16, shards: ['a', 'b'], ...more });

  test('knows nothing before the first good document, and says so', () => {
    const directory = new ShardDirectory(new VirtualClock());
    expect(directory.offer('{}')).toBe(false);
    expect(directory.status).toBeUndefined();
    expect(() => directory.route('k')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  test('goes on with the last good document, tells its age and what is wrong with the newer ones', async () => {
    const clock = new VirtualClock();
    const directory = new ShardDirectory(clock);
    expect(directory.offer(ring(3))).toBe(true);
    const route = directory.route('k');
    await clock.advance(5_000);
    const worse = [ring(2), ring(3, { shards: ['a', 'c'] }), ring(4, { shards: [] }), 'not JSON'];
    for (const text of worse) {
      expect(directory.offer(text)).toBe(false);
      expect(directory.route('k')).toEqual(route);
      expect(directory.status).toMatchObject({
        version: 3,
        ageMilliseconds: 5_000,
        problem: expect.any(String),
      });
    }
    expect(directory.offer(ring(3))).toBe(true);
    expect(directory.status).toEqual({ version: 3, ageMilliseconds: 0 });
  });

  test('takes the same document for the same, in whatever order its fields come', () => {
    const directory = new ShardDirectory(new VirtualClock());
    directory.offer(ring(1, { bounded: { slots: 4, capacityFactor: 1.5 } }));
    const other = { bounded: { capacityFactor: 1.5, slots: 4 }, shards: ['a', 'b'], virtualNodes: 16 };
    expect(directory.offer(JSON.stringify({ ...other, hash: 'sha256', version: 1, format: 1 }))).toBe(true);
    expect(directory.status?.problem).toBeUndefined();
  });

  test.each([
    ['the plain ring', {}],
    ['bounded slots', { bounded: { slots: 256, capacityFactor: 1.2 } }],
  ])(
    'by %s: while keys move, readings look in both places and writes go to the owner alone',
    (_what, form) => {
      const [before, during, after] = [1, 2, 3].map(() => new ShardDirectory(new VirtualClock())) as [
        ShardDirectory,
        ShardDirectory,
        ShardDirectory,
      ];
      const endpoints = { a: 'a.local', b: 'b.local', c: 'c.local' };
      before.offer(ring(1, { ...form, endpoints }));
      during.offer(ring(2, { ...form, endpoints, shards: ['a', 'b', 'c'], movingFrom: ['a', 'b'] }));
      after.offer(ring(3, { ...form, endpoints, shards: ['a', 'b', 'c'] }));
      let moving = 0;
      for (let number = 0; number < 500; number += 1) {
        const key = `customer-${number}`;
        const [old, now, then] = [before.route(key), during.route(key), after.route(key)];
        expect(now).toMatchObject({ shard: then.shard, endpoint: `${then.shard}.local`, version: 2 });
        expect(then.readAlso).toBeUndefined();
        expect(now.readAlso?.shard).toBe(old.shard === now.shard ? undefined : old.shard);
        if (now.readAlso !== undefined) moving += 1;
      }
      expect(moving).toBeGreaterThan(50);
      expect(moving).toBeLessThan(400);
    },
  );

  test.each([
    ['bounded', { slots: 0, capacityFactor: 1.2 }],
    ['bounded', { slots: 16, capacityFactor: 1 }],
    ['endpoints', { a: 1 }],
    ['spread', { k: 0 }],
  ])('a document with a wrong %s is none', (name, value) => {
    expect(() => parseRingDocument(ring(1, { [name]: value }))).toThrow(name);
  });
});

describe('hot keys', () => {
  test('every key above its share is found, whatever else comes, and no count is too low or too high by more', () => {
    const stream = fc.array(fc.oneof(fc.constantFrom('x', 'y'), fc.string({ maxLength: 3 })), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(stream, fc.integer({ min: 2, max: 20 }), (keys, capacity) => {
        const sketch = new HotKeys(capacity);
        const exact = new Map<string, number>();
        for (const key of keys) {
          sketch.add(key);
          exact.set(key, (exact.get(key) ?? 0) + 1);
        }
        const found = new Map(sketch.above(0).map(hot => [hot.key, hot]));
        expect(found.size).toBeLessThanOrEqual(capacity);
        for (const [key, count] of exact)
          if (count > keys.length / capacity) expect(found.has(key)).toBe(true);
        for (const [key, { count, error }] of found) {
          expect(count).toBeGreaterThanOrEqual(exact.get(key) ?? 0);
          expect(count - error).toBeLessThanOrEqual(exact.get(key) ?? 0);
          expect(error).toBeLessThanOrEqual(keys.length / capacity);
        }
      }),
    );
  });

  test('what is no longer asked for cools', () => {
    const sketch = new HotKeys(4);
    for (let count = 0; count < 100; count += 1) sketch.add('old');
    expect(sketch.above(0.5).map(({ key }) => key)).toEqual(['old']);
    for (let interval = 0; interval < 8; interval += 1) {
      sketch.age();
      for (let count = 0; count < 20; count += 1) sketch.add('new');
    }
    expect(sketch.above(0.5).map(({ key }) => key)).toEqual(['new']);
  });

  test('a spread counter loses nothing, and its sub-keys lie on several shards', () => {
    const spread = { hot: 8 };
    const sums = new Map<string, number>();
    let turn = 0;
    for (let count = 0; count < 100; count += 1) {
      const key = anySubKey(spread, 'hot', () => (turn++ % 10) / 10);
      sums.set(key, (sums.get(key) ?? 0) + 1);
    }
    expect(subKeysOf(spread, 'hot').reduce((sum, key) => sum + (sums.get(key) ?? 0), 0)).toBe(100);
    const directory = new ShardDirectory(new VirtualClock());
    directory.offer(
      JSON.stringify({ format: 1, version: 1, hash: 'sha256', virtualNodes: 64, shards: ['a', 'b', 'c'] }),
    );
    expect(new Set(subKeysOf(spread, 'hot').map(key => directory.route(key).shard)).size).toBeGreaterThan(1);
    expect(subKeysOf(spread, 'constructor')).toEqual(['constructor']);
  });
});
