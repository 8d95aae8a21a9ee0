import type { Duration } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { WorkerFunctionOptions } from './worker-function';

/** What may be chosen about a work queue. */
export interface QueueWorkerOptions {
  /**
   * Longest time that a worker takes for one message, up to 2 hours. Everything else derives from it.
   */
  readonly processingTime: Duration;
  /**
   * How long a received message stays hidden. Never below the processing time, or two workers do the same work; a
   * warning below six times of it, since a worker receives ahead and retries.
   * @default - six times the processing time
   */
  readonly visibilityTimeout?: Duration;
  /**
   * Whether order within a message group matters. The dead-letter queue is always of the same kind.
   * @default false
   */
  readonly fifo?: boolean;
  /**
   * Receives before a message goes to the dead-letter queue, 1 to 1000.
   * @default 5
   */
  readonly maximumReceives?: number;
  /**
   * How long unworked messages are kept, 1 minute to 13 days; the dead-letter queue keeps its messages for 14 days,
   * counted from when they were first sent.
   * @default Duration.days(4)
   */
  readonly retention?: Duration;
  /**
   * Age of the oldest message that raises the alarm.
   * @default Duration.minutes(5)
   */
  readonly oldestMessage?: Duration;
}

/** Properties of a {@link QueueWorker}. */
export interface QueueWorkerProps extends QueueWorkerOptions {
  /** Name of the queue; ends in `.fifo` exactly when it is one. */
  readonly queueName: string;
  /** Name of the dead-letter queue, of the same kind. */
  readonly deadLetterQueueName: string;
}

/** How workers follow the backlog. */
export interface ScaleOnBacklogOptions {
  /** Messages, waiting or in work, that one worker is to have on average. */
  readonly messagesPerWorker: number;
  /**
   * How long the queue must have been empty, with nothing in work, before one worker is taken away.
   * @default Duration.minutes(15)
   */
  readonly idleBeforeScaleIn?: Duration;
  /**
   * Further queues that the same workers work: what waits in all of them counts, and none is idle before all are.
   * @default - this queue alone
   */
  readonly together?: readonly IQueue[];
}

/** A function that works the queue. */
export interface QueueFunctionOptions extends Omit<WorkerFunctionOptions, 'work'> {
  /**
   * Your work: a folder with a `work.cjs` that exports `work`. The handler that calls it keeps the order, reports the
   * failures and asks the register.
   * @default - the handler that `handlerCode` names brings its own, and asks the register itself
   */
  readonly work?: Code;
  /**
   * Messages of one batch, 1 to 10; up to 10000 of a standard queue that gathers them over a batching window.
   * @default - 10; 1 for a FIFO queue, whose groups are worked one message after the other
   */
  readonly batchSize?: number;
  /**
   * How long a batch is gathered, up to 5 minutes, in whole seconds; refused for a FIFO queue.
   * @default - not at all
   */
  readonly batchingWindow?: Duration;
  /**
   * Messages of a batch in work at the same time, or groups of a FIFO queue, 1 to 1000.
   * @default 10
   */
  readonly concurrency?: number;
  /**
   * Invocations at the same time, 2 to 1000; what stands behind the work (a database) is not to be overrun.
   * @default 10
   */
  readonly maximumConcurrency?: number;
  /**
   * Longest time of one invocation, up to 15 minutes. The queue must hide its messages for longer, at best six times.
   * @default - the processing time of the messages that a batch works one after the other
   */
  readonly timeout?: Duration;
  /**
   * How long one reading of the register serves, 1 second to 5 minutes, in whole seconds; together with the
   * processing time it is to stay below the lease that the topology promises.
   * @default Duration.seconds(5)
   */
  readonly lease?: Duration;
}
