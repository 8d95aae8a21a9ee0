/** Failover drills: preflight, plan, run, measure, report. */
export type { Check } from './checks/check';
export { type PreflightResult, preflight } from './checks/preflight';
export { type LedgerEntry, readLedger } from './load/ledger';
export { type Load, type LoadOptions, type LoadSummary, startLoad } from './load/load';
export { createOutside, type OutsideClient, type OutsideOptions } from './load/outside';
export { type LedgerVerdict, verifyLedger } from './load/verify-ledger';
export { homeWords, type Plan, type PlanStep, planDrill } from './plan/plan';
export { planMermaid } from './plan/plan-mermaid';
export { type DrillMode, PHASES, type Phase } from './plan/plan-steps';
export {
  AWS_ENTRIES,
  type BudgetLine,
  type DrillSettings,
  drillSettings,
  type Entries,
  type Entry,
} from './plan/settings';
export { type RehearsalReport, type RehearsalResult, rehearseDrill } from './rehearse/rehearse';
export type { Approval } from './report/approvals';
export { type DrillHistory, type DrillTrend, drillHistory, type PastDrill } from './report/history';
export type { DrillOutcome, DrillReport, PhaseReport } from './report/report';
export { renderReportHtml } from './report/report-html';
export { renderReport } from './report/report-text';
export type { DrillContext, DrillJobs, DrillRequest, JobCounts } from './run/context';
export {
  abortDrill,
  type DrillChoice,
  type DrillResult,
  resumeDrill,
  runDrill,
  type UnfinishedDrill,
  unfinishedDrill,
} from './run/drill';
export { Journal, type JournalStore } from './run/journal';
export { fileJournals } from './run/journal-files';
export type { LagSample } from './run/lag-recorder';
