/** Drift: what would change, what has changed, what differs between Regions, and what could not be looked at. */
export type {
  ChangeSets,
  DeployedParameter,
  DriftAccount,
  DriftDetection,
  StackReads,
  StackResource,
} from './account/port';
export { type AccountAnswers, type AccountRequest, askAccount, asksAccount } from './account/request';
export type { StackPlace } from './account/unchecked';
export { classify } from './classify/classify';
export type { DriftRule, Facts, Judged, RuleContext } from './classify/rule';
export { compareTemplates } from './compare/templates';
export { type Explanation, explain, explanationText, findingById } from './explain';
export { GitHubApi, type GitHubOptions } from './github/api';
export { type CommentOptions, type Posted, postComment } from './github/comment';
export { type Filed, fileIssues, type IssueOptions } from './github/issues';
export { type Acceptance, acceptFinding } from './ignore/accept';
export type { IgnoreEntry } from './ignore/entry';
export { type IgnoreFile, readIgnoreFile } from './ignore/read-ignore';
export { maskComparison, maskText } from './mask/mask';
export type {
  Action,
  Comparison,
  Counts,
  Difference,
  DriftReport,
  Finding,
  FindingClass,
  IgnoredFinding,
  Json,
  Place,
  ResourceChange,
  SourceKind,
  Unchecked,
  Verdict,
} from './model';
export { CLASSES } from './model';
export type { LiveGlobalCluster, LiveReads, Rollout } from './probes/port';
export { readJsonFile, readTextFile } from './read-json';
export { FORMATS, type Format, type FormatOptions, formatReport } from './report/format';
export { LONGEST_COMMENT, type MarkdownOptions, markdown, markerOf, stepSummary } from './report/markdown';
export { readReport } from './report/read-report';
export { type DriftRequest, sourcesOf } from './request';
export { DRIFT_RULES } from './rules';
export { type DriftOptions, type DriftSource, runDrift } from './run';
export { exitCodeOf, type FailOn, reportOf } from './verdict';
