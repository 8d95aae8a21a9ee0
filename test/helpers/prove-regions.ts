// What each thread of the proof of lease and fence runs.
import { type Mutant, type ScheduleResult, SimulatedRegions } from './simulated-regions';
import { Random, Simulation } from './simulation';

const SCHEDULE_MILLISECONDS = 90_000;

/** One schedule. */
export function regionSchedule(seed: number, mutant?: Mutant): Promise<ScheduleResult> {
  return new SimulatedRegions(new Simulation(new Random(seed)), mutant).run(SCHEDULE_MILLISECONDS);
}

/** Sums of many schedules without a violation. */
export interface RegionTotals {
  acknowledged: number;
  moves: number;
}

/**
 * Runs schedules one after the other.
 * @throws Error at the first violation, with the command that replays it
 */
export async function proveRegions(first: number, count: number): Promise<RegionTotals> {
  const totals = { acknowledged: 0, moves: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await regionSchedule(seed);
    totals.acknowledged += result.acknowledged;
    totals.moves += result.moves;
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/lease-and-fence.test.ts --selectProjects proofs`;
    if (result.violations.length > 0) throw new Error(`${result.violations.join('; ')}; replay: ${replay}`);
  }
  return totals;
}
