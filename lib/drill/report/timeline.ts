import type { LoadSample } from '../load/load-counts';
import type { Phase } from '../plan/plan-steps';
import type { LagSample } from '../run/lag-recorder';
import type { ReportInput } from './report';

/** One step as it ran. */
export interface TimelineStep {
  readonly step: string;
  readonly phase: Phase;
  /** Wall-clock times, ISO 8601; a step that never ended has no end. */
  readonly from: string;
  readonly to?: string;
}

/** What happened when, by the wall clock of the process that drove. */
export interface Timeline {
  /** When the drill was asked for; null when nothing was written. */
  readonly from: string | null;
  readonly steps: readonly TimelineStep[];
  /** What clients saw, second by second; empty without a load. */
  readonly samples: readonly LoadSample[];
  /** How far the replica was behind, by the process that ended the drill; empty when nothing was recorded. */
  readonly lag: readonly LagSample[];
}

/** Reads the timeline out of the journal and of what the load saw. */
export function timelineOf({ journal, plan, load, lag = [] }: ReportInput): Timeline {
  const begins = journal?.all('step-begin') ?? [];
  const steps = begins.flatMap(({ step, at }) => {
    const phase = plan?.steps.find(planned => planned.id === step)?.phase;
    const to = journal?.all('step-end').find(end => end.step === step)?.at;
    return phase === undefined ? [] : [{ step, phase, from: at, ...(to === undefined ? {} : { to }) }];
  });
  return { from: journal?.last('begin')?.at ?? null, steps, samples: load?.samples ?? [], lag };
}
