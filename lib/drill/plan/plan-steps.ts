import { PHASES as MOVE_PHASES } from '../../../regions';
import type { PlanStep } from './plan';

/**
 * What a drill is for. `switchover`: planned, both Regions healthy, no loss. `failback`: the same, back to the Region
 * that a move had left. `failover`: unplanned, the active Region is lost, and with it what the standby had not received.
 */
export type DrillMode = 'switchover' | 'failback' | 'failover';

/** Phases of a failover that lie before the drill: it cannot measure when an outage began, nor who thought about it. */
const BEFORE_THE_DRILL = ['detection', 'decision'] as const;

/** Phases whose time counts towards the RTO, in the words of the recovery budget. */
export const RTO_PHASES = MOVE_PHASES.filter(
  (phase): phase is Exclude<(typeof MOVE_PHASES)[number], (typeof BEFORE_THE_DRILL)[number]> =>
    !(BEFORE_THE_DRILL as readonly string[]).includes(phase),
);
/** Phases of a drill: `preflight` stands before those of the recovery budget and `settle` after them. */
export const PHASES = ['preflight', ...RTO_PHASES, 'settle'] as const;
/** One phase of a drill. */
export type Phase = (typeof PHASES)[number];

const CAPACITY = ['raise-capacity', 'wait-capacity'] as const;
const FENCE = ['fence', 'wait-lease', 'announce-promotion'] as const;
const TURN = ['activate', 'wait-gates', 'wait-dns', 'reconnect', 'verify'] as const;
const PLANNED = [
  ...CAPACITY,
  ...FENCE,
  'switch-database',
  'wait-writer',
  ...TURN,
  'settle',
  'reconcile',
] as const;

/**
 * Ids of the steps of each mode, in their order. A failover scales up while its data moves, and goes on without what
 * it cannot get. It does not wait for the lost Region to settle either: that one comes back when it comes back, and is
 * looked at by the preflight of the failback.
 */
export const STEPS_OF_MODE = {
  switchover: PLANNED,
  failback: PLANNED,
  failover: [
    'raise-capacity',
    ...FENCE,
    'fail-over-database',
    'wait-writer',
    'wait-capacity',
    ...TURN,
    'reconcile',
  ],
} as const satisfies Readonly<Record<DrillMode, readonly string[]>>;
/** One step of a drill. */
export type StepId = (typeof STEPS_OF_MODE)[DrillMode][number];

/** A step before its budget is known. */
export type Sketch = Omit<
  PlanStep,
  'id' | 'budgetSeconds' | 'limitSeconds' | 'repeatable' | 'pointOfNoReturn'
> & {
  /** Whether the phase's budget falls to this step. */
  readonly carriesBudget?: true;
  /** Whether the step goes on for as long as what it has started, whose budget falls to a later one. */
  readonly lastsAsItsPhase?: true;
  readonly repeatable?: false;
  readonly pointOfNoReturn?: true;
};

const REACTIVATE = 're-activate the old Region at a new epoch';

/** What each step is, in every mode that has it. */
export const SKETCHES: Readonly<Record<StepId, Sketch>> = {
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
    lastsAsItsPhase: true,
    precondition: 'the register says promoting for this drill; both clusters are available',
    repeatable: false,
    pointOfNoReturn: true,
  },
  'fail-over-database': {
    phase: 'promotion',
    title: 'promote the standby of the global database; what it had not received is lost',
    lastsAsItsPhase: true,
    precondition: 'the register says promoting for this drill; the loss was accepted',
    repeatable: false,
    pointOfNoReturn: true,
  },
  'wait-writer': {
    phase: 'promotion',
    title: 'wait until the new Region writes',
    precondition: 'the move of the database has begun',
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
    title: 'wait until all gates answer from the new register',
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
    title: 'wait until every other Region is a healthy replica',
    precondition: 'the new Region is verified',
    carriesBudget: true,
  },
  reconcile: {
    phase: 'settle',
    title: 'look at what was under way: queues, outbox, cache; replay what is stranded',
    precondition: 'the new Region is verified',
    lastsAsItsPhase: true,
  },
};
