import fc from 'fast-check';
import { ReadLease } from '../../../lib/runtime/register/lease';
import type { RegisterRecord } from '../../../lib/runtime/register/register';

const HERE = 'us-east-2';
const THERE = 'us-west-2';
const LEASE = 10_000;
const record = (epoch: number, phase: RegisterRecord['phase'], region = HERE): RegisterRecord => ({
  epoch,
  phase,
  region,
});
const lease = () => new ReadLease(HERE, LEASE);

describe('a read lease', () => {
  test('is not held before the register was read', () => {
    expect(lease().state(0)).toEqual({ held: false, reason: 'never-read' });
  });

  test('lasts from the start of the read, not from its end', () => {
    const mine = lease();
    mine.observe(1000, record(3, 'active'));
    expect(mine.state(10_999)).toEqual({ held: true, epoch: 3, validUntil: 11_000 });
    expect(mine.state(11_000)).toMatchObject({ held: false, reason: 'expired' });
  });

  test.each(['fencing', 'promoting'] as const)('is not held in phase %s', phase => {
    const mine = lease();
    mine.observe(0, record(1, phase));
    expect(mine.state(1)).toMatchObject({ held: false, reason: 'not-active' });
  });

  test('is not held where another Region is active', () => {
    const mine = lease();
    mine.observe(0, record(1, 'active', THERE));
    expect(mine.state(1)).toMatchObject({ held: false, reason: 'not-active' });
  });

  test('ends at once with a newer record, and a late answer of an older read does not bring it back', () => {
    const mine = lease();
    mine.observe(0, record(1, 'active'));
    mine.observe(100, record(2, 'fencing', THERE));
    mine.observe(200, record(1, 'active'));
    expect(mine.state(300)).toMatchObject({ held: false, reason: 'not-active' });
  });

  test('a read that began earlier and ends later extends nothing', () => {
    const mine = lease();
    mine.observe(5000, record(1, 'active'));
    mine.observe(1000, record(1, 'active'));
    expect(mine.state(6000)).toMatchObject({ held: true, validUntil: 15_000 });
  });

  test('an early read that saw the newer record counts from its own start', () => {
    const mine = lease();
    mine.observe(5000, record(1, 'active'));
    mine.observe(1000, record(2, 'active'));
    expect(mine.state(6000)).toMatchObject({ held: true, epoch: 2, validUntil: 11_000 });
  });
});

const phases = fc.constantFrom<RegisterRecord['phase']>('fencing', 'promoting', 'active');
const regions = fc.constantFrom(HERE, THERE);
const read = fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 4 }), phases);
// The register never says two things: an epoch is of one Region.
const reads = fc
  .tuple(fc.array(regions, { minLength: 4, maxLength: 4 }), fc.array(read, { maxLength: 20 }))
  .map(([owners, all]) =>
    all.map(([startedAt, epoch, phase]): [number, RegisterRecord] => [
      startedAt,
      { epoch, phase, region: owners[epoch - 1] as string },
    ]),
  );

describe('for any reads in any order', () => {
  test('it is never held later than lease after the start of a read that saw it active', () => {
    fc.assert(
      fc.property(reads, fc.integer({ min: 0, max: 60_000 }), (all, now) => {
        const mine = lease();
        for (const [startedAt, seen] of all) mine.observe(startedAt, seen);
        const state = mine.state(now);
        if (!state.held) return;
        const grounds = all.filter(
          ([startedAt, seen]) =>
            seen.epoch === state.epoch &&
            seen.phase === 'active' &&
            seen.region === HERE &&
            now < startedAt + LEASE,
        );
        expect(grounds.length).toBeGreaterThan(0);
      }),
    );
  });

  test('it is never held at an epoch below one that was seen', () => {
    fc.assert(
      fc.property(reads, fc.integer({ min: 0, max: 60_000 }), (all, now) => {
        const mine = lease();
        let highest = 0;
        for (const [startedAt, seen] of all) {
          mine.observe(startedAt, seen);
          highest = Math.max(highest, seen.epoch);
          const state = mine.state(now);
          if (state.held) expect(state.epoch).toBe(highest);
        }
      }),
    );
  });
});
