import * as fc from 'fast-check';
import { judgeInterlock, LONGEST_BREAK_GLASS } from '../../../lib/runtime/interlock/interlock';
import {
  breakGlassOfText,
  lockOfItem,
  longestLock,
  newBreakGlass,
  textOfBreakGlass,
} from '../../../lib/runtime/interlock/interlock-items';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const active = { epoch: 4, phase: 'active', region: 'us-east-2' } as const;
const lock = { drillId: 'd1', holder: 'ann', renewedAt: NOW - 10_000, leaseSeconds: 30 };
const glass = { by: 'ann', reason: 'the fix for the outage', until: NOW + 60_000 };

test('nothing under way: free, at birth too', () => {
  expect(judgeInterlock({ records: [active] }, NOW)).toEqual({ kind: 'free' });
  expect(judgeInterlock({ records: [] }, NOW)).toEqual({ kind: 'free' });
});

test('a lock that is renewed refuses and says whose it is and until when', () => {
  expect(judgeInterlock({ records: [active], lock }, NOW)).toEqual({
    kind: 'refused',
    until: NOW + 50_000,
    refusal:
      'drill d1 of ann is under way. It binds until 2026-03-01T10:00:50.000Z, and longer while it is renewed',
  });
});

test('the lock of a dead holder ends by itself, a lease after its own end; a move that it left does not', () => {
  const facts = { records: [active], lock };
  expect(judgeInterlock(facts, NOW + 49_999).kind).toBe('refused');
  expect(judgeInterlock(facts, NOW + 50_000).kind).toBe('free');
  const standing = { lock, records: [{ epoch: 5, phase: 'promoting', region: 'us-west-2' } as const] };
  expect(judgeInterlock(standing, NOW + 3_600_000)).toEqual({
    kind: 'refused',
    refusal:
      'a move to us-west-2 stands in phase promoting of epoch 5. It binds until it is finished: holdfast drill resume, or holdfast drill abort',
  });
});

test('one home that moves is enough', () => {
  const records = [active, { epoch: 2, phase: 'fencing', region: 'eu-west-1' } as const];
  expect(judgeInterlock({ records }, NOW).kind).toBe('refused');
});

test('a lock that cannot be read refuses', () => {
  const items: readonly Parameters<typeof lockOfItem>[0][] = [
    {},
    { heartbeatAt: { S: 'soon' }, leaseSeconds: { N: '30' } },
    { heartbeatAt: { S: '2026-03-01T10:00:00Z/1' } },
  ];
  for (const broken of items) {
    expect(judgeInterlock({ records: [active], lock: lockOfItem(broken) }, NOW).kind).toBe('refused');
  }
});

test('the lock that a drill writes is read back', () => {
  const item = {
    drillId: { S: 'd1' },
    holder: { S: 'ann' },
    heartbeatAt: { S: '2026-03-01T09:59:50.000Z/123.456' },
    leaseSeconds: { N: '30' },
  };
  expect(lockOfItem(item)).toEqual(lock);
  expect(lockOfItem(undefined)).toBeUndefined();
});

test('leave is heeded while it lasts, and only where something is refused', () => {
  expect(judgeInterlock({ records: [active], lock, breakGlass: glass }, NOW)).toMatchObject({
    kind: 'broken-glass',
    breakGlass: glass,
  });
  expect(judgeInterlock({ records: [active], breakGlass: glass }, NOW).kind).toBe('free');
  expect(
    judgeInterlock(
      { records: [active], lock: { ...lock, renewedAt: NOW + 60_000 }, breakGlass: glass },
      NOW + 60_000,
    ).kind,
  ).toBe('refused');
});

test('leave that would never end is no leave', () => {
  const forever = { ...glass, until: NOW + LONGEST_BREAK_GLASS + 1 };
  expect(judgeInterlock({ records: [active], lock, breakGlass: forever }, NOW).kind).toBe('refused');
});

test('leave says who, why and until when, or is none', () => {
  const given = newBreakGlass(' ann ', 'the fix for the outage', 30, NOW);
  expect(breakGlassOfText(textOfBreakGlass(given))).toEqual({
    by: 'ann',
    reason: 'the fix for the outage',
    until: NOW + 1_800_000,
  });
  expect(() => newBreakGlass('', 'short', 241, NOW)).toThrow(
    /by: names nobody[\s\S]*reason: is no reason[\s\S]*minutes: is out of range, received 241; give more than 0 and at most 240/,
  );
});

test('no text makes the reader throw, and none without name, reason and time is leave', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      const read = breakGlassOfText(text);
      return read === undefined || (read.by !== '' && read.reason !== '' && Number.isFinite(read.until));
    }),
  );
  expect(breakGlassOfText('{"by":"","reason":"x","until":"2026-03-01T10:00:00Z"}')).toBeUndefined();
});

test('of the locks of several homes the one that binds longest counts, and one that says no end before all', () => {
  const item = (drillId: string, heartbeat: string) => ({
    drillId: { S: drillId },
    holder: { S: 'ann' },
    heartbeatAt: { S: heartbeat },
    leaseSeconds: { N: '30' },
  });
  const [early, late] = [item('early', '2026-03-01T10:00:00Z'), item('late', '2026-03-01T10:00:20Z')];
  expect(longestLock([])).toBeUndefined();
  expect(longestLock([early, undefined, late])?.drillId).toBe('late');
  expect(longestLock([late, early])?.drillId).toBe('late');
  expect(longestLock([late, item('unreadable', ''), early])?.drillId).toBe('unreadable');
});
