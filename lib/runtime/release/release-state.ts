import type { RegisterRecord } from '../register/register';
import type { ReleasePlan } from './release-plan';

/**
 * Where a release stands. `launch`, `shift` and `bake` belong to one Region after the other; `warm` keeps the old colours
 * of all, `retire` gives their clones back. `back` moves every weight home, `clean` gives the new clones back.
 */
export type ReleaseStage =
  | 'launch'
  | 'shift'
  | 'bake'
  | 'warm'
  | 'retire'
  | 'done'
  | 'back'
  | 'clean'
  | 'rolled-back';

/** A release and how far it has come. Times are milliseconds since 1970. */
export interface ReleaseState {
  readonly plan: ReleasePlan;
  readonly stage: ReleaseStage;
  /** Index of the Region that is being released; after a rollback has begun, the last that was touched. */
  readonly region: number;
  /** Index of the share, in `shift`. */
  readonly step: number;
  /** Since when what is being waited for holds: the launch, the weights of this step, the bake. @default - not yet */
  readonly since?: number;
  /** Since when the new colour of the Region gets requests. @default - it gets none */
  readonly watchedFrom?: number;
  /** End of the newest period in which the new colour was measured. @default - none was */
  readonly measuredUntil?: number;
  /** When a controller looked last. @default - none has */
  readonly lookedAt?: number;
  /** Since when controllers have looked without a gap: nobody probes or measures while there is none. */
  readonly attendedFrom?: number;
  /** Since when a new colour that gets requests has fewer healthy clones than it needs. @default - all have them */
  readonly illSince?: number;
  /** Whether a person has stopped the way forward. The way back stays open, and alarms go on to be watched. */
  readonly paused: boolean;
  /** Whether a person has asked for the whole share at once, in this Region. */
  readonly hurried: boolean;
  /** Epoch of the register under which the way forward goes. @default - the one that is seen next */
  readonly epoch?: number;
  /** Why it is rolled back. */
  readonly reason?: string;
  /** What it waits for now, in words. */
  readonly waitingFor?: string;
}

/** The state of a release that begins now. */
export function beginRelease(plan: ReleasePlan, register: RegisterRecord): ReleaseState {
  return { plan, stage: 'launch', region: 0, step: 0, paused: false, hurried: false, epoch: register.epoch };
}

/** What is known of no Region yet. */
export const UNWATCHED = {
  since: undefined,
  watchedFrom: undefined,
  measuredUntil: undefined,
  illSince: undefined,
} as const;

/** Whether nothing is left to do. */
export const hasEnded = ({ stage }: Pick<ReleaseState, 'stage'>): boolean =>
  stage === 'done' || stage === 'rolled-back';

/** Whether it can still be rolled back: as long as the old clones are there. */
export const mayGoBack = ({ stage }: Pick<ReleaseState, 'stage'>): boolean =>
  stage === 'launch' || stage === 'shift' || stage === 'bake' || stage === 'warm';

/** Turns to the way back. */
export function turnBack(state: ReleaseState, reason: string): ReleaseState {
  return { ...state, stage: 'back', paused: false, reason, ...UNWATCHED, waitingFor: undefined };
}

/** When it ends if all goes well, in milliseconds since 1970: a guess for people and for those who wait for it. */
export function expectedEnd(state: ReleaseState, now: number): number {
  const { plan, stage, region, step } = state;
  const { shares, stepSeconds, bakeSeconds, warmSeconds, drainSeconds, periodSeconds } = plan;
  if (hasEnded(state)) return now;
  if (stage === 'retire' || stage === 'back' || stage === 'clean') {
    return now + (drainSeconds + periodSeconds) * 1000;
  }
  const launch = plan.launchSeconds / 4;
  const stepsOf = (from: number) => (shares.length - from) * (stepSeconds + periodSeconds);
  const whole = launch + stepsOf(0) + bakeSeconds;
  const rest =
    stage === 'launch'
      ? whole
      : stage === 'shift'
        ? stepsOf(step) + bakeSeconds
        : stage === 'bake'
          ? bakeSeconds
          : 0;
  const later = stage === 'warm' ? 0 : (plan.regions.length - 1 - region) * whole;
  return now + (rest + later + warmSeconds) * 1000;
}
