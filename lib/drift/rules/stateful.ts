import type { ResourceChange } from '../model';

/** Types that hold data, keys, names or identities which nothing brings back once they are gone. */
const STATEFUL: ReadonlySet<string> = new Set([
  ...['DBCluster', 'DBInstance', 'GlobalCluster'].map(name => `AWS::RDS::${name}`),
  ...['DocDB', 'Neptune'].flatMap(service => [`AWS::${service}::DBCluster`, `AWS::${service}::DBInstance`]),
  ...[
    'AWS::DynamoDB::Table',
    'AWS::DynamoDB::GlobalTable',
    'AWS::S3::Bucket',
    'AWS::S3Express::DirectoryBucket',
  ],
  ...['AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::GlobalReplicationGroup'],
  ...['AWS::ElastiCache::CacheCluster', 'AWS::ElastiCache::ServerlessCache', 'AWS::MemoryDB::Cluster'],
  ...['AWS::EFS::FileSystem', 'AWS::FSx::FileSystem', 'AWS::EC2::Volume', 'AWS::EC2::EIP'],
  ...['AWS::KMS::Key', 'AWS::KMS::ReplicaKey', 'AWS::SecretsManager::Secret', 'AWS::CloudHSM::Cluster'],
  ...['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Kinesis::Stream', 'AWS::KinesisFirehose::DeliveryStream'],
  ...['AWS::MSK::Cluster', 'AWS::MSK::ServerlessCluster', 'AWS::AmazonMQ::Broker', 'AWS::Events::Archive'],
  ...[
    'AWS::OpenSearchService::Domain',
    'AWS::Elasticsearch::Domain',
    'AWS::OpenSearchServerless::Collection',
  ],
  ...['AWS::Redshift::Cluster', 'AWS::RedshiftServerless::Namespace', 'AWS::Timestream::Database'],
  ...['AWS::Timestream::Table', 'AWS::QLDB::Ledger', 'AWS::Cassandra::Table', 'AWS::Cassandra::Keyspace'],
  ...['AWS::Backup::BackupVault', 'AWS::Backup::LogicallyAirGappedBackupVault', 'AWS::Logs::LogGroup'],
  ...[
    'AWS::Cognito::UserPool',
    'AWS::Cognito::IdentityPool',
    'AWS::Route53::HostedZone',
    'AWS::ECR::Repository',
  ],
  ...[
    'AWS::ACMPCA::CertificateAuthority',
    'AWS::DirectoryService::MicrosoftAD',
    'AWS::DMS::ReplicationInstance',
  ],
  ...['AWS::CodeCommit::Repository', 'AWS::Glue::Database', 'AWS::Glue::Table', 'AWS::EMR::Cluster'],
  ...['AWS::ServiceDiscovery::PrivateDnsNamespace', 'AWS::AutoScaling::AutoScalingGroup'],
  // Without its template nobody knows what goes with it.
  ...['AWS::CloudFormation::Stack', 'AWS::Serverless::SimpleTable', 'AWS::DSQL::Cluster'],
  ...['AWS::S3Tables::TableBucket', 'AWS::S3Tables::Table', 'AWS::S3Vectors::VectorBucket'],
  ...['AWS::DocDBElastic::Cluster', 'AWS::DocDB::GlobalCluster', 'AWS::Neptune::GlobalCluster'],
  ...['AWS::MemoryDB::MultiRegionCluster', 'AWS::NeptuneGraph::Graph', 'AWS::Timestream::InfluxDBInstance'],
  ...['AWS::Lightsail::Database', 'AWS::Lightsail::Bucket', 'AWS::Lightsail::Disk', 'AWS::Kendra::Index'],
  ...['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api', 'AWS::CloudFront::Distribution'],
  ...['AWS::EC2::VPC', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::EKS::Cluster'],
]);

/** Whether the loss of a resource of the type is a loss of data, or of what cannot be made again as it was. */
export const isStateful = (type: string): boolean => STATEFUL.has(type);

/** Whether the change replaces the resource by nothing but what is looked up at deploy. */
export function replacesByLookup(change: ResourceChange): boolean {
  const replacing = change.differences.filter(({ replaces }) => (replaces ?? 'no') !== 'no');
  return (
    replacing.length > 0 &&
    replacing.every(({ unknownAfter, after }) => unknownAfter === true && after === undefined)
  );
}
