/** Reliability rules on plain CloudFormation templates: pure, so that the CDK pack and the command share them. */
export { DEPENDABILITY, DEPENDABILITY_RULES } from './dependability';
export { type Finding, type JudgementCounts, judgeTemplate, type Verdict } from './judge';
export type { Judgement, Rule } from './rule';
export { parseTemplate, type Resource, Template } from './template';
