import { broken, COMPLIANT, type Rule, unknown } from '../rule';
import { asList, isHidden } from '../value';

const PATH = 'Properties.Monitors';

/** A bad configuration is taken back by itself. */
export const configAlarms: Rule = {
  id: 'ConfigAlarms',
  title: 'an AppConfig environment watches an alarm',
  why: 'a configuration change is a deploy: without an alarm a bad one reaches every reader and stays',
  fix: 'set Monitors to an alarm on what users feel, with a role that may read it',
  source: 'AWS AppConfig, monitoring deployments for automatic rollback',
  types: ['AWS::AppConfig::Environment'],
  evaluate: environment => {
    const monitors = environment.at(PATH);
    if (isHidden(monitors)) return unknown(PATH);
    return asList(monitors).length > 0 ? COMPLIANT : broken(PATH);
  },
};
