import type { Judged } from '../../classify/rule';
import type { ResourceChange } from '../../model';
import { isDrift, terraformDanger } from '../tf-values';

const STATEFUL = [
  ...['aws_rds_cluster', 'aws_rds_cluster_instance', 'aws_rds_global_cluster', 'aws_db_instance'],
  ...['aws_docdb_cluster', 'aws_docdb_cluster_instance', 'aws_docdb_global_cluster', 'aws_neptune_cluster'],
  ...['aws_neptune_cluster_instance', 'aws_neptune_global_cluster', 'aws_dsql_cluster'],
  ...['aws_dynamodb_table', 'aws_dynamodb_global_table', 'aws_dynamodb_table_replica', 'aws_s3_bucket'],
  ...['aws_s3_directory_bucket', 'aws_s3tables_table', 'aws_s3tables_table_bucket'],
  ...['aws_elasticache_replication_group', 'aws_elasticache_global_replication_group'],
  ...['aws_elasticache_cluster', 'aws_elasticache_serverless_cache', 'aws_memorydb_cluster'],
  ...['aws_memorydb_multi_region_cluster', 'aws_efs_file_system', 'aws_ebs_volume', 'aws_eip'],
  ...['aws_fsx_lustre_file_system', 'aws_fsx_ontap_file_system', 'aws_fsx_openzfs_file_system'],
  ...['aws_fsx_windows_file_system', 'aws_kms_key', 'aws_kms_replica_key', 'aws_kms_external_key'],
  ...['aws_secretsmanager_secret', 'aws_cloudhsm_v2_cluster', 'aws_sqs_queue', 'aws_sns_topic'],
  ...['aws_kinesis_stream', 'aws_kinesis_firehose_delivery_stream', 'aws_msk_cluster', 'aws_mq_broker'],
  ...['aws_msk_serverless_cluster', 'aws_cloudwatch_event_archive', 'aws_cloudwatch_log_group'],
  ...['aws_opensearch_domain', 'aws_elasticsearch_domain', 'aws_opensearchserverless_collection'],
  ...['aws_redshift_cluster', 'aws_redshiftserverless_namespace', 'aws_timestreamwrite_database'],
  ...['aws_timestreamwrite_table', 'aws_qldb_ledger', 'aws_keyspaces_table', 'aws_keyspaces_keyspace'],
  ...['aws_backup_vault', 'aws_backup_logically_air_gapped_vault', 'aws_cognito_user_pool'],
  ...['aws_cognito_identity_pool', 'aws_route53_zone', 'aws_ecr_repository', 'aws_glue_catalog_database'],
  ...['aws_glue_catalog_table', 'aws_acmpca_certificate_authority', 'aws_directory_service_directory'],
  ...['aws_cloudfront_distribution', 'aws_api_gateway_rest_api', 'aws_apigatewayv2_api'],
  ...['aws_s3vectors_vector_bucket', 'aws_docdbelastic_cluster', 'aws_neptunegraph_graph'],
  ...['aws_timestreaminfluxdb_db_instance', 'aws_lightsail_database', 'aws_kendra_index'],
  ...['aws_dms_replication_instance', 'aws_codecommit_repository', 'aws_emr_cluster'],
  ...['aws_service_discovery_private_dns_namespace', 'aws_autoscaling_group', 'aws_vpc', 'aws_lb'],
  ...['aws_alb', 'aws_eks_cluster'],
];

/** Data that is deleted is gone, and a replacement is a deletion. */
export const tfStatefulLoss = terraformDanger({
  id: 'tf-stateful-loss',
  title: 'a stateful resource of a Terraform plan is replaced or deleted, or is gone',
  why: 'the resource holds what nothing brings back: data, keys, names, capacity in use',
  fix: 'keep the values that replace it as they are, or move the data first; `prevent_destroy` refuses such a plan',
  source: 'terraform-aws-modules/terraform-aws-rds-aurora#371; hashicorp/terraform-provider-aws#4678',
  types: STATEFUL,
  judge: change => {
    if (change.action === 'replace') return replaced(change);
    if (change.action === 'forget' && change.after !== undefined) {
      return {
        holds: 'yes',
        why: 'a new, empty one takes its place, and the old one stays without an owner',
      };
    }
    if (change.action !== 'delete') return undefined;
    return isDrift(change) ? gone(change) : { holds: 'yes', why: 'it is deleted, with what it holds' };
  },
});

function replaced(change: ResourceChange): Judged {
  const causes = change.differences.filter(({ replaces }) => replaces === 'yes').map(({ path }) => path);
  const reason = change.reason === undefined ? '' : ` (${change.reason})`;
  const why = `a new, empty one is made and this one is deleted${reason}`;
  if (causes.length === 0) return { holds: 'yes', why };
  // The service stores a third zone; two in the configuration replace the cluster with every plan.
  const zones = causes.some(path => path.startsWith('availability_zones'));
  const fix = 'leave availability_zones out: the subnet group decides, and the service adds zones of its own';
  return { holds: 'yes', paths: causes, why, ...(zones ? { fix } : {}) };
}

function gone(change: ResourceChange): Judged {
  const copied = change.type === 'aws_autoscaling_group';
  return {
    holds: 'yes',
    why: copied
      ? 'the managed group is gone; CodeDeploy deletes it when it has copied it to a CodeDeploy_ group'
      : 'it is gone, and not by Terraform; the plan would make a new, empty one',
    fix: copied
      ? 'look for the copy and import it; do not create a second group beside it'
      : 'find out who deleted it, restore it and import it before anything is applied',
  };
}
