import { present, type Rule } from '../rule';

/** Logs are kept for a time that somebody chose. */
export const logRetention: Rule = {
  id: 'LogRetention',
  title: 'a log group says for how long it keeps its events',
  why: 'without a time logs are kept and paid for for ever, until somebody cleans up and takes the evidence of a drill with it',
  fix: 'set RetentionInDays',
  source: 'law 8; Amazon CloudWatch Logs, log retention',
  types: ['AWS::Logs::LogGroup'],
  evaluate: group => present(group, 'Properties.RetentionInDays'),
};
