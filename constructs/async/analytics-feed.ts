import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { declareAnalyticsBucket } from './analytics-bucket';
import { declareDelivery } from './analytics-delivery';
import {
  type AnalyticsFeedProps,
  CHANGE_COLUMNS,
  PARTITION,
  validateAnalyticsFeed,
} from './analytics-feed-props';
import { StreamReader } from './stream-reader';

/** Where the files of the rows lie in the bucket; those of query results lie beside them. */
const ROWS = 'rows';
const RESULTS = 'results';

/**
 * Changes as rows: Parquet in a bucket, parted by day, under a table that Athena asks. A report reads files and never
 * the primary; it is as fresh as the files, and a change that was told twice is there twice, with one `change_id`.
 */
export class AnalyticsFeed extends Construct {
  /** Where the rows and the results of queries lie. */
  readonly bucket: IBucket;
  readonly databaseName: string;
  readonly tableName: string;
  /** The workgroup by which the table is asked; it sets where results go and how much a query may scan. */
  readonly workGroupName: string;
  /** What delivers the changes, with its alarms. */
  readonly reader: StreamReader;
  /** In alarm while the rows are further behind the changes than promised. */
  readonly lagAlarm: Alarm;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: AnalyticsFeedProps) {
    super(scope, id);
    validateAnalyticsFeed(`AnalyticsFeed ${this.node.path}`, props);
    this.bucket = declareAnalyticsBucket(this, RESULTS);
    this.databaseName = `${props.tableName}_changes`;
    this.tableName = props.tableName;
    const table = this.createTable(props);
    this.workGroupName = this.createWorkGroup(props.mostScannedGiB ?? 100).ref;
    const delivery = declareDelivery(this, {
      bucket: this.bucket,
      prefix: ROWS,
      partition: PARTITION,
      databaseName: this.databaseName,
      table,
      freshness: props.freshness ?? Duration.minutes(5),
    });
    this.reader = new StreamReader(this, 'Delivery', {
      source: props.source,
      bundle: 'change-feed',
      processingTime: Duration.minutes(2),
      batchSize: 500,
      batchingWindow: Duration.seconds(5),
      handlerCode: props.handlerCode,
      handlerEnvironment: {
        HOLDFAST_DELIVERY_STREAM: delivery.ref,
        HOLDFAST_COLUMNS: Object.keys(props.columns ?? {}).join(','),
      },
    });
    this.lagAlarm = this.reader.lagAlarm;
    Grant.addToPrincipal({
      grantee: this.reader,
      actions: ['firehose:PutRecordBatch'],
      resourceArns: [delivery.attrArn],
    });
  }

  /** Lets `grantee` ask the table by the workgroup, read the rows, and write and read the results. */
  grantQuery(grantee: IGrantable): Grant {
    const stack = Stack.of(this);
    const catalog = [
      'catalog',
      `database/${this.databaseName}`,
      `table/${this.databaseName}/${this.tableName}`,
    ];
    const ask = Grant.addToPrincipal({
      grantee,
      actions: [
        'athena:StartQueryExecution',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:StopQueryExecution',
      ],
      resourceArns: [
        stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.workGroupName }),
      ],
    });
    const look = Grant.addToPrincipal({
      grantee,
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
      resourceArns: catalog.map(resource => stack.formatArn({ service: 'glue', resource })),
    });
    return ask
      .combine(look)
      .combine(this.bucket.grantRead(grantee))
      .combine(this.bucket.grantPut(grantee, `${RESULTS}/*`));
  }

  /** The days are worked out, not listed: no crawler, and a new day needs no work. */
  private createTable(props: AnalyticsFeedProps): CfnTable {
    const catalogId = Aws.ACCOUNT_ID;
    const database = new CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name: this.databaseName, description: `Changes of ${this.node.path}` },
    });
    const location = `s3://${this.bucket.bucketName}/${ROWS}/`;
    const columns = Object.entries({ ...lowerCased(props.columns ?? {}), ...CHANGE_COLUMNS });
    const table = new CfnTable(this, 'Table', {
      catalogId,
      databaseName: this.databaseName,
      tableInput: {
        name: this.tableName,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: PARTITION, type: 'string' }],
        parameters: {
          classification: 'parquet',
          'projection.enabled': 'true',
          [`projection.${PARTITION}.type`]: 'date',
          [`projection.${PARTITION}.format`]: 'yyyy-MM-dd',
          [`projection.${PARTITION}.range`]: `${props.since ?? '2026-01-01'},NOW`,
          'storage.location.template': `${location}${PARTITION}=\${${PARTITION}}/`,
        },
        storageDescriptor: {
          location,
          columns: columns.map(([name, type]) => ({ name, type })),
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
      },
    });
    table.addResourceDependency(database);
    return table;
  }

  private createWorkGroup(mostScannedGiB: number): CfnWorkGroup {
    return new CfnWorkGroup(this, 'WorkGroup', {
      name: `${this.tableName}-${this.node.addr.slice(-8)}`,
      description: `Reports on ${this.node.path}, off the primary`,
      recursiveDeleteOption: false,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: mostScannedGiB * 1024 ** 3,
        resultConfiguration: {
          outputLocation: `s3://${this.bucket.bucketName}/${RESULTS}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}

const lowerCased = (columns: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name.toLowerCase(), type]));
