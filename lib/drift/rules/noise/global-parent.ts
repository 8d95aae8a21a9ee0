import type { DriftRule } from '../../classify/rule';
import { at, nameOf } from '../../paths';
import { atPaths, isLive } from '../values';

/** What a global parent decides for its members: where membership stands, and the properties. */
const OWNED: Readonly<Record<string, { readonly parent: string; readonly names: ReadonlySet<string> }>> = {
  'AWS::ElastiCache::ReplicationGroup': {
    parent: 'Properties.GlobalReplicationGroupId',
    names: new Set([
      ...['CacheNodeType', 'Engine', 'EngineVersion', 'AutomaticFailoverEnabled', 'MultiAZEnabled'],
      ...['NumNodeGroups', 'CacheParameterGroupName', 'TransitEncryptionEnabled', 'AtRestEncryptionEnabled'],
    ]),
  },
  'AWS::RDS::DBCluster': {
    parent: 'Properties.GlobalClusterIdentifier',
    names: new Set(['EngineVersion']),
  },
};

/** Members of a global group follow the group. */
export const globalParent: DriftRule = {
  id: 'global-parent',
  class: 'noise',
  title: 'a member of a global group differs in what the group decides',
  why: 'the API refuses such a change on a member: node type, engine and failover change through the global group alone',
  fix: 'change the global group; leave these properties out of its members',
  source: 'terraform-aws-modules/terraform-aws-elasticache#7; ElastiCache, global datastores',
  types: Object.keys(OWNED),
  judge: change => {
    const owned = OWNED[change.type];
    if (owned === undefined) return undefined;
    // A member both before and after: one that joins or leaves is a matter of its own.
    if ([change.before, change.after].some(each => at(each, owned.parent) === undefined)) return undefined;
    if (change.type === 'AWS::RDS::DBCluster' && !isLive(change)) return undefined;
    return atPaths(change.differences.filter(({ path }) => owned.names.has(nameOf(path))));
  },
};
