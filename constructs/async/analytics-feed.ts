import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { PARTITION } from '../../lib/runtime/analytics/columns';
import { declareDelivery } from './analytics-delivery';
import { type AnalyticsFeedProps, validateAnalyticsFeed } from './analytics-feed-props';
import { AnalyticsTable } from './analytics-table';
import { StreamReader } from './stream-reader';

/**
 * Changes as rows, brought by a delivery: for sources that nobody writes files of. It is as fresh as the files, and a
 * change that was told twice is there twice, with one `change_id`.
 */
export class AnalyticsFeed extends AnalyticsTable {
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
    validateAnalyticsFeed(`AnalyticsFeed ${scope.node.path}/${id}`, props);
    super(scope, id, props);
    const freshness = props.freshness ?? Duration.minutes(5);
    const delivery = declareDelivery(this, {
      bucket: this.bucket,
      prefix: this.prefix,
      partition: PARTITION,
      databaseName: this.databaseName,
      table: this.table,
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
}
