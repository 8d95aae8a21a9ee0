/**
 * The recovery budget (law 5): how long a move takes, line by line, computed from the topology. A line's name is the
 * name of the phase that a drill measures.
 */
import { HoldfastError } from '../lib/errors';
import { budgetLines } from './budget-lines';
import { DATABASE_DEFAULTS } from './recovery';
import type { DatabaseSpec, ObjectivesSpec, Topology } from './topology';

/** The two kinds of a move: planned without loss, and unplanned. */
export type MoveMode = 'switchover' | 'failover';

/** Phases of a move, in order. `detection` and `decision` belong to a failover only. */
export const PHASES = [
  'detection',
  'decision',
  'scale-up',
  'fencing',
  'lease-wait',
  'promotion',
  'activation',
  'traffic',
  'reconnect',
  'verification',
] as const;
/** One phase of a move. */
export type Phase = (typeof PHASES)[number];

/** One line of the budget. */
export interface BudgetLine {
  readonly phase: Phase;
  /** Seconds of this phase. */
  readonly seconds: number;
  /** Where the number comes from: topology paths with their values. */
  readonly from: string;
  /** The topology path that shortens it, or `none: ` and why there is none. */
  readonly lever: string;
}

/** What holds the RPO of a mode. */
export type RpoBasis = 'no loss' | 'bounded' | 'alarmed' | 'none';

/** The budget of one mode. */
export interface ModeBudget {
  readonly lines: readonly BudgetLine[];
  /** Sum of the lines. */
  readonly totalSeconds: number;
  /** Whether the sum is within the RTO and the RPO has a basis. */
  readonly within: boolean;
  readonly rpoBasis: RpoBasis;
}

/** The recovery budget; a document that others read. */
export interface RecoveryBudget {
  /** Version of this document's shape; later versions only add. */
  readonly version: 1;
  readonly objectives: ObjectivesSpec;
  readonly modes: Readonly<Record<MoveMode, ModeBudget>>;
}

/** A budget of which every time is divided by a time scale. */
export interface ScaledBudget extends RecoveryBudget {
  readonly timeScale: number;
}

/** Computes the recovery budget of a valid topology. */
export function recoveryBudget(topology: Topology): RecoveryBudget {
  const { rtoSeconds, rpoSeconds } = topology.objectives;
  const basis: NonNullable<DatabaseSpec['rpoBasis']> =
    topology.database.rpoBasis ?? DATABASE_DEFAULTS.rpoBasis;
  return {
    version: 1,
    objectives: { rtoSeconds, rpoSeconds },
    modes: {
      switchover: modeBudget(budgetLines(topology, 'switchover'), rtoSeconds, 'no loss'),
      failover: modeBudget(budgetLines(topology, 'failover'), rtoSeconds, basis),
    },
  };
}

/**
 * The budget with every time divided by a time scale, for the lab. `within` does not change.
 * @throws HoldfastError `invalid-input` when the scale is not from 1 to 10
 */
export function scaledBudget(budget: RecoveryBudget, timeScale: number): ScaledBudget {
  if (!(timeScale >= 1 && timeScale <= 10)) {
    throw new HoldfastError('invalid-input', 'the time scale cannot be used', [
      { path: 'timeScale', received: timeScale, message: 'must be from 1 to 10', fix: 'for example 10' },
    ]);
  }
  const scaleMode = (mode: ModeBudget): ModeBudget => ({
    ...mode,
    lines: mode.lines.map(line => ({ ...line, seconds: line.seconds / timeScale })),
    totalSeconds: mode.totalSeconds / timeScale,
  });
  return {
    ...budget,
    timeScale,
    objectives: {
      rtoSeconds: budget.objectives.rtoSeconds / timeScale,
      rpoSeconds: budget.objectives.rpoSeconds / timeScale,
    },
    modes: {
      switchover: scaleMode(budget.modes.switchover),
      failover: scaleMode(budget.modes.failover),
    },
  };
}

function modeBudget(lines: readonly BudgetLine[], rtoSeconds: number, rpoBasis: RpoBasis): ModeBudget {
  const totalSeconds = lines.reduce((sum, line) => sum + line.seconds, 0);
  return { lines, totalSeconds, within: totalSeconds <= rtoSeconds && rpoBasis !== 'none', rpoBasis };
}
