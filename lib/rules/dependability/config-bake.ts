import { type Rule, whether } from '../rule';
import { asNumber } from '../value';

const SHORTEST_MINUTES = 10;

/** A configuration is watched after it has reached everybody. */
export const configBake: Rule = {
  id: 'ConfigBake',
  title: 'an AppConfig strategy bakes for at least ten minutes',
  why: 'alarms take minutes to see anything; once the bake is over a bad configuration is no longer taken back',
  fix: 'set FinalBakeTimeInMinutes to 10 or more; AWS Config asks for 30',
  source: 'AWS Config, appconfig-deployment-strategy-minimum-final-bake-time',
  types: ['AWS::AppConfig::DeploymentStrategy'],
  evaluate: strategy =>
    whether(strategy, 'Properties.FinalBakeTimeInMinutes', minutes => asNumber(minutes) >= SHORTEST_MINUTES),
};
