import { cacheInvalidator } from '../../../lib/runtime/cache/cache-invalidator';
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
    cache: { problem, remove: async key => void removed.push(key) },
    keysOf: ({ entity, key }, epoch) => [`orders:${epoch}:${entity}:${key}`, `orders:${epoch}:list`],
  });
  return { removed, work };
}

test('removes every entry that was made of what changed, under the epoch of the change', async () => {
  const { removed, work } = invalidator();
  await work(CHANGE, RECORD, context);
  expect(removed).toEqual(['orders:7:order:o1', 'orders:7:list']);
});

test('where the register gates it, the epoch in force decides', async () => {
  const { removed, work } = invalidator();
  await work(CHANGE, RECORD, { ...context, epoch: 8 });
  expect(removed[0]).toBe('orders:8:order:o1');
});

test('while the cache does not answer the record comes again', async () => {
  await expect(invalidator('closed').work(CHANGE, RECORD, context)).rejects.toThrow(
    /does not answer: closed/,
  );
});

test('what tells of no change fails', async () => {
  await expect(invalidator().work('text', RECORD, context)).rejects.toThrow(/tells of no change/);
});
