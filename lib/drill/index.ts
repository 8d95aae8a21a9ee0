/** Failover drills: preflight, plan, run, measure, report. */
export type { DrillContext, DrillRequest } from './context';
export { abortDrill, type DrillResult, resumeDrill, runDrill, unfinishedDrill } from './drill';
export { type Load, type LoadOptions, type LoadSummary, startLoad } from './load';
export { createOutside, type OutsideOptions } from './outside';
export { PHASES, type Phase, type Plan, type PlanStep, planSwitchover } from './plan';
export { type Check, type PreflightResult, preflight } from './preflight';
export type { DrillOutcome, DrillReport } from './report';
export { renderReport } from './report-text';
export {
  AWS_ENTRIES,
  type BudgetLine,
  type DrillSettings,
  type Entries,
  type Entry,
} from './settings';
export { verifyLedger } from './verify-ledger';
