import { LeaderLease } from '../../../lib/runtime/leader/leader-lease';
import { compareTokens } from '../../../lib/runtime/leader/token';

const record = (epoch: number, term: number, beat: number, holder?: string) => ({
  token: { epoch, term },
  beat,
  leaseMilliseconds: 10_000,
  ...(holder === undefined ? {} : { holder }),
});
const lease = () => new LeaderLease({ holder: 'me', leaseMilliseconds: 10_000 });

test('a token of an older epoch is older, whatever its term', () => {
  expect(compareTokens({ epoch: 1, term: 900 }, { epoch: 2, term: 1 })).toBeLessThan(0);
  expect(compareTokens({ epoch: 2, term: 3 }, { epoch: 2, term: 1 })).toBeGreaterThan(0);
  expect(compareTokens({ epoch: 2, term: 3 }, { epoch: 2, term: 3 })).toBe(0);
});

test('the holder counts from the start of its write', () => {
  const mine = lease();
  mine.written(record(1, 1, 0, 'me'), 500);
  expect(mine.state(10_499)?.validUntil).toBe(10_500);
  expect(mine.state(10_500)).toBeUndefined();
});

test('an observer waits a lease and the margin from the reading that first showed the record', () => {
  const mine = lease();
  mine.observe(record(1, 1, 4, 'other'), 1_000);
  mine.observe(record(1, 1, 4, 'other'), 9_000);
  expect(mine.waitUntilTake(1, 9_000)).toBe(2_500);
  mine.observe(record(1, 1, 5, 'other'), 11_000);
  expect(mine.waitUntilTake(1, 11_000)).toBe(10_500);
});

test('the longer of two leases is waited for, since a deploy may change them', () => {
  const mine = lease();
  mine.observe({ ...record(1, 1, 0, 'other'), leaseMilliseconds: 30_000 }, 0);
  expect(mine.waitUntilTake(1, 0)).toBe(30_500);
});

test('what was given back, or belongs to an older epoch, is free at once; a newer epoch is out of reach', () => {
  const mine = lease();
  expect(mine.waitUntilTake(1, 0)).toBe(0);
  mine.observe(record(1, 1, 4), 0);
  expect(mine.waitUntilTake(1, 0)).toBe(0);
  mine.observe(record(1, 2, 0, 'other'), 0);
  expect(mine.waitUntilTake(2, 0)).toBe(0);
  expect(mine.waitUntilTake(0, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(mine.claim(2).token).toEqual({ epoch: 2, term: 3 });
});

test('a beat is never used twice, even when nobody knows whether it was', () => {
  const mine = lease();
  const won = record(1, 1, 0, 'me');
  mine.written(won, 0);
  expect(mine.renewal(won).beat).toBe(1);
  expect(mine.renewal(won).beat).toBe(2);
});

test('what is given back is no longer believed in, and names nobody', () => {
  const mine = lease();
  mine.written(record(1, 1, 3, 'me'), 0);
  expect(mine.release()).toEqual({ token: { epoch: 1, term: 1 }, beat: 4, leaseMilliseconds: 10_000 });
  expect(mine.state(0)).toBeUndefined();
  expect(mine.release()).toBeUndefined();
});
