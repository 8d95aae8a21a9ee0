/** Runbooks: what a person follows, with the real names and commands of a Region. */
export { type AlarmStep, stepOfAlarm } from './alarms';
export { type Owner, RUNBOOK_IDS, type Runbook, type RunbookId, type RunbookStep } from './model';
export { runbookHtml, runbookMarkdown } from './render';
export { allRunbooks, runbook } from './runbooks';
