import { present, type Rule } from '../rule';

/** A fault experiment leaves a record. */
export const experimentLog: Rule = {
  id: 'ExperimentLog',
  title: 'a fault experiment writes a log',
  why: 'evidence or it did not happen: without a log nobody can tell which fault was in force when the service answered with errors',
  fix: 'set LogConfiguration to a log group or a bucket',
  source: 'law 8; AWS FIS, experiment logging',
  types: ['AWS::FIS::ExperimentTemplate'],
  evaluate: experiment => present(experiment, 'Properties.LogConfiguration'),
};
