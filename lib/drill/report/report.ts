import type { CloudCall } from '../../ports';
import type { Check } from '../checks/check';
import type { LoadSummary } from '../load/load';
import { missedObjectives } from '../load/missed';
import type { LedgerVerdict } from '../load/verify-ledger';
import { isOfRto, phaseReports } from '../plan/phases';
import { budgetOf, type Plan } from '../plan/plan';
import type { DrillMode, Phase } from '../plan/plan-steps';
import { CANNOT_FENCE, type DrillSettings } from '../plan/settings';
import type { Journal } from '../run/journal';
import type { LagSample } from '../run/lag-recorder';
import { pollMilliseconds } from '../run/runner';
import type { Reconciliation } from '../steps/reconcile';
import { type Approval, approvalsOf } from './approvals';
import { type Timeline, timelineOf } from './timeline';

/** How a drill ended. */
export type DrillOutcome = 'done' | 'rolled-back' | 'safe-stop' | 'refused' | 'aborted';

/** One phase as measured, beside its budget. */
export interface PhaseReport {
  readonly name: Phase;
  /** Measured seconds. */
  readonly seconds: number;
  /** Budget at the time scale; absent where no budget line covers the phase. */
  readonly budgetSeconds?: number;
  /** Whether the phase kept its budget, within the resolution of the measurement. */
  readonly within?: boolean;
  /**
   * Whether the process changed within a step of it, so that its time holds one in which nobody drove.
   * @default - one process drove it
   */
  readonly interrupted?: true;
  /** Requests of the load in this phase. */
  readonly requests?: { readonly total: number; readonly failed: number };
}

/** The report of a drill, a document that others read; later versions only add. */
export interface DrillReport {
  readonly version: 1;
  readonly id: string;
  readonly mode: DrillMode;
  readonly target: 'lab' | 'aws';
  /** Home that was moved. @default - the application has none */
  readonly home?: string;
  readonly from: string;
  readonly to: string;
  readonly outcome: DrillOutcome;
  readonly epoch: { readonly before: number; readonly after: number };
  readonly timeScale: number;
  /** Objectives as promised, unscaled. */
  readonly objectives: { readonly rtoSeconds: number; readonly rpoSeconds: number };
  /** Measured from the first act to the verified write and read from outside; null when that was not reached. */
  readonly rtoSeconds: number | null;
  /** Measured by the ledger, as its verdict tells it: 0 when nothing is lost; null when there was none. */
  readonly rpoSeconds: number | null;
  /** Replication lag of the standby at preflight; null when unknown. */
  readonly lagSeconds: number | null;
  /** Sum of the recovery budget, at the time scale. */
  readonly budgetSeconds: number;
  /** The same, unscaled. */
  readonly unscaledBudgetSeconds: number;
  /** Times are measured no finer than this. */
  readonly resolutionSeconds: number;
  readonly phases: readonly PhaseReport[];
  readonly writes: {
    readonly acknowledged: number | null;
    /** Acknowledged orders that cannot be read afterwards. */
    readonly lost: number | null;
    /** Numbers with more than one order, and orders fulfilled more than once. */
    readonly duplicateEffects: number | null;
    /** Write attempts that the service refused with 503. */
    readonly refused: number | null;
    /** Longest gap between two acknowledged writes that the outside client saw; null when none was acknowledged. */
    readonly refusedSeconds: number | null;
    /** Writes that were never acknowledged; each may or may not have had its effect. */
    readonly unacknowledged: number | null;
    /** Orders that were not fulfilled within the wait of the verification. */
    readonly unfulfilled: number | null;
  };
  readonly requests: { readonly total: number; readonly failed: number };
  /** When each step ran and what clients saw, second by second. */
  readonly timeline: Timeline;
  readonly checks: readonly Check[];
  /** Who asked for it, accepted what, and took it up again. */
  readonly approvals: readonly Approval[];
  readonly calls: readonly CloudCall[];
  /** Calls to control planes that a failover may not depend on (law 2); must be empty. */
  readonly forbiddenCalls: readonly CloudCall[];
  /** Objectives that were missed, in words; empty when all are met. */
  readonly missed: readonly string[];
  /** Why the drill ended other than done, and what to do next. */
  readonly reason?: string;
  readonly next?: string;
  /** Steps that were given up without harm. */
  readonly notes: readonly string[];
  /** What became of the jobs that were under way; null when that was not looked at. */
  readonly reconciliation: Reconciliation | null;
  /** Whether more than one process drove it. */
  readonly resumed: boolean;
  /** What the figures are. */
  readonly label: string;
  /** What the lab models and this drill therefore does not prove (law 7). */
  readonly modelled: readonly string[];
}

/** Everything that a report is made from. */
export interface ReportInput {
  readonly settings: DrillSettings;
  readonly target: 'lab' | 'aws';
  readonly timeScale: number;
  readonly id: string;
  readonly mode: DrillMode;
  readonly from: string;
  readonly to: string;
  readonly epoch: { readonly before: number; readonly after: number };
  readonly outcome: DrillOutcome;
  readonly reason?: string;
  readonly next?: string;
  readonly plan?: Plan;
  readonly journal?: Journal;
  readonly checks: readonly Check[];
  readonly lagSeconds?: number;
  readonly calls: readonly CloudCall[];
  readonly load?: LoadSummary;
  readonly lag?: readonly LagSample[];
  readonly ledger?: LedgerVerdict;
}

/** Services whose control planes live in one Region for all: the failover path may not call them (law 2). */
const GLOBAL_SERVICES = ['Route53', 'Route 53', 'IAM', 'Organizations', 'Account', 'CloudFront'];

/** Calls to control planes that a failover may not depend on (law 2). */
export const globalCalls = (calls: readonly CloudCall[]): readonly CloudCall[] =>
  calls.filter(call => GLOBAL_SERVICES.includes(call.service));

const MODELLED: readonly string[] = [
  "the register's quorum over three Regions",
  "Route 53's checkers and its rule that all unhealthy counts as all healthy",
  "Aurora's switchover and the rejoin of the old primary (PostgreSQL streaming replication stands in for it)",
  'alarms, whose state the emulator does not compute',
  'latency between Regions and the time that instances take to boot',
];

/** Makes the report: figures only as they were measured, null where nothing was. */
export function makeReport(input: ReportInput): DrillReport {
  const { settings, timeScale, target, journal, load, ledger } = input;
  const total = budgetOf(settings, input.mode).reduce((sum, line) => sum + line.seconds, 0);
  const phases = phaseReports(input);
  const figures = {
    phases,
    forbiddenCalls: globalCalls(input.calls),
    rtoSeconds: rtoSeconds(input, phases),
    rpoSeconds: ledger?.rpoSeconds ?? null,
    writes: {
      acknowledged: ledger?.acknowledged ?? load?.acknowledged ?? null,
      lost: ledger?.lost ?? null,
      duplicateEffects: ledger?.duplicateEffects ?? null,
      refused: load?.refused ?? null,
      refusedSeconds: load?.refusedSeconds ?? null,
      unacknowledged: load?.unacknowledged ?? null,
      unfulfilled: ledger?.unfulfilled ?? null,
    },
  };
  return {
    version: 1,
    id: input.id,
    mode: input.mode,
    target,
    ...(settings.home === undefined ? {} : { home: settings.home }),
    from: input.from,
    to: input.to,
    outcome: input.outcome,
    epoch: input.epoch,
    timeScale,
    objectives: settings.objectives,
    ...figures,
    lagSeconds: input.lagSeconds ?? null,
    budgetSeconds: total / timeScale,
    unscaledBudgetSeconds: total,
    resolutionSeconds: pollMilliseconds(timeScale) / 1000,
    requests: { total: load?.total ?? 0, failed: load?.failed ?? 0 },
    timeline: timelineOf(input),
    checks: input.checks,
    approvals: approvalsOf(journal),
    calls: input.calls,
    missed: missedObjectives(input, figures),
    reason: input.reason,
    next: input.next,
    notes: journal?.all('step-end').flatMap(end => (end.note === undefined ? [] : [end.note])) ?? [],
    reconciliation: journal?.last('reconciled')?.found ?? null,
    resumed: (journal?.all('resume').length ?? 0) > 0,
    label: labelOf(input),
    modelled: target === 'lab' ? MODELLED : [],
  };
}

/** What the figures are, and what the drill cannot promise. */
function labelOf({ target, timeScale, settings }: ReportInput): string {
  const figures =
    target === 'lab'
      ? `lab figures at a time scale of ${timeScale}x: real processes on one machine, no AWS`
      : 'figures of a real AWS account';
  return settings.register === 'strong' ? figures : `${figures}; an eventual register: it ${CANNOT_FENCE}`;
}

/** From the first act to the verified service; by wall clock when the process changed in between. */
function rtoSeconds(input: ReportInput, phases: readonly PhaseReport[]): number | null {
  const { journal } = input;
  const verified = journal?.all('step-end').find(end => end.step === 'verify');
  if (journal === undefined || verified === undefined) return null;
  const measured = phases.filter(phase => isOfRto(phase.name)).reduce((sum, phase) => sum + phase.seconds, 0);
  if (journal.all('resume').length === 0) return measured;
  const began = journal.all('step-begin')[0];
  const elapsed = began === undefined ? 0 : (Date.parse(verified.at) - Date.parse(began.at)) / 1000;
  return Math.max(measured, elapsed);
}
