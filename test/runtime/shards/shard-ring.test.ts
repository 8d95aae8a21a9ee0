import fc from 'fast-check';
import { rebalancingPlan, sharesOf } from '../../../lib/runtime/shards/shard-rebalance';
import {
  ownerOf,
  parseRingDocument,
  positionOf,
  RING_SIZE,
  type RingDocument,
  ringOf,
  shardRouter,
} from '../../../lib/runtime/shards/shard-ring';

const VIRTUAL_NODES = 512;
/** Stated in docs/data.md: no shard's share is further than this from an equal one. */
const BALANCE_BOUND = 0.25;

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), { minLength: 2, maxLength: 10 });
const keys = fc.array(fc.string(), { minLength: 50, maxLength: 50 });
const few = { numRuns: 15 };

describe('where keys live', () => {
  test('is the same for ever: known answers, computed by another program', () => {
    const ring = ringOf(['one', 'two', 'three'], VIRTUAL_NODES);
    expect(positionOf('')).toBe(0xe3b0c44298fc);
    expect(['customer-1', 'customer-2', 'customer-3', 'Größe', ''].map(key => ownerOf(ring, key))).toEqual([
      'three',
      'two',
      'three',
      'two',
      'two',
    ]);
  });

  test('does not depend on the order in which shards are named', () => {
    fc.assert(
      fc.property(names, keys, (shards, some) => {
        const ring = ringOf(shards, 64);
        const reversed = ringOf([...shards].reverse(), 64);
        for (const key of some) expect(ownerOf(reversed, key)).toBe(ownerOf(ring, key));
      }),
      few,
    );
  });

  test('is balanced within the stated bound', () => {
    fc.assert(
      fc.property(names, shards => {
        for (const share of sharesOf(ringOf(shards, VIRTUAL_NODES)).values()) {
          expect(Math.abs(share * shards.length - 1)).toBeLessThan(BALANCE_BOUND);
        }
      }),
      few,
    );
  });

  test('all shares make the whole', () => {
    const sum = [...sharesOf(ringOf(['a', 'b', 'c'], 16)).values()].reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 12);
  });
});

describe('a rebalancing plan', () => {
  test('moves keys only to the shard that is added, and about its share of them', () => {
    fc.assert(
      fc.property(names, keys, ([added = '', ...shards], some) => {
        const before = ringOf(shards, VIRTUAL_NODES);
        const after = ringOf([added, ...shards], VIRTUAL_NODES);
        const plan = rebalancingPlan(before, after);
        expect(new Set(plan.moves.map(move => move.target))).toEqual(new Set([added]));
        expect(Math.abs(plan.share * (shards.length + 1) - 1)).toBeLessThan(BALANCE_BOUND);
        expect(plan.share).toBeCloseTo(sharesOf(after).get(added) ?? 0, 9);
        for (const key of some) {
          if (ownerOf(before, key) !== ownerOf(after, key)) expect(ownerOf(after, key)).toBe(added);
        }
      }),
      few,
    );
  });

  test('moves only the keys of the shard that is removed', () => {
    fc.assert(
      fc.property(names, ([removed = '', ...shards]) => {
        const before = ringOf([removed, ...shards], VIRTUAL_NODES);
        const plan = rebalancingPlan(before, ringOf(shards, VIRTUAL_NODES));
        expect(new Set(plan.moves.map(move => move.source))).toEqual(new Set([removed]));
        expect(plan.share).toBeCloseTo(sharesOf(before).get(removed) ?? 0, 9);
      }),
      few,
    );
  });

  test('holds exactly the keys that change their owner', () => {
    fc.assert(
      fc.property(names, names, keys, (shards, others, some) => {
        const before = ringOf(shards, 32);
        const after = ringOf(others, 32);
        const { moves } = rebalancingPlan(before, after);
        for (const key of some) {
          const position = positionOf(key);
          const move = moves.find(({ from, to }) => from <= position && position <= to);
          const [source, target] = [ownerOf(before, key), ownerOf(after, key)];
          expect(move && { source: move.source, target: move.target }).toEqual(
            source === target ? undefined : { source, target },
          );
        }
      }),
      few,
    );
  });

  test('stretches do not overlap, lie on the ring and are as long as they can be', () => {
    const { moves } = rebalancingPlan(ringOf(['a', 'b'], 8), ringOf(['a', 'c'], 8));
    for (const [index, move] of moves.entries()) {
      const next = moves[index + 1];
      expect(move.from).toBeLessThanOrEqual(move.to);
      expect(move.to).toBeLessThan(RING_SIZE);
      if (next === undefined) continue;
      expect(next.from).toBeGreaterThan(move.to);
      const joins = next.from === move.to + 1 && next.source === move.source && next.target === move.target;
      expect(joins).toBe(false);
    }
  });

  test('is empty between equal rings', () => {
    const ring = ringOf(['a', 'b'], 8);
    expect(rebalancingPlan(ring, ring)).toEqual({ moves: [], share: 0 });
  });
});

describe('a published document', () => {
  const document: RingDocument = {
    format: 1,
    version: 3,
    hash: 'sha256',
    virtualNodes: 64,
    shards: ['one', 'two', 'three'],
    movingFrom: ['one', 'two'],
  };

  test('routes as the ring does, and names the old owner of a key that moves', () => {
    const router = shardRouter(parseRingDocument(JSON.stringify(document)));
    const [before, after] = [ringOf(['one', 'two'], 64), ringOf(document.shards, 64)];
    fc.assert(
      fc.property(fc.string(), key => {
        const [old, now] = [ownerOf(before, key), ownerOf(after, key)];
        expect(router.ownerOf(key)).toBe(now);
        expect(router.movingFrom(key)).toBe(old === now ? undefined : old);
      }),
    );
    expect(router.version).toBe(3);
  });

  test.each<[string, string, RegExp]>([
    ['text that is not JSON', '{', /not JSON/],
    ['a list', 'null', /not a JSON object/],
    ['a format of the future', JSON.stringify({ ...document, format: 2 }), /format: .*received 2/],
    ['another hash', JSON.stringify({ ...document, hash: 'md5' }), /hash: .*received "md5"/],
    ['no shards', JSON.stringify({ ...document, shards: [] }), /shards: /],
    ['a shard twice', JSON.stringify({ ...document, shards: ['a', 'a'] }), /shards: /],
    ['half a virtual node', JSON.stringify({ ...document, virtualNodes: 0.5 }), /virtualNodes: /],
    ['a version below 1', JSON.stringify({ ...document, version: 0 }), /version: /],
    ['an old ring without shards', JSON.stringify({ ...document, movingFrom: [] }), /movingFrom: /],
  ])('refuses %s', (_case, text, message) => {
    expect(() => parseRingDocument(text)).toThrow(message);
  });

  test('a ring without shards owns nothing and says so', () => {
    expect(() => ownerOf([], 'key')).toThrow(/owns nothing/);
  });
});
