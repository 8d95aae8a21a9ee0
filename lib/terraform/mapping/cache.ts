import { madeUpName, type ResourceMapping } from '../resource-mapping';
import { block, pairs, same } from '../rule';

/** The cache, its users and where it stands. */
export const CACHE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::ElastiCache::SubnetGroup': {
    type: 'aws_elasticache_subnet_group',
    ref: 'name',
    properties: { ...same('Description SubnetIds'), CacheSubnetGroupName: 'name', Tags: pairs('tags') },
    complete: (args, _properties, resource) => ({ name: madeUpName(resource), ...args }),
  },
  'AWS::ElastiCache::User': {
    type: 'aws_elasticache_user',
    ref: 'user_id',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('AccessString Engine UserId UserName'),
      AuthenticationMode: block('authentication_mode', same('Type')),
      Tags: pairs('tags'),
    },
  },
  'AWS::ElastiCache::UserGroup': {
    type: 'aws_elasticache_user_group',
    ref: 'user_group_id',
    attributes: { Arn: 'arn' },
    properties: { ...same('Engine UserGroupId UserIds'), Tags: pairs('tags') },
  },
  'AWS::ElastiCache::ReplicationGroup': {
    type: 'aws_elasticache_replication_group',
    attributes: {
      'PrimaryEndPoint.Address': 'primary_endpoint_address',
      'ReaderEndPoint.Address': 'reader_endpoint_address',
      'ConfigurationEndPoint.Address': 'configuration_endpoint_address',
      'PrimaryEndPoint.Port': 'port',
    },
    properties: {
      ...same(
        'AtRestEncryptionEnabled AutoMinorVersionUpgrade AutomaticFailoverEnabled Engine EngineVersion',
      ),
      ...same('KmsKeyId NumCacheClusters NumNodeGroups Port ReplicationGroupId SecurityGroupIds'),
      ...same('TransitEncryptionEnabled UserGroupIds GlobalReplicationGroupId SnapshotRetentionLimit'),
      CacheNodeType: 'node_type',
      CacheSubnetGroupName: 'subnet_group_name',
      CacheParameterGroupName: 'parameter_group_name',
      MultiAZEnabled: 'multi_az_enabled',
      ReplicasPerNodeGroup: 'replicas_per_node_group',
      ReplicationGroupDescription: 'description',
      Tags: pairs('tags'),
    },
  },
};
