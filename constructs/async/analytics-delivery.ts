import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';

/** What a delivery writes, and by which table it knows the columns. */
export interface DeliveryProps {
  readonly bucket: IBucket;
  /** Where in the bucket, without a slash. */
  readonly prefix: string;
  /** Name of the column by which the files are parted, by the day of their arrival (UTC). */
  readonly partition: string;
  readonly databaseName: string;
  readonly table: CfnTable;
  /** How long rows are gathered. */
  readonly freshness: Duration;
}

/** Declares the delivery of rows as Parquet. What cannot be converted lies under `errors/` and is not lost. */
export function declareDelivery(parent: Construct, props: DeliveryProps): CfnDeliveryStream {
  const scope = new Construct(parent, 'Firehose');
  const role = new Role(scope, 'Role', {
    description: `Writes the rows of ${parent.node.path}`,
    assumedBy: new ServicePrincipal('firehose'),
  });
  const logging = declareLogging(scope, role);
  const policy = grantDelivery(scope, role, props);
  const stack = Stack.of(scope);
  const delivery = new CfnDeliveryStream(scope, 'Stream', {
    deliveryStreamType: 'DirectPut',
    deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
    extendedS3DestinationConfiguration: {
      bucketArn: props.bucket.bucketArn,
      roleArn: role.roleArn,
      prefix: `${props.prefix}/${props.partition}=!{timestamp:yyyy-MM-dd}/`,
      errorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/',
      // Conversion asks for 64 MiB at least.
      bufferingHints: { intervalInSeconds: props.freshness.toSeconds(), sizeInMBs: 128 },
      compressionFormat: 'UNCOMPRESSED',
      cloudWatchLoggingOptions: logging,
      dataFormatConversionConfiguration: {
        enabled: true,
        inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
        outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
        schemaConfiguration: {
          catalogId: stack.account,
          databaseName: props.databaseName,
          tableName: props.table.ref,
          region: stack.region,
          roleArn: role.roleArn,
          versionId: 'LATEST',
        },
      },
    },
  });
  delivery.node.addDependency(policy, role);
  return delivery;
}

/** The log in which Firehose says what it could not write. */
function declareLogging(scope: Construct, role: Role): CfnDeliveryStream.CloudWatchLoggingOptionsProperty {
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const logStream = new LogStream(scope, 'LogStream', { logGroup, removalPolicy: RemovalPolicy.DESTROY });
  logGroup.grantWrite(role);
  return { enabled: true, logGroupName: logGroup.logGroupName, logStreamName: logStream.logStreamName };
}

/** Source: Firehose developer guide, "Grant Firehose access to an Amazon S3 destination" and "... to AWS Glue". */
function grantDelivery(scope: Construct, role: Role, props: DeliveryProps): Policy {
  const stack = Stack.of(scope);
  const objects = props.bucket.arnForObjects('*');
  const policy = new Policy(role, 'Delivery', {
    statements: [
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [props.bucket.bucketArn],
      }),
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [objects],
      }),
      new PolicyStatement({
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: [
          'catalog',
          `database/${props.databaseName}`,
          `table/${props.databaseName}/${props.table.ref}`,
        ].map(resource => stack.formatArn({ service: 'glue', resource })),
      }),
    ],
  });
  policy.attachToRole(role);
  props.bucket.encryptionKey?.grantEncryptDecrypt(role);
  acknowledge(
    policy,
    `AwsSolutions-IAM5[Resource::${findingArn(scope, objects)}]`,
    'Firehose names the files by their time; the bucket is its own and holds nothing else but results.',
  );
  return policy;
}
