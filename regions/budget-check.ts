/** Holds the recovery budget against the objectives and names the levers that would bring it back. */
import { HoldfastError, type Problem } from '../lib/errors';
import { leastReadyRegion } from './budget-lines';
import { type ModeBudget, type MoveMode, type RecoveryBudget, recoveryBudget } from './objectives';
import { resolveRecovery } from './recovery';
import type { Topology } from './topology';

/** A value that a person may turn, and what that saves in one mode. */
export interface BudgetLever {
  /** Topology path, such as `recovery.checkFailures`. */
  readonly path: string;
  /** Most seconds that it can save. */
  readonly savesSeconds: number;
  /** What to do, such as `1 in place of 2`. */
  readonly change: string;
}

/** Fewest seconds to which each lever can reasonably be turned. Expected times that AWS decides are no levers. */
const LEAST = { leaseSeconds: 3, checkFailures: 1, checkIntervalSeconds: 10 } as const;

/**
 * The levers of a mode, largest saving first, without those that save nothing. `detectionSeconds` and
 * `decisionSeconds` are listed whole: how far they shrink depends on alarms and people.
 */
export function budgetLevers(topology: Topology, mode: MoveMode): readonly BudgetLever[] {
  const recovery = resolveRecovery(topology);
  const least = leastReadyRegion(topology);
  const whole = (
    key:
      | 'detectionSeconds'
      | 'decisionSeconds'
      | 'warmUpSeconds'
      | 'clientDnsCacheSeconds'
      | 'reconnectSeconds',
  ): BudgetLever => ({
    path: `recovery.${key}`,
    savesSeconds: recovery[key],
    change: `lower than ${recovery[key]}`,
  });
  const turn = (key: keyof typeof LEAST, each: number): BudgetLever => ({
    path: `recovery.${key}`,
    savesSeconds: Math.max(0, recovery[key] - LEAST[key]) * each,
    change: `${LEAST[key]} in place of ${recovery[key]}`,
  });
  const levers = [
    ...(mode === 'failover' ? [whole('detectionSeconds'), whole('decisionSeconds')] : []),
    {
      path: `${least.path}.capacityShare`,
      savesSeconds: least.capacityShare === 1 ? 0 : recovery.cloneBootSeconds,
      change: `1 in place of ${least.capacityShare}`,
    },
    turn('leaseSeconds', 1),
    turn('checkIntervalSeconds', recovery.checkFailures),
    turn('checkFailures', recovery.checkIntervalSeconds),
    whole('clientDnsCacheSeconds'),
    whole('warmUpSeconds'),
    whole('reconnectSeconds'),
  ];
  return levers.filter(lever => lever.savesSeconds > 0).sort((a, b) => b.savesSeconds - a.savesSeconds);
}

/**
 * Passes or fails the synth by the recovery budget, switchover and failover apart, and returns the budget.
 * @throws HoldfastError `budget-exceeded` with one problem for each mode over the RTO, and one when the RPO of a
 * failover has no basis
 */
export function assertWithinBudget(topology: Topology): RecoveryBudget {
  const budget = recoveryBudget(topology);
  const problems = (['switchover', 'failover'] as const).flatMap(mode => [
    ...overRto(topology, mode, budget.modes[mode]),
    ...withoutBasis(topology, mode, budget.modes[mode]),
  ]);
  if (problems.length === 0) return budget;
  throw new HoldfastError('budget-exceeded', 'the recovery budget does not meet the objectives', problems);
}

function overRto(topology: Topology, mode: MoveMode, budget: ModeBudget): readonly Problem[] {
  const { rtoSeconds } = topology.objectives;
  const over = budget.totalSeconds - rtoSeconds;
  if (over <= 0) return [];
  const levers = budgetLevers(topology, mode)
    .slice(0, 3)
    .map(lever => `${lever.path} (${lever.change}) saves up to ${lever.savesSeconds} s`);
  return [
    {
      path: `modes.${mode}`,
      received: budget.totalSeconds,
      message: `a ${mode} takes ${budget.totalSeconds} s and objectives.rtoSeconds is ${rtoSeconds}: ${over} s over`,
      fix: [...levers, `or promise objectives.rtoSeconds ${budget.totalSeconds}`].join('; '),
    },
  ];
}

function withoutBasis(topology: Topology, mode: MoveMode, budget: ModeBudget): readonly Problem[] {
  if (budget.rpoBasis !== 'none') return [];
  return [
    {
      path: 'database.rpoBasis',
      received: budget.rpoBasis,
      message: `nothing holds the RPO of ${topology.objectives.rpoSeconds} s in a ${mode}`,
      fix: "use 'alarmed' to be paged on replication lag, or 'bounded' to hold commits back",
    },
  ];
}
