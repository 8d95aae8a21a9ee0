// Random plans, builds, losses, pauses, crashes, drills and deploys around the real controller of a release.
// HOLDFAST_PROVE=1 runs twenty thousand, on every core; HOLDFAST_SEED=<seed> replays one.
import { proveReleases, type ReleaseTotals, releaseSchedule } from '../helpers/releases/prove-releases';
import { MUTANTS } from '../helpers/releases/release-mutants';
import { inThreads } from '../helpers/schedule-threads';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SEED = process.env.HOLDFAST_SEED;
const COUNT = SEED === undefined ? (PROVE ? 20_000 : 30) : 1;
const FIRST = Number(SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

test(`in ${COUNT} schedules a bad build goes back within one alarm period, and no two controllers act at once`, async () => {
  const shares =
    PROVE && SEED === undefined
      ? await inThreads<ReleaseTotals>('test/helpers/releases/release-thread.ts', FIRST, COUNT)
      : [await proveReleases(FIRST, COUNT)];
  const sum = (of: (totals: ReleaseTotals) => number) =>
    shares.reduce((total, share) => total + of(share), 0);
  const figures = [
    `seeds ${FIRST} to ${FIRST + COUNT - 1}: ${COUNT} schedules`,
    `${sum(({ acts }) => acts)} acts, ${sum(({ raises }) => raises)} raised weights`,
    `${sum(({ deaths }) => deaths)} deaths of controllers`,
    `${sum(({ done }) => done)} done, ${sum(({ rolledBack }) => rolledBack)} rolled back`,
    `back at the latest ${(Math.max(...shares.map(({ slowestBack }) => slowestBack)) / 1000).toFixed(1)} s after the alarm`,
    '0 violations',
  ];
  process.stderr.write(`release: ${figures.join(', ')}\n`);
  if (SEED !== undefined) return;
  // A world in which nothing happens proves nothing.
  expect(sum(({ raises }) => raises)).toBeGreaterThan(COUNT * 2);
  expect(sum(({ done }) => done)).toBeGreaterThan(COUNT / 10);
  expect(sum(({ rolledBack }) => rolledBack)).toBeGreaterThan(COUNT / 10);
});

test.each(MUTANTS)('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await releaseSchedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
