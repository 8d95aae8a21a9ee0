// What each thread of the proof runs.
import { FastSimulation } from './fast-simulation';
import type { LeaderMutant } from './leader-mutants';
import { type LeaderScheduleResult, SimulatedLeaders } from './simulated-leaders';
import { Random } from './simulation';

const NEMESIS_MILLISECONDS = 50_000;

/** One schedule. */
export function leaderSchedule(seed: number, mutant?: LeaderMutant): Promise<LeaderScheduleResult> {
  return new SimulatedLeaders(new FastSimulation(new Random(seed)), NEMESIS_MILLISECONDS, mutant).run();
}

/** Sums of many schedules without a violation. */
export interface LeaderTotals {
  writes: number;
  refused: number;
  wins: number;
  longestTakeover: number;
}

/**
 * Runs schedules one after the other.
 * @throws Error at the first violation, with the command that replays it
 */
export async function proveLeaders(first: number, count: number): Promise<LeaderTotals> {
  const totals: LeaderTotals = { writes: 0, refused: 0, wins: 0, longestTakeover: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    // Promises alone would starve the runner of its own messages.
    if (seed % 1000 === 0) await new Promise(resolve => setImmediate(resolve));
    const result = await leaderSchedule(seed);
    totals.writes += result.writes;
    totals.refused += result.refused;
    totals.wins += result.wins;
    totals.longestTakeover = Math.max(totals.longestTakeover, result.takeover);
    if (result.violations.length === 0) continue;
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/leader.test.ts --selectProjects proofs`;
    throw new Error(`${result.violations.slice(0, 5).join('; ')}; replay: ${replay}`);
  }
  return totals;
}
