import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { isHidden, isTrue } from '../value';

const [ZONES, FAILOVER] = ['Properties.MultiAZEnabled', 'Properties.AutomaticFailoverEnabled'];

/** A cache over zones moves by itself. */
export const cacheMultiZone: Rule = {
  id: 'CacheMultiZone',
  title: 'a cache over several zones fails over by itself',
  why: 'nodes in other zones are no use while nobody promotes them, and ElastiCache refuses the pair at deploy',
  fix: 'set AutomaticFailoverEnabled to true',
  source: 'AWS::ElastiCache::ReplicationGroup, MultiAZEnabled; terraform-provider-aws #27116',
  types: ['AWS::ElastiCache::ReplicationGroup'],
  evaluate: group => {
    const [zones, failover] = [group.at(ZONES as string), group.at(FAILOVER as string)] as const;
    if (isHidden(zones)) return isTrue(failover) ? COMPLIANT : unknown(ZONES as string);
    if (!isTrue(zones)) return NOT_APPLICABLE;
    if (isHidden(failover)) return unknown(FAILOVER as string);
    return isTrue(failover) ? COMPLIANT : broken(FAILOVER as string);
  },
};
