import type { DriftRule, Judged } from '../../classify/rule';
import { isLive } from '../values';

const SAYS: Readonly<Record<string, string>> = {
  'Properties.Content': 'the Region serves another configuration than the one that all are held against',
  'Properties.State': 'the last roll-out did not come to its end, so the Region serves the version before it',
};

/** A failover must not change the configuration under the application. */
export const configApart: DriftRule = {
  id: 'config-apart',
  class: 'change',
  title: 'Regions serve different configurations, or a roll-out was rolled back',
  why: 'a failover would change the configuration together with the Region, when nobody looks for that',
  fix: 'roll the same content out to every Region, or look why the last roll-out was stopped',
  source: 'aws/aws-cdk#29345; AWS AppConfig, automatic rollback',
  types: ['AWS::AppConfig::Deployment'],
  judge: change => {
    if (!isLive(change)) return undefined;
    const has = (path: string) => change.differences.some(each => each.path === path);
    // The number that the Region serves belongs to the same thing, and is not told twice.
    const number = has(VERSION) ? [VERSION] : [];
    return Object.entries(SAYS).flatMap(([path, why]): Judged[] =>
      has(path) ? [{ holds: 'yes', paths: [path, ...number], why }] : [],
    );
  },
};

const VERSION = 'Properties.ConfigurationVersion';
