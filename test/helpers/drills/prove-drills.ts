// What each thread of the proof of drills runs.
import { drillSchedule } from './drill-schedules';

/** Sums of many schedules without a violation. */
export interface DrillTotals {
  acknowledged: number;
  moves: number;
  lives: number;
  /** Acknowledged writes that failovers lost to lag. */
  lost: number;
}

/**
 * Runs schedules one after the other.
 * @throws Error at the first violation, with the command that replays it
 */
export async function proveDrills(first: number, count: number): Promise<DrillTotals> {
  const totals = { acknowledged: 0, moves: 0, lives: 0, lost: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const { violations, acknowledged, moves, endings, lost } = await drillSchedule(seed);
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/drill.test.ts --selectProjects proofs`;
    if (violations.length > 0) throw new Error(`${violations.join('; ')}; replay: ${replay}`);
    totals.acknowledged += acknowledged;
    totals.moves += moves;
    totals.lives += endings.length;
    totals.lost += lost;
  }
  return totals;
}
