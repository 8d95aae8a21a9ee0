/**
 * The plan of a drill as plain data: the JSON of `Plan` in `holdfast/drill`, as far as Region switch needs it. A
 * construct imports no engine, so the shape stands here and a test feeds it with the drill's own planner.
 */

/** One step of a plan. */
export interface SwitchPlanStep {
  /** Id of the step, and its name in the workflow. */
  readonly id: string;
  readonly phase: string;
  readonly title: string;
  /** What must hold before the step acts. */
  readonly precondition: string;
  /** Expected seconds. */
  readonly budgetSeconds: number;
  /** Seconds after which the step counts as stuck. */
  readonly limitSeconds: number;
  /** Whether acting twice does no harm. */
  readonly repeatable: boolean;
  /** Whether the way back is closed once the step has begun to act. */
  readonly pointOfNoReturn: boolean;
}

/** The plan of a move from one Region to another. */
export interface SwitchPlan {
  readonly version: 1;
  readonly mode: string;
  readonly application: string;
  readonly from: string;
  readonly to: string;
  /** 1 for a real account; a plan of the lab is not one for AWS. */
  readonly timeScale: number;
  readonly steps: readonly SwitchPlanStep[];
}

/** Steps that a block of another step does along with it: the block acts and waits. */
const DONE_WITHIN: Readonly<Record<string, string>> = {
  'wait-capacity': 'raise-capacity',
  'wait-writer': 'switch-database',
};

/** Seconds of a block: those of its step and of every step that is done within it. */
export function blockSeconds(plan: SwitchPlan, step: SwitchPlanStep): number {
  return plan.steps
    .filter(({ id }) => id === step.id || DONE_WITHIN[id] === step.id)
    .reduce((sum, { limitSeconds }) => sum + limitSeconds, 0);
}

/** Whether a step has a block of its own, or the block of another step waits for it as well. */
export function hasBlock(plan: SwitchPlan, step: SwitchPlanStep, groupsAreKnown: boolean): boolean {
  const within = DONE_WITHIN[step.id];
  if (within === undefined || !plan.steps.some(({ id }) => id === within)) return true;
  return within === 'raise-capacity' && !groupsAreKnown;
}
