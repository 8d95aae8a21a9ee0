import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const COLUMNS = ['item', 'status', 'change_id', 'entity', 'entity_key', 'changed_at', 'after_image'];

/** A bucket of rows with its access logs, a table over it and a workgroup. */
export function addReports(scope: Construct, encryptionKey: IKey): void {
  const common = {
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy: RemovalPolicy.RETAIN,
  };
  const logs = new Bucket(scope, 'ReportLogs', {
    ...common,
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  });
  const bucket = new Bucket(scope, 'Reports', {
    ...common,
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey,
    serverAccessLogsBucket: logs,
  });
  const location = `s3://${bucket.bucketName}/rows/`;
  const database = new CfnDatabase(scope, 'ReportDatabase', {
    catalogId: '000000000000',
    databaseInput: { name: 'plain_changes' },
  });
  const table = new CfnTable(scope, 'ReportTable', {
    catalogId: '000000000000',
    databaseName: 'plain_changes',
    tableInput: {
      name: 'orders',
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: 'day', type: 'string' }],
      storageDescriptor: { location, columns: COLUMNS.map(name => ({ name, type: 'string' })) },
    },
  });
  table.addResourceDependency(database);
  new CfnWorkGroup(scope, 'ReportQueries', {
    name: 'plain',
    workGroupConfiguration: { resultConfiguration: { outputLocation: `s3://${bucket.bucketName}/results/` } },
  });
}
