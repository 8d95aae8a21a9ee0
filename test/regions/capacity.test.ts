import fc from 'fast-check';
import {
  clonesForPeak,
  clonesInLargestZone,
  leftAfterZoneLoss,
  regionCapacity,
  withZoneLossHeadroom,
} from '../../regions';

const rate = fc.integer({ min: 1, max: 10_000_000 });
const zoneCount = fc.integer({ min: 2, max: 6 });

describe('clones for the peak', () => {
  test('serve the share of the peak, and one less does not', () => {
    fc.assert(
      fc.property(
        rate,
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        (peak, each, percent) => {
          const clones = clonesForPeak(
            { peakRequestsPerSecond: peak, requestsPerClone: each },
            percent / 100,
          );
          const wanted = BigInt(peak) * BigInt(percent);
          expect(BigInt(clones) * BigInt(each) * 100n >= wanted).toBe(true);
          expect(clones === 1 || BigInt(clones - 1) * BigInt(each) * 100n < wanted).toBe(true);
        },
      ),
    );
  });

  test('buy no clone for a rounding error of binary fractions', () => {
    // 0.07 x 100 is 7.000000000000001 in binary fractions.
    expect(clonesForPeak({ peakRequestsPerSecond: 100, requestsPerClone: 7 }, 0.07)).toBe(1);
    expect(clonesForPeak({ peakRequestsPerSecond: 1000, requestsPerClone: 1 }, 0.29)).toBe(290);
  });
});

describe('headroom for the loss of a zone', () => {
  test('leaves what the peak needs, at least two run, and one clone less would not do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), zoneCount, (needed, zones) => {
        const clones = withZoneLossHeadroom(needed, zones);
        expect(clones - Math.ceil(clones / zones)).toBeGreaterThanOrEqual(needed);
        expect(clones).toBeGreaterThanOrEqual(2);
        const fewer = clones - 1;
        expect(fewer < 2 || fewer - Math.ceil(fewer / zones) < needed).toBe(true);
      }),
    );
  });

  test('more zones never need more clones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 2, max: 5 }), (needed, zones) => {
        expect(withZoneLossHeadroom(needed, zones + 1)).toBeLessThanOrEqual(
          withZoneLossHeadroom(needed, zones),
        );
      }),
    );
  });

  test.each([
    [1, 3, 2],
    [2, 3, 3],
    [2, 2, 4],
    [4, 3, 6],
    [10, 3, 15],
  ])('%i needed in %i zones are %i clones', (needed, zones, clones) => {
    expect(withZoneLossHeadroom(needed, zones)).toBe(clones);
    expect(leftAfterZoneLoss(clones, zones)).toBe(clones - clonesInLargestZone(clones, zones));
  });

  test('one zone has no headroom at any price', () => {
    expect(withZoneLossHeadroom(1, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('capacity of a Region', () => {
  const capacity = { peakRequestsPerSecond: 1000, requestsPerClone: 100, maximumClones: 40 };
  const zones = ['usw2-az1', 'usw2-az2', 'usw2-az3'];

  test('a full standby runs what the active Region runs', () => {
    expect(regionCapacity({ capacity }, { zones })).toEqual({
      minimumClones: 15,
      activeClones: 15,
      maximumClones: 40,
      workers: 1,
    });
  });

  test('a half standby runs half of the peak with headroom of its own', () => {
    const half = regionCapacity({ capacity }, { zones, capacityShare: 0.5 });
    expect(half).toMatchObject({ minimumClones: 8, activeClones: 15 });
  });

  test('workers are as many as the topology asks for', () => {
    expect(regionCapacity({ capacity: { ...capacity, minimumWorkers: 3 } }, { zones }).workers).toBe(3);
  });
});
