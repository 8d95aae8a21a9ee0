import fc from 'fast-check';
import { CallLog } from '../../lib/lab/gateway';

const call = (caller: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  caller,
  service: 'dynamodb',
  region: 'us-east-2',
  action: 'GetItem',
  status: 200,
  durationMs: 1,
  outcome: 'forwarded' as const,
});

test('keeps the newest calls in order, and says how many there were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 1, max: 8 }), (total, capacity) => {
      const log = new CallLog(capacity);
      for (let index = 0; index < total; index += 1) log.add(call('clone'));
      const oldest = Math.max(0, total - capacity) + 1;
      const expected = Array.from({ length: total - oldest + 1 }, (_, index) => oldest + index);
      expect(log.read().map(one => one.sequence)).toEqual(expected);
      expect(log.total).toBe(total);
    }),
  );
});

test('a follower sees each call once, until it stops', () => {
  const log = new CallLog();
  const seen: string[] = [];
  const stop = log.follow(one => seen.push(one.caller));
  log.add(call('a'));
  stop();
  log.add(call('b'));
  expect(seen).toEqual(['a']);
});

test('a pattern with a star at its end matches any ending', () => {
  const log = new CallLog();
  log.add(call('clone-1'));
  log.add(call('drill'));
  expect(log.read({ caller: 'clone*' })).toHaveLength(1);
  expect(log.read({ caller: 'clone' })).toEqual([]);
});
