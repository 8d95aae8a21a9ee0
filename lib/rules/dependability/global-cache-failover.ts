import { type Rule, whether } from '../rule';
import { isTrue } from '../value';

/** Every member of a global datastore fails over inside its Region. */
export const globalCacheFailover: Rule = {
  id: 'GlobalCacheFailover',
  title: 'a global datastore fails over by itself inside each Region',
  why: 'members inherit the setting: without it the loss of one node empties the cache of a Region, and a Region cannot be promoted',
  fix: 'set AutomaticFailoverEnabled to true on the global datastore',
  source: 'Amazon ElastiCache, global datastores; terraform-provider-aws #20893',
  types: ['AWS::ElastiCache::GlobalReplicationGroup'],
  evaluate: group => whether(group, 'Properties.AutomaticFailoverEnabled', isTrue),
};
