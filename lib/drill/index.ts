/** Failover drills: preflight, plan, run, measure, report. */
export type { Check } from './check';
export type { DrillContext, DrillRequest } from './context';
export {
  abortDrill,
  type DrillChoice,
  type DrillResult,
  resumeDrill,
  runDrill,
  type UnfinishedDrill,
  unfinishedDrill,
} from './drill';
export { type DrillHistory, type DrillTrend, drillHistory, type PastDrill } from './history';
export { fileJournals, Journal, type JournalStore } from './journal';
export { type LedgerEntry, readLedger } from './ledger';
export { type Load, type LoadOptions, type LoadSummary, startLoad } from './load';
export { createOutside, type OutsideClient, type OutsideOptions } from './outside';
export { type Plan, type PlanStep, planDrill } from './plan';
export { planMermaid } from './plan-mermaid';
export { type DrillMode, PHASES, type Phase } from './plan-steps';
export { type PreflightResult, preflight } from './preflight';
export type { DrillOutcome, DrillReport, PhaseReport } from './report';
export { renderReportHtml } from './report-html';
export { renderReport } from './report-text';
export {
  AWS_ENTRIES,
  type BudgetLine,
  type DrillSettings,
  drillSettings,
  type Entries,
  type Entry,
} from './settings';
export { type LedgerVerdict, verifyLedger } from './verify-ledger';
