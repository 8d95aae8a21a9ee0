import type { DriftRule } from '../../classify/rule';
import { isLive } from '../values';

/** A configuration is rolled out at run time, and the template keeps the one that it was born with. */
export const configRolledOut: DriftRule = {
  id: 'config-rolled-out',
  class: 'expected',
  title: 'a later configuration was rolled out than the template has, to every Region that was looked at',
  why: 'the version that is live belongs to its roll-out: the template has the one of birth',
  fix: 'nothing; bring the content into the template with the next change, so that a new Region is born with it',
  source: 'law 4; AWS AppConfig, deploying a configuration',
  types: ['AWS::AppConfig::Deployment'],
  judge: change => {
    if (!isLive(change) || change.differences.some(({ path }) => path !== VERSION)) return undefined;
    return { holds: 'yes', paths: [VERSION] };
  },
};

const VERSION = 'Properties.ConfigurationVersion';
