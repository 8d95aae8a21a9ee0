/** Seeing and running an application: pictures of it, and what else its operators need. */

export { CHAOS_SCENARIOS, type ChaosScenario } from './chaos/catalogue';
export { type ReviewEvidence, reviewOf } from './chaos/review';
export { diagramMermaid } from './diagram/mermaid';
export {
  type Diagram,
  type DiagramPart,
  type DiagramRegion,
  diagramOf,
  type LiveRoles,
} from './diagram/model';
export { diagramSvg } from './diagram/svg';
export { type Account, judgeAccount } from './doctor/account';
export type { Finding } from './doctor/finding';
export { judgeMachine } from './doctor/machine';
export { type HttpSenderOptions, httpSender } from './load/http-sender';
export { type LoadTest, runLoadTest } from './load/load-test';
export type { LevelVerdict, LoadReport, StageReport } from './load/report';
export { capacityLine, loadReportHtml } from './load/report-html';
export { type Advice, adviseLevels } from './slo/advice';
export { type Counted, type LevelHistory, readHistory, type ServiceLevelHistory } from './slo/history';
export { judgeLevels, type LevelStanding, verdictOf } from './slo/judge';
export { reportLevels, reportLevelsHtml, type ServiceLevelReport, standingRow } from './slo/report';
export { lineOf, TRACE_ID, type Trace, type TraceLine, traceOf } from './trace/trace';
