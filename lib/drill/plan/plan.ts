import type { RegisterRecord } from '../../runtime/register/register';
import { type DrillMode, type Phase, SKETCHES, STEPS_OF_MODE, type StepId } from './plan-steps';
import type { BudgetLine, DrillSettings } from './settings';

/** One step of a plan: what, when, how long, how to undo it. */
export interface PlanStep {
  readonly id: StepId;
  readonly phase: Phase;
  readonly title: string;
  /** What must hold before the step acts. */
  readonly precondition: string;
  /** Expected seconds at the plan's time scale; the part of its phase's budget that falls to it. */
  readonly budgetSeconds: number;
  /** Seconds after which the step counts as stuck. */
  readonly limitSeconds: number;
  /** How it is undone. @default - there is nothing to undo */
  readonly undo?: string;
  /**
   * Whether acting twice does no harm, as with a conditional raise. Any other step acts again only when the state,
   * watched for a while, shows that the first act was never accepted.
   */
  readonly repeatable: boolean;
  /** Whether the drill goes on without it when it cannot be had, and says so. @default false */
  readonly optional?: true;
  /** Whether the way back is closed once the step has begun to act. */
  readonly pointOfNoReturn: boolean;
}

/** A capacity floor that the drill raises before it moves anything. */
export interface CapacityTarget {
  readonly group: string;
  /** Floor, and instances in service to wait for. */
  readonly minimum: number;
}

/** A plan is data: the journal holds it, and a resumed run follows it whatever the topology says by then. */
export interface Plan {
  readonly version: 1;
  readonly id: string;
  readonly mode: DrillMode;
  readonly application: string;
  /** Home that is moved. @default - the application has none, and moves whole */
  readonly home?: string;
  readonly from: string;
  readonly to: string;
  readonly timeScale: number;
  /** The register before the move. */
  readonly before: RegisterRecord;
  readonly capacity: readonly CapacityTarget[];
  readonly steps: readonly PlanStep[];
}

/** Seconds that a step gets at the least before it counts as stuck, whatever the time scale. */
const MINIMUM_LIMIT_SECONDS = 20;
/** How many times its budget a step may take before it counts as stuck. */
const PATIENCE = 3;
/**
 * Unscaled seconds for which a step that may not be repeated is only watched after an act whose answer was lost:
 * the provider may have accepted it and not show it yet.
 */
export const WATCH_SECONDS = 60;
/** Expected seconds of the settling of a replica, which no budget line covers; unscaled. */
const SETTLE_SECONDS = 300;

/** What a plan is made from. */
export interface PlanInput {
  readonly id: string;
  readonly mode: DrillMode;
  readonly to: string;
  readonly before: RegisterRecord;
  readonly timeScale: number;
  readonly capacity: readonly CapacityTarget[];
  /** Whether the standby lacks any of that capacity; the steps of `scale-up` are planned only then. */
  readonly scaleUp: boolean;
  readonly settings: DrillSettings;
}

/** Makes the plan of a move from the topology's numbers and the state that was read. */
export function planDrill(input: PlanInput): Plan {
  const { id, mode, to, before, timeScale, capacity, settings, scaleUp } = input;
  const budget = budgetOf(settings, mode);
  return {
    version: 1,
    id,
    mode,
    application: settings.application,
    ...(settings.home === undefined ? {} : { home: settings.home }),
    from: before.region,
    to,
    timeScale,
    before,
    capacity,
    steps: STEPS_OF_MODE[mode]
      .map(step => planStep(step, input, budget))
      .filter(step => scaleUp || step.phase !== 'scale-up'),
  };
}

function planStep(id: StepId, { mode, timeScale }: PlanInput, budget: readonly BudgetLine[]): PlanStep {
  const { carriesBudget, lastsAsItsPhase, ...sketch } = SKETCHES[id];
  const seconds = sketch.phase === 'settle' ? SETTLE_SECONDS : phaseBudget(budget, sketch.phase);
  const budgetSeconds = (carriesBudget ? seconds : 0) / timeScale;
  // Who only watches at first must have time left to act.
  const watchSeconds = sketch.repeatable === false ? (WATCH_SECONDS * PATIENCE) / timeScale : 0;
  const expectedSeconds = lastsAsItsPhase ? seconds / timeScale : budgetSeconds;
  return {
    repeatable: true,
    pointOfNoReturn: false,
    ...sketch,
    ...(isOptional(mode, sketch.phase) ? { optional: true } : {}),
    id,
    budgetSeconds,
    limitSeconds: Math.max(expectedSeconds * PATIENCE, MINIMUM_LIMIT_SECONDS, watchSeconds),
  };
}

/** A replica settles without being watched, and the standby of a lost Region serves with what capacity it has. */
const isOptional = (mode: DrillMode, phase: Phase): boolean =>
  phase === 'settle' || (mode === 'failover' && phase === 'scale-up');

/** Lines of the recovery budget that bind a mode: a failback is a planned move. */
export const budgetOf = (settings: Pick<DrillSettings, 'budgets'>, mode: DrillMode): readonly BudgetLine[] =>
  settings.budgets[mode === 'failover' ? 'failover' : 'switchover'];

/** Sum of a phase's budget lines, unscaled seconds. */
export function phaseBudget(budget: readonly BudgetLine[], phase: string): number {
  return budget.filter(line => line.phase === phase).reduce((sum, line) => sum + line.seconds, 0);
}

/** What a command about this move needs beside its other words: ` --home east`, or nothing. */
export const homeWords = ({ home }: { readonly home?: string }): string =>
  home === undefined ? '' : ` --home ${home}`;
