import type { HomeTopology } from '../../regions';
import type { DrillJobs } from '../drill';
import { jobTotals, replayJobs } from '../jobs';
import { withJobs } from './actions/jobs-open';
import type { CommandContext } from './context';
import type { DrillTarget } from './drill-target';

/** Stranded messages in one replay; the drill looks again after each. */
const MAXIMUM = 1000;

/** The jobs of the active Region, whose database is signed in to for each question and no longer. */
export function drillJobs(context: CommandContext, topology: HomeTopology, target: DrillTarget): DrillJobs {
  return {
    counts: () =>
      withJobs(context, topology, target, async ({ database, active }) => {
        // Under load something is always on its way: what must be gone is what was there before.
        const { owed, unsentLate: unsent, parked } = await jobTotals(database, active.epoch);
        return { owed, unsent, parked };
      }),
    replayStranded: region =>
      withJobs(context, topology, target, async jobs => {
        const filter = { state: 'stranded', region } as const;
        await replayJobs(jobs, { filter, maximum: MAXIMUM, reason: 'stranded by a move' });
      }),
  };
}
