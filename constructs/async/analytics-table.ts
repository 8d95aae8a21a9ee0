import { Aws, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { columnsOf, PARTITION } from '../../lib/runtime/analytics/columns';
import { acknowledge } from '../policy/acknowledge';
import { findingArn } from '../policy/finding-arn';
import { declareAnalyticsBucket } from './analytics-bucket';
import { type AnalyticsTableProps, validateAnalyticsTable } from './analytics-table-props';

/** Where the files of the rows lie in the bucket; those of query results lie beside them. */
const ROWS = 'rows';
const RESULTS = 'results';

/**
 * A bucket of rows in Parquet, parted by day, under a table that Athena asks: reports read files and never the primary.
 * Whoever has the changes puts the files there by itself ({@link grantPut}); `AnalyticsFeed` is the same with a delivery.
 */
export class AnalyticsTable extends Construct {
  /** Where the rows and the results of queries lie. */
  readonly bucket: IBucket;
  readonly databaseName: string;
  readonly tableName: string;
  /** The workgroup by which the table is asked; it sets where results go and how much a query may scan. */
  readonly workGroupName: string;
  /** Where files are put, as `HOLDFAST_ANALYTICS_STORE` names it: `s3://bucket/rows`. */
  readonly store: string;
  /** Where in the bucket the files lie, without a slash. */
  protected readonly prefix = ROWS;
  protected readonly table: CfnTable;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: AnalyticsTableProps) {
    super(scope, id);
    validateAnalyticsTable(`AnalyticsTable ${this.node.path}`, props);
    this.bucket = declareAnalyticsBucket(this, { results: RESULTS, encryptionKey: props.encryptionKey });
    this.store = `s3://${this.bucket.bucketName}/${ROWS}`;
    this.databaseName = props.databaseName ?? `${props.tableName}_changes`;
    this.tableName = props.tableName;
    this.table = this.createTable(props);
    this.workGroupName = this.createWorkGroup(props.mostScannedGiB ?? 100).ref;
  }

  /**
   * Lets `grantee` put files of rows. A file is written whole or not at all, and again under the same name, so no more
   * is needed; what is there it can neither read nor remove.
   */
  grantPut(grantee: IGrantable): Grant {
    const put = Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: [this.bucket.arnForObjects(`${ROWS}/*`)],
    });
    this.acknowledgePut(grantee);
    const key = this.bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
    return key === undefined ? put : put.combine(key);
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

  /** Where the grantee stands in another stack its policy imports the name of the bucket. */
  private acknowledgePut({ grantPrincipal: role }: IGrantable): void {
    if (!Construct.isConstruct(role)) return;
    const own = Stack.of(this);
    const { bucketArn } = this.bucket;
    const arn = own === Stack.of(role) ? bucketArn : own.exportValue(bucketArn);
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::${findingArn(role, `${arn}/${ROWS}/*`)}]`,
      'Files are named by day and place; they may be written there, and neither read nor removed.',
    );
  }

  /** The days are worked out, not listed: no crawler, and a new day needs no work. */
  private createTable(props: AnalyticsTableProps): CfnTable {
    const catalogId = Aws.ACCOUNT_ID;
    const database = new CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name: this.databaseName, description: `Changes of ${this.node.path}` },
    });
    const location = `s3://${this.bucket.bucketName}/${ROWS}/`;
    const columns = Object.entries(columnsOf(props.columns ?? {}));
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
      name: this.databaseName,
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
