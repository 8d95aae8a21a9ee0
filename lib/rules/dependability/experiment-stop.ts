import { broken, COMPLIANT, type Rule, unknown } from '../rule';
import { asList, isHidden, isObject } from '../value';

const PATH = 'Properties.StopConditions';

/** A fault experiment ends itself. */
export const experimentStop: Rule = {
  id: 'ExperimentStop',
  title: 'a fault experiment has an alarm as stop condition',
  why: 'an experiment that does more harm than meant then goes on until somebody sees it and finds the console',
  fix: 'add a stop condition of source aws:cloudwatch:alarm on an alarm of what users feel',
  source: 'AWS FIS, best practices; facts on its own multi-Region sample, which has none',
  types: ['AWS::FIS::ExperimentTemplate'],
  evaluate: experiment => {
    const conditions = experiment.at(PATH);
    if (isHidden(conditions)) return unknown(PATH);
    const sources = asList(conditions).map(condition => (isObject(condition) ? condition.Source : condition));
    if (sources.includes('aws:cloudwatch:alarm')) return COMPLIANT;
    return sources.some(isHidden) ? unknown(PATH) : broken(PATH);
  },
};
