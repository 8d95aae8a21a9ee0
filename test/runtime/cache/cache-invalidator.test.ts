import { cacheInvalidator, cacheWriter } from '../../../lib/runtime/cache/cache-invalidator';
import type { Change } from '../../../lib/runtime/changes/change';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

const CHANGE: Change = {
  id: '1',
  entity: 'order',
  key: 'o1',
  type: 'modified',
  at: '2026-01-01T00:00:00Z',
  epoch: 7,
};
const RECORD = { sequenceNumber: '1', partitionKey: 'p', read: () => CHANGE };
const context = { region: 'us-east-2', logger: silentLogger };

function invalidator(problem?: string) {
  const removed: string[] = [];
  const work = cacheInvalidator({
    cache: { problem, remove: async key => removed.push(key) > 0 && problem === undefined },
    keysOf: ({ entity, key }, epoch) => [`orders:${epoch}:${entity}:${key}`, `orders:${epoch}:list`],
  });
  return { removed, work };
}

test('removes every entry that was made of what changed, under the epoch of the change', async () => {
  const { removed, work } = invalidator();
  await work(CHANGE, RECORD, context);
  expect(removed.slice(0, 2)).toEqual(['orders:7:order:o1', 'orders:7:list']);
});

test('a late change of the old writer reaches the namespace in force and the one after it', async () => {
  const { removed, work } = invalidator();
  await work(CHANGE, RECORD, { ...context, epoch: 8 });
  expect(removed.filter(key => key.endsWith('o1'))).toEqual([
    'orders:7:order:o1',
    'orders:8:order:o1',
    'orders:9:order:o1',
  ]);
});

test('while the cache does not answer the record comes again', async () => {
  await expect(invalidator('closed').work(CHANGE, RECORD, context)).rejects.toThrow(
    /does not answer: closed/,
  );
});

test('what tells of no change fails', async () => {
  await expect(invalidator().work('text', RECORD, context)).rejects.toThrow(/tells of no change/);
});

describe('write-through by change', () => {
  const record = { text: '"new"', softMilliseconds: 1000, hardMilliseconds: 1000, loadMilliseconds: 0 };
  const writer = (stored: boolean, problem?: string) => {
    const puts: unknown[] = [];
    const work = cacheWriter({
      cache: {
        problem,
        put: async (key, put) => puts.push([key, put.version]) > 0 && stored,
      },
      entryOf: ({ type, key }, epoch) =>
        type === 'removed' ? undefined : { key: `orders:${epoch}:${key}`, record: { ...record, version: 3 } },
    });
    return { puts, work };
  };

  test('writes the entry under the epoch in force', async () => {
    const { puts, work } = writer(true);
    await work(CHANGE, RECORD, { ...context, epoch: 8 });
    await work({ ...CHANGE, type: 'removed' }, RECORD, context);
    expect(puts).toEqual([['orders:8:o1', 3]]);
  });

  test('an older change is done with; a cache that does not answer lets it come again', async () => {
    await writer(false).work(CHANGE, RECORD, context);
    await expect(writer(false, 'closed').work(CHANGE, RECORD, context)).rejects.toThrow(/closed/);
  });
});
