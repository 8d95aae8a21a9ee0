import type { Duration } from 'aws-cdk-lib';
import { assertRules, wholeNumber } from '../validation';
import type { StreamSource } from './stream-source';
import type { WorkerFunctionOptions } from './worker-function';

/** What may be chosen about the worker of a stream. */
export interface StreamWorkerOptions extends WorkerFunctionOptions {
  /** Longest time that the work on one batch takes, up to 15 minutes. */
  readonly processingTime: Duration;
  /**
   * Records of one batch, 1 to 10000.
   * @default 100
   */
  readonly batchSize?: number;
  /**
   * How long a batch is gathered, up to 5 minutes, in whole seconds.
   * @default - not at all
   */
  readonly batchingWindow?: Duration;
  /**
   * How often a batch that failed is tried again before it goes to the failures, 1 to 10000. Without a bound Lambda
   * tries until the record expires, and nothing of that shard goes on meanwhile.
   * @default 10
   */
  readonly maximumRetries?: number;
  /**
   * Records older than this go to the failures without being worked, 1 minute to 7 days, in whole seconds.
   * @default Duration.hours(6)
   */
  readonly maximumRecordAge?: Duration;
  /**
   * Batches of one shard in work at the same time, 1 to 10; order holds for each partition key. Not for Kafka.
   * @default 1
   */
  readonly parallelization?: number;
  /**
   * Where a new worker begins: with the oldest record there is, or with the next that comes.
   * @default 'oldest'
   */
  readonly startAt?: 'oldest' | 'latest';
  /**
   * How far behind the worker may be before the alarm, in whole seconds. Not for Kafka.
   * @default Duration.minutes(5)
   */
  readonly iteratorAge?: Duration;
  /**
   * How many records of a Kafka topic the worker may be behind before the alarm.
   * @default 10000
   */
  readonly offsetLag?: number;
  /**
   * How long one reading of the register serves, 1 second to 5 minutes, in whole seconds.
   * @default Duration.seconds(5)
   */
  readonly lease?: Duration;
}

/** Properties of a {@link StreamWorker}. */
export interface StreamWorkerProps extends StreamWorkerOptions {
  /** What is read: see {@link StreamSources}. */
  readonly source: StreamSource;
}

/** The values of a stream worker, times in seconds. */
export function streamValues(props: Omit<StreamWorkerOptions, 'work'>) {
  return {
    timeout: props.processingTime.toSeconds(),
    batchSize: props.batchSize ?? 100,
    batchingWindow: props.batchingWindow?.toSeconds() ?? 0,
    maximumRetries: props.maximumRetries ?? 10,
    maximumRecordAge: props.maximumRecordAge?.toSeconds() ?? 21_600,
    parallelization: props.parallelization ?? 1,
    iteratorAge: props.iteratorAge?.toSeconds() ?? 300,
    offsetLag: props.offsetLag ?? 10_000,
    lease: props.lease?.toSeconds() ?? 5,
  };
}

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateStreamWorker(construct: string, props: Omit<StreamWorkerOptions, 'work'>): void {
  const values = streamValues(props);
  assertRules(construct, [
    wholeNumber('processingTime (seconds)', values.timeout, 1, 900),
    wholeNumber('batchSize', values.batchSize, 1, 10_000),
    wholeNumber('batchingWindow (seconds)', values.batchingWindow, 0, 300),
    wholeNumber('maximumRetries', values.maximumRetries, 1, 10_000),
    wholeNumber('maximumRecordAge (seconds)', values.maximumRecordAge, 60, 604_800),
    wholeNumber('parallelization', values.parallelization, 1, 10),
    wholeNumber('iteratorAge (seconds)', values.iteratorAge, 1, 604_800),
    wholeNumber('offsetLag', values.offsetLag, 1, 1_000_000_000),
    wholeNumber('lease (seconds)', values.lease, 1, 300),
    wholeNumber('memoryMiB', props.memoryMiB ?? 512, 128, 10_240),
    values.iteratorAge >= values.maximumRecordAge && {
      path: 'iteratorAge',
      received: values.iteratorAge,
      message: `not below the maximum record age of ${values.maximumRecordAge} s: records would be given up unseen`,
      fix: 'let the alarm come first',
    },
  ]);
}
