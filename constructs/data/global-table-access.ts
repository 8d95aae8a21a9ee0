import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';

const READ = ['BatchGetItem', 'ConditionCheckItem', 'DescribeTable', 'GetItem', 'Query', 'Scan'];
const WRITE = ['BatchWriteItem', 'DeleteItem', 'DescribeTable', 'PutItem', 'UpdateItem'];
const STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator'];

const actions = (names: readonly string[]): string[] => names.map(name => `dynamodb:${name}`);

/** This Region's copy of a global table: what may be done with it, and what it measures. */
export interface IGlobalTable {
  readonly tableName: string;
  /** ARN of this Region's copy. */
  readonly tableArn: string;
  /** ARN of this Region's stream, where it is known. */
  readonly tableStreamArn?: string;
  /** Lets `grantee` read items and query the indexes. */
  grantReadData(grantee: IGrantable): Grant;
  /** Lets `grantee` write and delete items. */
  grantWriteData(grantee: IGrantable): Grant;
  /** Lets `grantee` read, write and delete items. */
  grantReadWriteData(grantee: IGrantable): Grant;
  /** Lets `grantee` read the stream of this Region; it holds the writes of every Region. */
  grantStreamRead(grantee: IGrantable): Grant;
  /** How long a write of this Region takes to be in the other one, in milliseconds. */
  metricReplicationLatency(receivingRegion: string, options?: MetricOptions): Metric;
  /** A metric of this Region's copy in the namespace `AWS/DynamoDB`. */
  metric(metricName: string, options?: MetricOptions): Metric;
}

/** What another Region's stack knows of a table that it does not own. */
export interface GlobalTableAttributes {
  readonly tableName: string;
  /**
   * Names of the indexes that grants cover.
   * @default - none
   */
  readonly indexNames?: readonly string[];
  /**
   * ARN of this Region's key.
   * @default - none; the table is encrypted by a key that DynamoDB owns
   */
  readonly keyArn?: string;
  /**
   * ARN of this Region's stream: known after birth alone, since it carries a time.
   * @default - none; the stream cannot be granted
   */
  readonly tableStreamArn?: string;
}

/** Grants and metrics of this Region's copy, whoever owns the table. */
export abstract class GlobalTableAccess extends Construct implements IGlobalTable {
  abstract readonly tableName: string;
  abstract readonly tableArn: string;
  abstract readonly tableStreamArn?: string;
  protected abstract readonly indexNames: readonly string[];
  protected abstract readonly keyArn?: string;

  grantReadData(grantee: IGrantable): Grant {
    return this.grant(grantee, READ);
  }

  grantWriteData(grantee: IGrantable): Grant {
    return this.grant(grantee, WRITE);
  }

  grantReadWriteData(grantee: IGrantable): Grant {
    return this.grant(grantee, [...new Set([...READ, ...WRITE])]);
  }

  /** @throws HoldfastError `not-found` when the stream of this Region is not known */
  grantStreamRead(grantee: IGrantable): Grant {
    if (this.tableStreamArn === undefined) {
      throw new HoldfastError('not-found', `the stream of ${this.tableName} in this Region is not known`, [
        { path: 'tableStreamArn', message: 'is not given', fix: 'give it to fromTableAttributes' },
      ]);
    }
    return Grant.addToPrincipal({ grantee, actions: actions(STREAM), resourceArns: [this.tableStreamArn] });
  }

  metricReplicationLatency(receivingRegion: string, options?: MetricOptions): Metric {
    return this.metric('ReplicationLatency', {
      statistic: 'Maximum',
      dimensionsMap: { TableName: this.tableName, ReceivingRegion: receivingRegion },
      ...options,
    });
  }

  /** Reads that were refused for want of capacity. */
  metricReadThrottles(options?: MetricOptions): Metric {
    return this.metric('ReadThrottleEvents', { statistic: 'Sum', ...options });
  }

  /** Writes that were refused for want of capacity. */
  metricWriteThrottles(options?: MetricOptions): Metric {
    return this.metric('WriteThrottleEvents', { statistic: 'Sum', ...options });
  }

  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: this.tableName },
      ...options,
    }).attachTo(this);
  }

  private grant(grantee: IGrantable, names: readonly string[]): Grant {
    const data = Grant.addToPrincipal({
      grantee,
      actions: actions(names),
      resourceArns: [this.tableArn, ...this.indexNames.map(name => `${this.tableArn}/index/${name}`)],
    });
    if (this.keyArn === undefined) return data;
    const key = Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [this.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.${Aws.URL_SUFFIX}` },
      },
    });
    return data.combine(key);
  }
}

/** The copy of this Region, named and not owned. */
export class NamedGlobalTable extends GlobalTableAccess {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStreamArn?: string;
  protected readonly indexNames: readonly string[];
  protected readonly keyArn?: string;

  constructor(scope: Construct, id: string, attributes: GlobalTableAttributes) {
    super(scope, id);
    this.tableName = attributes.tableName;
    this.tableStreamArn = attributes.tableStreamArn;
    this.indexNames = attributes.indexNames ?? [];
    this.keyArn = attributes.keyArn;
    this.tableArn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: attributes.tableName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
