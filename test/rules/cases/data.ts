import { type CasesByRule, HIDDEN, one, perhaps } from './case';

const cluster = (properties: object, rest: object = {}) =>
  one('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', ...properties }, rest);
const GLOBAL = { Type: 'AWS::RDS::GlobalCluster', Properties: { GlobalClusterIdentifier: 'orders-global' } };
const CREDENTIALS = { MasterUsername: 'a', MasterUserPassword: HIDDEN };
const KEEP = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const table = (properties: object) => one('AWS::DynamoDB::Table', properties);
const global = (properties: object) => one('AWS::DynamoDB::GlobalTable', properties);
const PITR = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
const cache = (properties: object) => one('AWS::ElastiCache::ReplicationGroup', properties);
const secret = (properties: object) => one('AWS::SecretsManager::Secret', properties);
const REPLICAS = { ReplicaRegions: [{ Region: 'us-west-2' }] };

export const DATA: CasesByRule = {
  SecondaryCluster: {
    compliant: { 'BP-06: a secondary brings nothing': cluster({ GlobalClusterIdentifier: 'orders-global' }) },
    broken: {
      'BP-06: both Regions built with the same helper': cluster({
        GlobalClusterIdentifier: 'orders-global',
        ...CREDENTIALS,
      }),
      'a database name': cluster({ GlobalClusterIdentifier: 'orders-global', DatabaseName: 'orders' }),
      'a replica beside the global cluster': {
        ...cluster({ GlobalClusterIdentifier: 'orders-global', SourceRegion: 'us-east-2', ...CREDENTIALS }),
        GLOBAL,
      },
    },
    unknown: {
      'a condition decides': cluster({ GlobalClusterIdentifier: 'g', DatabaseName: perhaps('orders') }),
    },
    notApplicable: {
      'BP-06: the member beside the global cluster': {
        ...cluster({ GlobalClusterIdentifier: 'orders-global', ...CREDENTIALS }),
        GLOBAL,
      },
      'the same by reference': {
        ...cluster({ GlobalClusterIdentifier: { Ref: 'GLOBAL' }, ...CREDENTIALS }),
        GLOBAL,
      },
      'a cluster of its own': cluster(CREDENTIALS),
    },
  },
  ClusterZones: {
    compliant: { 'no zones': cluster({}) },
    broken: { 'BP-59: two zones of three': cluster({ AvailabilityZones: ['us-east-2a', 'us-east-2b'] }) },
    unknown: { 'a condition decides': cluster({ AvailabilityZones: perhaps(['us-east-2a']) }) },
  },
  DatabaseDeletionProtection: {
    compliant: { protected: cluster({ DeletionProtection: true }) },
    broken: { 'the default': cluster({}), 'a global cluster': one('AWS::RDS::GlobalCluster') },
    unknown: { 'a parameter': cluster({ DeletionProtection: HIDDEN }) },
    notApplicable: {
      'an instance of a cluster': one('AWS::RDS::DBInstance', { DBClusterIdentifier: HIDDEN }),
    },
  },
  DatabaseBackups: {
    compliant: { 'two weeks': cluster({ BackupRetentionPeriod: 14 }) },
    broken: {
      'the default day': cluster({}),
      none: one('AWS::RDS::DBInstance', { BackupRetentionPeriod: 0 }),
    },
    unknown: { 'a parameter': cluster({ BackupRetentionPeriod: HIDDEN }) },
    notApplicable: {
      'an instance of a cluster': one('AWS::RDS::DBInstance', { DBClusterIdentifier: HIDDEN }),
    },
  },
  GlobalClusterSource: {
    compliant: { 'made empty': one('AWS::RDS::GlobalCluster', { Engine: 'aurora-postgresql' }) },
    broken: { 'made from a cluster': one('AWS::RDS::GlobalCluster', { SourceDBClusterIdentifier: HIDDEN }) },
    unknown: {
      'a condition decides': one('AWS::RDS::GlobalCluster', { SourceDBClusterIdentifier: perhaps('a') }),
    },
  },
  StatefulRetention: {
    compliant: {
      'a snapshot is kept': cluster({}, { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' }),
      'a bucket is kept': one('AWS::S3::Bucket', {}, KEEP),
    },
    broken: {
      'the default': table({}),
      'kept on deletion and not on replacement': cluster({}, { DeletionPolicy: 'Retain' }),
      'a bucket has no snapshot': one('AWS::S3::Bucket', {}, { ...KEEP, DeletionPolicy: 'Snapshot' }),
    },
    unknown: 'plain text only',
    notApplicable: {
      'an instance of a cluster': one('AWS::RDS::DBInstance', { DBClusterIdentifier: HIDDEN }),
    },
  },
  TableRecovery: {
    compliant: { 'a table': table(PITR), 'each replica': global({ Replicas: [{ Region: 'a', ...PITR }] }) },
    broken: { 'the default': table({}), 'one replica of two': global({ Replicas: [PITR, { Region: 'b' }] }) },
    unknown: { 'a parameter': global({ Replicas: HIDDEN }) },
  },
  TableDeletionProtection: {
    compliant: { 'a table': table({ DeletionProtectionEnabled: true }) },
    broken: {
      'the default': table({}),
      'one replica of two': global({ Replicas: [{ DeletionProtectionEnabled: true }, { Region: 'b' }] }),
    },
    unknown: { 'a parameter': table({ DeletionProtectionEnabled: HIDDEN }) },
  },
  StrongTableExpiry: {
    compliant: { 'no expiry': global({ MultiRegionConsistency: 'STRONG' }) },
    broken: {
      expiry: global({ MultiRegionConsistency: 'STRONG', TimeToLiveSpecification: { Enabled: true } }),
    },
    unknown: {
      'a parameter': global({
        MultiRegionConsistency: 'STRONG',
        TimeToLiveSpecification: { Enabled: HIDDEN },
      }),
    },
    notApplicable: { 'eventual consistency': global({ TimeToLiveSpecification: { Enabled: true } }) },
  },
  StrongTableVotes: {
    compliant: {
      'two and a witness': global({
        MultiRegionConsistency: 'STRONG',
        Replicas: [{}, {}],
        GlobalTableWitnesses: [{}],
      }),
    },
    broken: { 'two alone': global({ MultiRegionConsistency: 'STRONG', Replicas: [{}, {}] }) },
    unknown: { 'a parameter': global({ MultiRegionConsistency: 'STRONG', Replicas: HIDDEN }) },
    notApplicable: { 'eventual consistency': global({ Replicas: [{}] }) },
  },
  MultiRegionKey: {
    compliant: {
      'a key of one Region': one('AWS::KMS::Key'),
      'a multi-Region key that is kept': one('AWS::KMS::Key', { MultiRegion: true }, KEEP),
    },
    broken: { 'a multi-Region key that goes': one('AWS::KMS::Key', { MultiRegion: true }) },
    unknown: { 'a toggle': one('AWS::KMS::Key', { MultiRegion: HIDDEN }, KEEP) },
  },
  CacheFailoverNodes: {
    compliant: {
      'two nodes': cache({ AutomaticFailoverEnabled: true, NumCacheClusters: 2 }),
      'a replica': cache({ AutomaticFailoverEnabled: true, NumNodeGroups: 1, ReplicasPerNodeGroup: 1 }),
      'BP-07: cluster mode without replicas is another rule': cache({
        AutomaticFailoverEnabled: true,
        CacheParameterGroupName: 'default.redis7.cluster.on',
        NumNodeGroups: 1,
        ReplicasPerNodeGroup: 0,
      }),
    },
    broken: { 'BP-07: one node': cache({ AutomaticFailoverEnabled: true, NumCacheClusters: 1 }) },
    unknown: { 'a parameter': cache({ AutomaticFailoverEnabled: true, NumCacheClusters: HIDDEN }) },
    notApplicable: { 'no failover': cache({ NumCacheClusters: 1 }) },
  },
  CacheMultiZone: {
    compliant: { both: cache({ MultiAZEnabled: true, AutomaticFailoverEnabled: true }) },
    broken: { 'BP-07: zones without failover': cache({ MultiAZEnabled: true }) },
    unknown: { 'a parameter': cache({ MultiAZEnabled: true, AutomaticFailoverEnabled: HIDDEN }) },
    notApplicable: { 'one zone': cache({}) },
  },
  GlobalCacheFailover: {
    compliant: {
      'fails over': one('AWS::ElastiCache::GlobalReplicationGroup', { AutomaticFailoverEnabled: true }),
    },
    broken: { 'the default': one('AWS::ElastiCache::GlobalReplicationGroup') },
    unknown: {
      'a parameter': one('AWS::ElastiCache::GlobalReplicationGroup', { AutomaticFailoverEnabled: HIDDEN }),
    },
  },
  SecretReplicaHost: {
    compliant: {
      'no host': secret({ ...REPLICAS, GenerateSecretString: { SecretStringTemplate: '{"username":"a"}' } }),
    },
    broken: {
      'a host': secret({ ...REPLICAS, SecretString: '{"host":"db.example.com"}' }),
      'an attachment writes one': {
        ...secret(REPLICAS),
        Attachment: {
          Type: 'AWS::SecretsManager::SecretTargetAttachment',
          Properties: { SecretId: { Ref: 'Judged' } },
        },
      },
    },
    unknown: { 'a parameter': secret({ ...REPLICAS, SecretString: HIDDEN }) },
    notApplicable: { 'no replica': secret({ SecretString: '{"host":"db.example.com"}' }) },
  },
};
