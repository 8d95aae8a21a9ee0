import type { DriftRule, Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { at, canonical, nameOf } from '../../paths';
import { atPaths, listOf } from '../values';

/** Properties that tie a copy to what it is a copy of. */
const TIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBCluster': [
    'GlobalClusterIdentifier',
    'ReplicationSourceIdentifier',
    'SourceDBClusterIdentifier',
  ],
  'AWS::DocDB::DBCluster': ['GlobalClusterIdentifier', 'SourceDBClusterIdentifier'],
  'AWS::Neptune::DBCluster': ['GlobalClusterIdentifier', 'SourceDBClusterIdentifier'],
  'AWS::RDS::DBInstance': ['SourceDBInstanceIdentifier', 'SourceDBClusterIdentifier', 'DBClusterIdentifier'],
  'AWS::RDS::GlobalCluster': ['SourceDBClusterIdentifier'],
  'AWS::ElastiCache::ReplicationGroup': ['GlobalReplicationGroupId', 'PrimaryClusterId'],
  'AWS::KMS::ReplicaKey': ['PrimaryKeyArn'],
  'AWS::S3::Bucket': ['ReplicationConfiguration'],
  'AWS::EFS::FileSystem': ['ReplicationConfiguration'],
  'AWS::ECR::ReplicationConfiguration': ['ReplicationConfiguration'],
};
/** Lists of copies, by type, and what names a copy. */
const COPIES: Readonly<Record<string, readonly (readonly [list: string, name: string])[]>> = {
  'AWS::DynamoDB::GlobalTable': [['Replicas', 'Region']],
  'AWS::SecretsManager::Secret': [['ReplicaRegions', 'Region']],
  'AWS::RDS::GlobalCluster': [['GlobalClusterMembers', 'DBClusterArn']],
  'AWS::ElastiCache::GlobalReplicationGroup': [
    ['Members', 'ReplicationGroupId'],
    ['RegionalConfigurations', 'ReplicationGroupId'],
  ],
};

/** Types of which each one is what copies. */
const WHOLE = ['AWS::ECR::ReplicationConfiguration'];
const PLAN = 'AWS::Backup::BackupPlan';

/** A tie that is cut or bound anew. One that is made where there was none loses nothing. */
const isCut = ({ before }: Difference): boolean => before !== undefined;

/** A copy that leaves its original is a second truth. */
export const replicaDetached: DriftRule = {
  id: 'replica-detached',
  class: 'danger',
  title: 'a replica is detached, promoted or taken away',
  why: 'a copy without its original takes writes of its own and never comes back by itself; a Region without its copy has nowhere to fail over to',
  fix: 'leave membership to the drill; put the tie back before the deploy',
  apart: 'one Region has a copy, or a tie to its original, that the other lacks',
  source: 'cloudposse/terraform-aws-rds-cluster#281; aws/aws-cdk#17011',
  types: [...new Set([...Object.keys(TIES), ...Object.keys(COPIES), PLAN])],
  judge: change => {
    if (change.action === 'delete' || change.action === 'forget') {
      return WHOLE.includes(change.type) ? { holds: 'yes', why: 'nothing is copied any more' } : undefined;
    }
    const ties = TIES[change.type] ?? [];
    const cut = atPaths(
      change.differences.filter(
        each =>
          ties.some(tie => each.path === `Properties.${tie}` || each.path.startsWith(`Properties.${tie}.`)) &&
          isCut(each),
      ),
    );
    return [...(cut === undefined ? [] : [cut]), ...lostCopies(change), ...lostBackups(change)];
  },
};

function lostCopies(change: ResourceChange): Judged[] {
  return (COPIES[change.type] ?? []).flatMap(([list, name]) => {
    const path = `Properties.${list}`;
    const differences = change.differences.filter(each => each.path.startsWith(path));
    if (differences.length === 0) return [];
    const namesAt = (resource: Json | undefined) =>
      listOf(at(resource, path)).map(each => canonical(own(each, name)));
    const kept = namesAt(change.after);
    const lost = namesAt(change.before).filter(each => !kept.includes(each));
    if (lost.length === 0) return [];
    return [
      {
        holds: 'yes',
        paths: differences.map(each => each.path),
        why: `${nameOf(path)} loses ${lost.join(', ')}`,
      },
    ];
  });
}

/** Vaults, most often of another Region, into which a plan copies its backups no more. */
function lostBackups(change: ResourceChange): Judged[] {
  if (change.type !== PLAN || change.action === 'create') return [];
  const copies = (plan: Json | undefined) =>
    listOf(at(plan, 'Properties.BackupPlan.BackupPlanRule')).flatMap(rule =>
      listOf(own(rule, 'CopyActions')).map(each => canonical(own(each, 'DestinationBackupVaultArn'))),
    );
  const kept = copies(change.after);
  const lost = copies(change.before).filter(each => !kept.includes(each));
  if (lost.length === 0) return [];
  const paths = change.differences.map(({ path }) => path);
  return [{ holds: 'yes', paths, why: `backups are copied no more to ${lost.join(', ')}` }];
}
