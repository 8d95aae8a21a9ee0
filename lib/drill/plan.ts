import type { RegisterRecord } from '../runtime/register/register';
import type { BudgetLine, DrillSettings } from './settings';

/**
 * Phases of a drill. Those of the recovery budget make up the RTO; `preflight` stands before it and `settle` after
 * it.
 */
export const PHASES = [
  'preflight',
  'scale-up',
  'fencing',
  'lease-wait',
  'promotion',
  'activation',
  'traffic',
  'reconnect',
  'verification',
  'settle',
] as const;
/** One phase of a drill. */
export type Phase = (typeof PHASES)[number];
/** Phases whose time counts towards the RTO. */
export const RTO_PHASES: readonly Phase[] = PHASES.filter(
  phase => phase !== 'preflight' && phase !== 'settle',
);

/** Ids of the steps of a switchover, in their order. */
export const SWITCHOVER_STEPS = [
  'raise-capacity',
  'wait-capacity',
  'fence',
  'wait-lease',
  'announce-promotion',
  'switch-database',
  'wait-writer',
  'activate',
  'wait-gates',
  'wait-dns',
  'reconnect',
  'verify',
  'settle',
] as const;
/** One step of a switchover. */
export type StepId = (typeof SWITCHOVER_STEPS)[number];

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
  readonly mode: 'switchover';
  readonly application: string;
  readonly from: string;
  readonly to: string;
  readonly timeScale: number;
  /** The register before the move. */
  readonly before: RegisterRecord;
  readonly capacity: readonly CapacityTarget[];
  readonly steps: readonly PlanStep[];
}

type Sketch = Omit<PlanStep, 'id' | 'budgetSeconds' | 'limitSeconds' | 'repeatable' | 'pointOfNoReturn'> & {
  /** Whether the phase's budget falls to this step. */
  readonly carriesBudget?: true;
  readonly repeatable?: false;
  readonly pointOfNoReturn?: true;
};

const REACTIVATE = 're-activate the old Region at a new epoch';

const SKETCHES: Readonly<Record<StepId, Sketch>> = {
  'raise-capacity': {
    phase: 'scale-up',
    title: "raise the standby's capacity floor",
    precondition: 'preflight is clean and the drill lock is held',
    undo: 'none: the floor stays raised and harms nothing',
  },
  'wait-capacity': {
    phase: 'scale-up',
    title: 'wait until the clones of the standby are in service and healthy',
    precondition: 'the floor is raised',
    carriesBudget: true,
  },
  fence: {
    phase: 'fencing',
    title: 'raise the epoch: the old Region may not renew its lease',
    precondition: 'the register still holds what preflight read',
    undo: REACTIVATE,
    carriesBudget: true,
  },
  'wait-lease': {
    phase: 'lease-wait',
    title: 'wait until the last lease of the old epoch has ended',
    precondition: 'the register says fencing',
    undo: REACTIVATE,
    carriesBudget: true,
  },
  'announce-promotion': {
    phase: 'promotion',
    title: 'write promoting into the register',
    precondition: 'lease and margin have passed since the fence was seen',
    undo: `${REACTIVATE}, through its phases`,
  },
  'switch-database': {
    phase: 'promotion',
    title: 'switch the global database over',
    precondition: 'the register says promoting for this drill; both clusters are available',
    repeatable: false,
    pointOfNoReturn: true,
  },
  'wait-writer': {
    phase: 'promotion',
    title: 'wait until the new Region writes',
    precondition: 'the switchover has begun',
    carriesBudget: true,
  },
  activate: {
    phase: 'activation',
    title: 'write active into the register',
    precondition: "the provider and the Region's own service both say that its database is writable",
    carriesBudget: true,
  },
  'wait-gates': {
    phase: 'traffic',
    title: 'wait until both gates answer from the new register',
    precondition: 'the register says active',
  },
  'wait-dns': {
    phase: 'traffic',
    title: "wait until the service's name leads to the new Region",
    precondition: 'the gates have turned',
    carriesBudget: true,
  },
  reconnect: {
    phase: 'reconnect',
    title: 'wait until clients write in the new Region',
    precondition: 'DNS has turned',
    carriesBudget: true,
  },
  verify: {
    phase: 'verification',
    title: 'write and read from outside',
    precondition: 'clients have reconnected',
    carriesBudget: true,
  },
  settle: {
    phase: 'settle',
    title: 'wait until the old Region is a healthy replica again',
    precondition: 'the new Region is verified',
    carriesBudget: true,
  },
};

/** Seconds that a step gets at the least before it counts as stuck, whatever the time scale. */
const MINIMUM_LIMIT_SECONDS = 20;
/** How many times its budget a step may take before it counts as stuck. */
const PATIENCE = 3;
/** Expected seconds of the settling of a replica, which no budget line covers; unscaled. */
const SETTLE_SECONDS = 300;

/** What a plan is made from. */
export interface PlanInput {
  readonly id: string;
  readonly to: string;
  readonly before: RegisterRecord;
  readonly timeScale: number;
  readonly capacity: readonly CapacityTarget[];
  /** Whether the standby lacks any of that capacity; the steps of `scale-up` are planned only then. */
  readonly scaleUp: boolean;
  readonly settings: DrillSettings;
}

/** Makes the plan of a switchover from the topology's numbers and the state that was read. */
export function planSwitchover(input: PlanInput): Plan {
  const { id, to, before, timeScale, capacity, settings, scaleUp } = input;
  return {
    version: 1,
    id,
    mode: 'switchover',
    application: settings.application,
    from: before.region,
    to,
    timeScale,
    before,
    capacity,
    steps: SWITCHOVER_STEPS.map(step => planStep(step, settings.budget, timeScale)).filter(
      step => scaleUp || step.phase !== 'scale-up',
    ),
  };
}

function planStep(id: StepId, budget: readonly BudgetLine[], timeScale: number): PlanStep {
  const { carriesBudget, ...sketch } = SKETCHES[id];
  const seconds = sketch.phase === 'settle' ? SETTLE_SECONDS : phaseBudget(budget, sketch.phase);
  const budgetSeconds = (carriesBudget ? seconds : 0) / timeScale;
  return {
    repeatable: true,
    pointOfNoReturn: false,
    ...sketch,
    id,
    budgetSeconds,
    limitSeconds: Math.max(budgetSeconds * PATIENCE, MINIMUM_LIMIT_SECONDS),
  };
}

/** Sum of a phase's budget lines, unscaled seconds. */
export function phaseBudget(budget: readonly BudgetLine[], phase: Phase): number {
  return budget.filter(line => line.phase === phase).reduce((sum, line) => sum + line.seconds, 0);
}
