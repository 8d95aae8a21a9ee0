// Random schedules of reads, pauses, clock drift, losses and moves around the real lease, keeper and fence.
// HOLDFAST_PROVE=1 runs a million, on every core; HOLDFAST_SEED=<seed> replays one.
import { proveRegions, type RegionTotals, regionSchedule } from '../helpers/prove-regions';
import { inThreads } from '../helpers/schedule-threads';
import type { Mutant } from '../helpers/simulated-regions';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SEED = process.env.HOLDFAST_SEED;
const COUNT = SEED === undefined ? (PROVE ? 1_000_000 : 150) : 1;
const FIRST = Number(SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

test(`in ${COUNT} schedules no write is acknowledged by two Regions' time, lost, or taken from an older epoch`, async () => {
  const shares =
    PROVE && SEED === undefined
      ? await inThreads<RegionTotals>('test/helpers/region-thread.ts', FIRST, COUNT)
      : [await proveRegions(FIRST, COUNT)];
  const acknowledged = shares.reduce((sum, share) => sum + share.acknowledged, 0);
  const moves = shares.reduce((sum, share) => sum + share.moves, 0);
  const figures = `seeds ${FIRST} to ${FIRST + COUNT - 1}: ${COUNT} schedules, ${moves} moves, ${acknowledged} acknowledged writes, 0 violations`;
  process.stderr.write(`lease and fence: ${figures}\n`);
  if (SEED !== undefined) return;
  // A world in which nothing happens proves nothing.
  expect(acknowledged).toBeGreaterThan(COUNT * 5);
  expect(moves).toBeGreaterThan(COUNT);
});

test.each<Mutant>([
  'no margin',
  'lease from the end of the read',
  'wall clock',
  'no check before the answer',
  'no fence',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await regionSchedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
