import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import {
  type Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
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
  /** In alarm while changes wait to be taken from their source. */
  readonly lagAlarm: Alarm;
  /** In alarm while rows that were taken wait to be written, three times longer than they are gathered. */
  readonly deliveryAlarm: Alarm;
  /** In alarm when rows did not fit the columns: they lie under `errors/` in the bucket, and no report sees them. */
  readonly conversionAlarm: Alarm;
  private readonly deliveryStreamName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: AnalyticsFeedProps) {
    super(scope, id);
    validateAnalyticsFeed(`AnalyticsFeed ${this.node.path}`, props);
    this.bucket = declareAnalyticsBucket(this, RESULTS);
    this.databaseName = `${props.tableName}_changes`;
    this.tableName = props.tableName;
    const table = this.createTable(props);
    this.workGroupName = this.createWorkGroup(props.mostScannedGiB ?? 100).ref;
    const freshness = props.freshness ?? Duration.minutes(5);
    const delivery = declareDelivery(this, {
      bucket: this.bucket,
      prefix: ROWS,
      partition: PARTITION,
      databaseName: this.databaseName,
      table,
      freshness,
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
    this.deliveryStreamName = delivery.ref;
    this.deliveryAlarm = this.createAlarm(
      'DeliveryAlarm',
      this.metricDataFreshness(),
      3 * freshness.toSeconds(),
      `Rows of ${props.tableName} wait to be written: reports are old`,
    );
    this.conversionAlarm = this.createAlarm(
      'ConversionAlarm',
      this.metricFailedConversions(),
      0,
      `Rows of ${props.tableName} do not fit its columns: they lie under errors/ and no report sees them`,
    );
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

  /** Age of the oldest row that is not written yet, in seconds; maximum. */
  metricDataFreshness(options?: MetricOptions): Metric {
    return this.metric('DeliveryToS3.DataFreshness', { statistic: 'Maximum', ...options });
  }

  /** Rows that did not fit the columns of the table; sum. */
  metricFailedConversions(options?: MetricOptions): Metric {
    return this.metric('FailedConversion.Records', { statistic: 'Sum', ...options });
  }

  /** A metric of the delivery, from `AWS/Firehose`. */
  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Firehose',
      metricName,
      dimensionsMap: { DeliveryStreamName: this.deliveryStreamName },
      ...options,
    }).attachTo(this);
  }

  private createAlarm(id: string, metric: Metric, threshold: number, alarmDescription: string): Alarm {
    return metric.createAlarm(this, id, {
      alarmDescription,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // Nothing is measured while nothing changes.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
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
