import type { Json } from './term';
import { addressOf, type TerraformBlock } from './terraform-block';

/** An output of a Region. */
export interface RegionOutput {
  readonly name: string;
  readonly description: string;
  /** Type and end of the name of the resource. */
  readonly of: readonly [type: string, name: string];
  readonly attribute: string;
}

/** What others may ask of a Region; nothing of it is a secret. */
export const REGION_OUTPUTS: readonly RegionOutput[] = [
  ['vpc_id', 'Id of the network', 'aws_vpc', 'network_vpc', 'id'],
  ['balancer_dns_name', 'Name of the load balancer', 'aws_lb', 'service_balancer_load_balancer', 'dns_name'],
  [
    'balancer_zone_id',
    'Hosted zone of the load balancer',
    'aws_lb',
    'service_balancer_load_balancer',
    'zone_id',
  ],
  [
    'database_endpoint',
    "Writer endpoint of the Region's own cluster",
    'aws_rds_cluster',
    'data_database_cluster',
    'endpoint',
  ],
  [
    'database_reader_endpoint',
    'Reader endpoint',
    'aws_rds_cluster',
    'data_database_cluster',
    'reader_endpoint',
  ],
  [
    'cache_endpoint',
    'Primary endpoint of the cache',
    'aws_elasticache_replication_group',
    'data_cache_group',
    'primary_endpoint_address',
  ],
  ['work_queue_url', 'Queue of the workers', 'aws_sqs_queue', 'service_work_queue', 'url'],
  ['alarm_topic_arn', 'Topic to which alarms go', 'aws_sns_topic', 'foundation_alarms', 'arn'],
  [
    'artifact_bucket',
    'Bucket from which clones boot',
    'aws_s3_bucket',
    'foundation_artifacts_bucket',
    'bucket',
  ],
  [
    'operator_role_arn',
    'Role in which drills move the Region',
    'aws_iam_role',
    'operations_operator_role',
    'arn',
  ],
].map(([name = '', description = '', type = '', resource = '', attribute = '']) => ({
  name,
  description,
  of: [type, resource] as const,
  attribute,
}));

/** Outputs of a Region, for the root module and for the module for plain HCL alike. */
export function outputsOf(blocks: readonly TerraformBlock[]): Readonly<Record<string, Json>> {
  const there = new Set(blocks.map(addressOf));
  return Object.fromEntries(
    REGION_OUTPUTS.filter(({ of: [type, name] }) => there.has(`${type}.${name}`)).map(
      ({ name, description, of: [type, resource], attribute }) => [
        name,
        { description, value: `\${${type}.${resource}.${attribute}}` },
      ],
    ),
  );
}
