import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource } from '../template';
import { asNumber, isHidden, isTrue, type Value } from '../value';

const FAILOVER = 'Properties.AutomaticFailoverEnabled';

/** Automatic failover has somewhere to go. */
export const cacheFailoverNodes: Rule = {
  id: 'CacheFailoverNodes',
  title: 'a cache that fails over by itself has a second node',
  why: 'with one node there is nothing to fail over to, and ElastiCache refuses the group at deploy; cluster mode has other rules',
  fix: 'set NumCacheClusters to 2 or more, or ReplicasPerNodeGroup to 1 or more',
  source: 'terraform-provider-aws #27116; aws-cdk #13389',
  types: ['AWS::ElastiCache::ReplicationGroup'],
  evaluate: group => {
    const failover = group.at(FAILOVER);
    if (isHidden(failover)) return unknown(FAILOVER);
    if (!isTrue(failover)) return NOT_APPLICABLE;
    if (hasClusterMode(group)) return COMPLIANT;
    const [path, nodes] = nodeCount(group);
    if (isHidden(nodes)) return unknown(path);
    return asNumber(nodes) >= 2 ? COMPLIANT : broken(path);
  },
};

function hasClusterMode(group: Resource): boolean {
  const parameters = group.at('Properties.CacheParameterGroupName');
  const shards = asNumber(group.at('Properties.NumNodeGroups'));
  return (
    shards > 1 ||
    group.at('Properties.ClusterMode') === 'enabled' ||
    (typeof parameters === 'string' && parameters.endsWith('.cluster.on'))
  );
}

/** Nodes of a group with one shard; one when nothing is said. */
function nodeCount(group: Resource): readonly [path: string, nodes: Value] {
  const [clusters, replicas] = ['Properties.NumCacheClusters', 'Properties.ReplicasPerNodeGroup'] as const;
  const each = group.at(replicas);
  if (group.at(clusters) !== undefined || each === undefined) return [clusters, group.at(clusters) ?? 1];
  return [replicas, isHidden(each) ? each : asNumber(each) + 1];
}
