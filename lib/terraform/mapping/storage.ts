import { companion, type ResourceMapping } from '../resource-mapping';
import { applyRules, block, elsewhere, lift, pairs, policy, type Rules, type Split, same } from '../rule';
import { type Arguments, type Draft, isRecord, type Term } from '../term';

const LIFECYCLE_RULE: Rules = {
  ...same('Id Status'),
  AbortIncompleteMultipartUpload: block('abort_incomplete_multipart_upload', same('DaysAfterInitiation')),
  ExpirationInDays: { argument: 'expiration', convert: days => ({ days }) },
  NoncurrentVersionExpiration: block('noncurrent_version_expiration', same('NoncurrentDays')),
  Prefix: { argument: 'filter', convert: prefix => ({ prefix }) },
};

/** Terraform asks for what CloudFormation leaves open: a name for each rule, and what it is about. */
const lifecycleRules: Split = {
  split: (list, unmapped) => ({
    rule: (Array.isArray(list) ? list : []).map((each, index) => ({
      id: `rule-${index + 1}`,
      filter: { prefix: '' },
      ...(isRecord(each) ? applyRules(each, LIFECYCLE_RULE, '', unmapped) : {}),
    })),
  }),
};

const ENCRYPTION: Rules = {
  ServerSideEncryptionConfiguration: block('rule', {
    ...same('BucketKeyEnabled'),
    ServerSideEncryptionByDefault: block('apply_server_side_encryption_by_default', {
      SSEAlgorithm: 'sse_algorithm',
      KMSMasterKeyID: 'kms_master_key_id',
    }),
  }),
};

/** The register: its own Region is the table, the others are replicas of it. */
function replicas(args: Arguments, properties: Arguments, region: string): Draft {
  const list = Array.isArray(properties.Replicas) ? properties.Replicas.filter(isRecord) : [];
  const consistency = properties.MultiRegionConsistency;
  const others = list
    .filter(replica => replica.Region !== region)
    .map(replica => ({
      region_name: replica.Region ?? null,
      ...(consistency === undefined ? {} : { consistency_mode: consistency }),
      deletion_protection_enabled: replica.DeletionProtectionEnabled ?? false,
      point_in_time_recovery: recovery(replica) ?? false,
      propagate_tags: true,
    }));
  const own = list.find(replica => replica.Region === region);
  return {
    ...args,
    deletion_protection_enabled: own?.DeletionProtectionEnabled ?? false,
    point_in_time_recovery: { enabled: recovery(own) ?? false },
    tags: Array.isArray(own?.Tags) ? tagMap(own.Tags) : undefined,
    replica: others.length > 0 ? others : undefined,
  };
}

const recovery = (replica: Arguments | undefined): Term | undefined =>
  isRecord(replica?.PointInTimeRecoverySpecification)
    ? replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled
    : undefined;

const tagMap = (tags: readonly Term[]): Arguments =>
  Object.fromEntries(tags.filter(isRecord).map(tag => [String(tag.Key), tag.Value ?? null]));

const REPLICA_MEMBERS = new Set([
  'Region',
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'Tags',
]);

/** Replicas are said in `complete`; a member that it does not know is told here. */
const knownReplicas: Split = {
  split: (list, unmapped) => {
    for (const replica of Array.isArray(list) ? list.filter(isRecord) : []) {
      for (const [name, value] of Object.entries(replica))
        if (!REPLICA_MEMBERS.has(name)) unmapped(name, value);
    }
    return {};
  },
};

const hashKey: Split = {
  split: list => {
    const keys = Array.isArray(list) ? list.filter(isRecord) : [];
    const named = (type: string) => keys.find(key => key.KeyType === type)?.AttributeName;
    const range = named('RANGE');
    return { hash_key: named('HASH') ?? null, ...(range === undefined ? {} : { range_key: range }) };
  },
};

/** Buckets and tables. */
export const STORAGE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::S3::Bucket': {
    type: 'aws_s3_bucket',
    ref: 'bucket',
    attributes: {
      Arn: 'arn',
      DomainName: 'bucket_domain_name',
      RegionalDomainName: 'bucket_regional_domain_name',
    },
    properties: {
      BucketName: 'bucket',
      BucketEncryption: elsewhere,
      LifecycleConfiguration: elsewhere,
      LoggingConfiguration: elsewhere,
      OwnershipControls: elsewhere,
      PublicAccessBlockConfiguration: elsewhere,
      VersioningConfiguration: elsewhere,
      Tags: pairs('tags'),
    },
    companions: [
      companion(
        'BucketEncryption',
        'aws_s3_bucket_server_side_encryption_configuration',
        'encryption',
        { bucket: 'bucket' },
        ENCRYPTION,
      ),
      companion(
        'LifecycleConfiguration',
        'aws_s3_bucket_lifecycle_configuration',
        'lifecycle',
        { bucket: 'bucket' },
        { Rules: lifecycleRules },
      ),
      companion(
        'LoggingConfiguration',
        'aws_s3_bucket_logging',
        'logging',
        { bucket: 'bucket' },
        {
          DestinationBucketName: { split: (target_bucket: Term) => ({ target_bucket, target_prefix: '' }) },
          LogFilePrefix: 'target_prefix',
        },
      ),
      companion(
        'OwnershipControls',
        'aws_s3_bucket_ownership_controls',
        'ownership',
        { bucket: 'bucket' },
        { Rules: block('rule', same('ObjectOwnership')) },
      ),
      companion(
        'PublicAccessBlockConfiguration',
        'aws_s3_bucket_public_access_block',
        'public_access',
        { bucket: 'bucket' },
        same('BlockPublicAcls BlockPublicPolicy IgnorePublicAcls RestrictPublicBuckets'),
      ),
      companion(
        'VersioningConfiguration',
        'aws_s3_bucket_versioning',
        'versioning',
        { bucket: 'bucket' },
        { Status: { argument: 'versioning_configuration', convert: status => ({ status }) } },
      ),
    ],
  },
  'AWS::S3::BucketPolicy': {
    type: 'aws_s3_bucket_policy',
    properties: { ...same('Bucket'), PolicyDocument: policy('policy') },
  },
  'AWS::DynamoDB::GlobalTable': {
    type: 'aws_dynamodb_table',
    ref: 'name',
    attributes: { Arn: 'arn', TableId: 'id', StreamArn: 'stream_arn' },
    properties: {
      ...same('BillingMode'),
      AttributeDefinitions: block('attribute', { AttributeName: 'name', AttributeType: 'type' }),
      GlobalTableWitnesses: block('global_table_witness', { Region: 'region_name' }),
      KeySchema: hashKey,
      MultiRegionConsistency: elsewhere,
      Replicas: knownReplicas,
      StreamSpecification: {
        split: (value: Term) => ({
          stream_enabled: true,
          stream_view_type: isRecord(value) ? value.StreamViewType : undefined,
        }),
      },
      TableName: 'name',
    },
    complete: (args, properties, { region }) => replicas(args, properties, region),
  },
  'AWS::Glue::Database': {
    type: 'aws_glue_catalog_database',
    ref: 'name',
    properties: { ...same('CatalogId'), DatabaseInput: lift(same('Description Name')) },
  },
  'AWS::Glue::Table': {
    type: 'aws_glue_catalog_table',
    ref: 'name',
    properties: {
      ...same('CatalogId DatabaseName'),
      TableInput: lift({
        ...same('Name Parameters TableType'),
        PartitionKeys: block('partition_keys', same('Name Type')),
        StorageDescriptor: block('storage_descriptor', {
          ...same('InputFormat Location OutputFormat'),
          Columns: block('columns', same('Name Type')),
          SerdeInfo: block('ser_de_info', same('SerializationLibrary')),
        }),
      }),
    },
  },
  'AWS::Athena::WorkGroup': {
    type: 'aws_athena_workgroup',
    ref: 'name',
    properties: {
      ...same('Description Name'),
      RecursiveDeleteOption: 'force_destroy',
      WorkGroupConfiguration: block('configuration', {
        BytesScannedCutoffPerQuery: 'bytes_scanned_cutoff_per_query',
        EnforceWorkGroupConfiguration: 'enforce_workgroup_configuration',
        PublishCloudWatchMetricsEnabled: 'publish_cloudwatch_metrics_enabled',
        ResultConfiguration: block('result_configuration', {
          EncryptionConfiguration: block('encryption_configuration', same('EncryptionOption')),
          OutputLocation: 'output_location',
        }),
      }),
      Tags: pairs('tags'),
    },
  },
};
