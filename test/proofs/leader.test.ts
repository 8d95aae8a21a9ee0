// Random schedules of pauses, drift, skew, losses, partitions and crashes around the real election.
// HOLDFAST_PROVE=1 runs a million, on every core; HOLDFAST_SEED=<seed> replays one.
import type { LeaderMutant } from '../helpers/leader-mutants';
import { type LeaderTotals, leaderSchedule, proveLeaders } from '../helpers/prove-leaders';
import { inThreads } from '../helpers/schedule-threads';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SEED = process.env.HOLDFAST_SEED;
const COUNT = SEED === undefined ? (PROVE ? 1_000_000 : 1_000) : 1;
const FIRST = Number(SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

test(`in ${COUNT} schedules no stale leader writes, no two lead, and the dead are followed in time`, async () => {
  const shares =
    PROVE && SEED === undefined
      ? await inThreads<LeaderTotals>('test/helpers/leader-thread.ts', FIRST, COUNT)
      : [await proveLeaders(FIRST, COUNT)];
  const sum = (of: (totals: LeaderTotals) => number) => shares.reduce((total, share) => total + of(share), 0);
  const totals = {
    writes: sum(({ writes }) => writes),
    refused: sum(({ refused }) => refused),
    wins: sum(({ wins }) => wins),
  };
  const longest = Math.round(Math.max(...shares.map(({ longestTakeover }) => longestTakeover)));
  const figures = `seeds ${FIRST} to ${FIRST + COUNT - 1}: ${JSON.stringify(totals)}, longest takeover ${longest} ms, 0 violations`;
  process.stderr.write(`leaders: ${figures}\n`);
  if (SEED !== undefined) return;
  // A world in which nothing happens proves nothing.
  expect(totals.writes).toBeGreaterThan(COUNT * 20);
  expect(totals.wins).toBeGreaterThan(COUNT * 3);
  expect(totals.refused).toBeGreaterThan(COUNT / 10);
});

test.each<LeaderMutant>([
  'no fence',
  'no margin',
  'wall clock',
  'lease from the end of the write',
  "trust in the record's own time",
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 0;
  let found: readonly string[] = [];
  while (seed < 1000 && found.length === 0) {
    seed += 1;
    found = (await leaderSchedule(seed, mutant)).violations.filter(isOfSafety);
  }
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}: ${found[0]}\n`);
  expect(seed).toBeLessThan(1000);
});

/** Not that somebody leads too late: a mutant must be caught at what its part is for. */
function isOfSafety(violation: string): boolean {
  return !violation.includes('nobody leads');
}
