import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type MetricOptions, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable, IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FailureQueue } from './failure-queue';
import type { BoundStream } from './stream-source';
import { type StreamWorkerProps, streamValues, validateStreamWorker } from './stream-worker-props';
import { declareWorkerFunction } from './worker-function';

/** A reader of a stream, as its construct declares it. */
export interface StreamReaderProps extends Omit<StreamWorkerProps, 'work'> {
  readonly work?: StreamWorkerProps['work'];
  readonly bundle: 'stream-worker' | 'change-feed';
  /** Environment of the handler. */
  readonly handlerEnvironment?: Readonly<Record<string, string>>;
}

/** A function that reads a stream, with all that bounds it: what {@link StreamWorker} and the analytics feed share. */
export class StreamReader extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly grantPrincipal: IPrincipal;
  /** Places of the records that were given up; each message names shard and sequence numbers. */
  readonly failures: IQueue;
  /** In alarm while there are failures. */
  readonly failureAlarm: Alarm;
  /** In alarm while the worker is further behind than promised. */
  readonly lagAlarm: Alarm;
  private readonly lag: BoundStream['lag'];

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: StreamReaderProps) {
    validateStreamWorker(`${new.target.name} ${scope.node.path}/${id}`, props);
    super(scope, id);
    const values = streamValues(props);
    const failures = new FailureQueue(this, 'Failures');
    this.failures = failures.queue;
    this.failureAlarm = failures.alarm;
    this.function = declareWorkerFunction(this, {
      ...props,
      description: `Works the stream of ${this.node.path}`,
      timeout: props.processingTime,
      handlerEnvironment: { HOLDFAST_LEASE_SECONDS: String(values.lease), ...props.handlerEnvironment },
    });
    this.grantPrincipal = this.function.grantPrincipal;
    const source = props.source.bind(this, this.function.role as Role);
    this.lag = source.lag;
    this.map(source, props);
    this.lagAlarm = this.createLagAlarm(values);
  }

  /** How far the worker is behind: age of the last record in milliseconds, or offsets of a Kafka topic; maximum. */
  metricLag(options?: MetricOptions) {
    return this.function.metric(this.lag, {
      period: Duration.minutes(1),
      statistic: 'Maximum',
      ...options,
    });
  }

  /** Errors of the function; sum. */
  metricErrors(options?: MetricOptions) {
    return this.function.metricErrors({ period: Duration.minutes(1), ...options });
  }

  private map(source: BoundStream, props: StreamReaderProps): void {
    const values = streamValues(props);
    const grant = source.grant.combine(this.failures.grantSendMessages(this.function));
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: this.function.functionName,
      startingPosition: props.startAt === 'latest' ? 'LATEST' : 'TRIM_HORIZON',
      batchSize: values.batchSize,
      maximumBatchingWindowInSeconds: values.batchingWindow || undefined,
      maximumRetryAttempts: values.maximumRetries,
      maximumRecordAgeInSeconds: values.maximumRecordAge,
      bisectBatchOnFunctionError: true,
      destinationConfig: { onFailure: { destination: this.failures.queueArn } },
      ...(source.sharded
        ? {
            parallelizationFactor: values.parallelization,
            functionResponseTypes: ['ReportBatchItemFailures'],
          }
        : {}),
      ...source.mapping,
    });
    grant.applyBefore(mapping);
  }

  private createLagAlarm({ iteratorAge, offsetLag }: ReturnType<typeof streamValues>): Alarm {
    const aged = this.lag === 'IteratorAge';
    return new Alarm(this, 'LagAlarm', {
      alarmDescription: aged
        ? `Records have waited longer than ${iteratorAge} s`
        : `More than ${offsetLag} records wait in the topic`,
      metric: this.metricLag(),
      threshold: aged ? iteratorAge * 1000 : offsetLag,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
