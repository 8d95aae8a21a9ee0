import type { Judged, RuleContext } from '../../classify/rule';
import { own } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { UNKNOWN } from '../../terraform/unknown';
import { isEmpty, terraformDanger } from '../tf-values';
import { listOf } from '../values';

const TIES = new Set([
  ...['replication_source_identifier', 'global_cluster_identifier', 'replicate_source_db'],
  ...['source_db_cluster_identifier', 'global_replication_group_id', 'primary_key_arn'],
]);
/** Lists of copies, by type, and what names a copy. */
const COPIES: Readonly<Record<string, readonly [list: string, name: string]>> = {
  aws_dynamodb_table: ['replica', 'region_name'],
  aws_secretsmanager_secret: ['replica', 'region'],
  aws_rds_global_cluster: ['global_cluster_members', 'db_cluster_arn'],
};
const WHOLE = new Set([
  ...[
    'aws_dynamodb_table_replica',
    'aws_s3_bucket_replication_configuration',
    'aws_elasticache_global_replication_group',
  ],
  ...[
    'aws_ecr_replication_configuration',
    'aws_kms_replica_key',
    'aws_db_instance_automated_backups_replication',
  ],
]);

/** A copy that leaves its original is a second truth; the provider calls it an update. */
export const tfReplicaDetached = terraformDanger({
  id: 'tf-replica-detached',
  title: 'a replica is detached, promoted or bound anew, in a Terraform plan',
  why: 'without its source a copy is promoted: it takes writes of its own, and never comes back by itself',
  fix: 'leave membership to the drill, and put the attribute under ignore_changes',
  source: 'hashicorp/terraform-provider-aws#43214; hashicorp/terraform-provider-aws#40921',
  judge: (change, context) => {
    if (change.action === 'delete') {
      return WHOLE.has(change.type) ? { holds: 'yes', why: 'the copy goes' } : undefined;
    }
    const ties = change.differences
      .filter(({ path }) => TIES.has(path))
      .flatMap(each => tie(each, change, context));
    return [...ties, ...lostCopies(change), ...lostBackups(change)];
  },
});

function tie(
  { path, before, after, unknownAfter }: Difference,
  change: ResourceChange,
  context: RuleContext,
): Judged[] {
  const paths = [path];
  if (unknownAfter === true)
    return [{ holds: 'perhaps', paths, why: `whether ${path} stays as it is is decided at apply` }];
  if (isEmpty(before)) {
    // After a failover the configuration still names the Region of birth as the source.
    const active = context.facts.register?.region;
    if (path !== 'replication_source_identifier' || isEmpty(after) || change.region !== active) return [];
    return [{ holds: 'yes', paths, why: `${active} is active, and the plan makes its database a replica` }];
  }
  const why = isEmpty(after) ? `${path} goes, so the copy stands alone` : `${path} names another source`;
  return [{ holds: 'yes', paths, why }];
}

function lostCopies(change: ResourceChange): Judged[] {
  const copies = COPIES[change.type];
  if (copies === undefined || change.action === 'create') return [];
  const [list, name] = copies;
  const differences = change.differences.filter(({ path }) => /^[^.[]+/.exec(path)?.[0] === list);
  if (differences.length === 0) return [];
  const paths = differences.map(({ path }) => path);
  const planned = own(change.after, list);
  if (planned === UNKNOWN) return [{ holds: 'perhaps', paths, why: 'which copies stay is decided at apply' }];
  const namesOf = (value: Json | undefined) => listOf(value).map(each => canonical(own(each, name)));
  const kept = namesOf(planned);
  const lost = namesOf(own(change.before, list)).filter(each => !kept.includes(each));
  return lost.length === 0 ? [] : [{ holds: 'yes', paths, why: `the copies lose ${lost.join(', ')}` }];
}

/** Vaults, most often of another Region, into which a plan copies its backups no more. */
function lostBackups(change: ResourceChange): Judged[] {
  if (change.type !== 'aws_backup_plan' || change.action === 'create') return [];
  const copies = (plan: Json | undefined) =>
    listOf(own(plan, 'rule')).flatMap(rule =>
      listOf(own(rule, 'copy_action')).map(each => canonical(own(each, 'destination_vault_arn'))),
    );
  const kept = copies(change.after);
  const lost = copies(change.before).filter(each => !kept.includes(each));
  if (lost.length === 0) return [];
  const paths = change.differences.map(({ path }) => path);
  return [{ holds: 'yes', paths, why: `backups are copied no more to ${lost.join(', ')}` }];
}
