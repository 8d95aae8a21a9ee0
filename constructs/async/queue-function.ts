import { Duration, Validations } from 'aws-cdk-lib';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertRules, wholeNumber } from '../validation';
import type { QueueFunctionOptions } from './queue-worker-props';
import { recommendedVisibility } from './queue-worker-validation';
import { declareWorkerFunction } from './worker-function';

/** A queue and the function that works it. */
export interface QueueFunctionProps extends QueueFunctionOptions {
  readonly queue: IQueue;
  readonly fifo: boolean;
  /** How long the queue hides a message that was received. */
  readonly visibilityTimeout: Duration;
  /** Longest time of one message. */
  readonly processingTime: Duration;
}

const LONGEST_INVOCATION_SECONDS = 900;

/**
 * Declares the function that works a queue, and the mapping that feeds it. The mapping asks for the failures one by
 * one; the handler never answers otherwise.
 *
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function declareQueueFunction(parent: Construct, props: QueueFunctionProps): LambdaFunction {
  const values = withDefaults(props);
  validate(`QueueWorker ${parent.node.path}, function`, props, values);
  const scope = new Construct(parent, 'Consumer');
  warnOfVisibility(scope, props, values);
  const declared = declareWorkerFunction(scope, {
    ...props,
    bundle: 'queue-worker',
    description: `Works the queue of ${parent.node.path}`,
    timeout: Duration.seconds(values.timeout),
    handlerEnvironment: {
      HOLDFAST_CONCURRENCY: String(values.concurrency),
      HOLDFAST_LEASE_SECONDS: String(values.lease),
    },
  });
  const grant = props.queue.grantConsumeMessages(declared);
  const mapping = new CfnEventSourceMapping(scope, 'Mapping', {
    functionName: declared.functionName,
    eventSourceArn: props.queue.queueArn,
    batchSize: values.batchSize,
    maximumBatchingWindowInSeconds: values.batchingWindow || undefined,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: values.maximumConcurrency },
  });
  grant.applyBefore(mapping);
  return declared;
}

type Values = ReturnType<typeof withDefaults>;

/** Times in seconds. */
function withDefaults(props: QueueFunctionProps) {
  const batchSize = props.batchSize ?? (props.fifo ? 1 : 10);
  const concurrency = props.concurrency ?? 10;
  // In the worst case all messages of a FIFO batch are of one group.
  const inARow = props.fifo ? batchSize : Math.ceil(batchSize / concurrency);
  return {
    batchSize,
    concurrency,
    batchingWindow: props.batchingWindow?.toSeconds() ?? 0,
    maximumConcurrency: props.maximumConcurrency ?? 10,
    timeout: props.timeout?.toSeconds() ?? inARow * props.processingTime.toSeconds(),
    lease: props.lease?.toSeconds() ?? 5,
  };
}

function validate(construct: string, props: QueueFunctionProps, values: Values): void {
  const visibility = props.visibilityTimeout.toSeconds();
  assertRules(construct, [
    wholeNumber('batchSize', values.batchSize, 1, props.fifo ? 10 : 10_000),
    wholeNumber('batchingWindow (seconds)', values.batchingWindow, 0, 300),
    wholeNumber('concurrency', values.concurrency, 1, 1000),
    wholeNumber('maximumConcurrency', values.maximumConcurrency, 2, 1000),
    wholeNumber('timeout (seconds)', values.timeout, 1, LONGEST_INVOCATION_SECONDS),
    wholeNumber('lease (seconds)', values.lease, 1, 300),
    wholeNumber('memoryMiB', props.memoryMiB ?? 512, 128, 10_240),
    props.work === undefined &&
      props.handlerCode === undefined && {
        path: 'work',
        message: 'a function that does nothing with its messages',
        fix: 'give work, or the handlerCode of a handler that brings its own',
      },
    props.fifo &&
      values.batchingWindow > 0 && {
        path: 'batchingWindow',
        received: values.batchingWindow,
        message: 'Lambda knows no batching window for a FIFO queue',
        fix: 'leave it out',
      },
    !props.fifo &&
      values.batchSize > 10 &&
      values.batchingWindow === 0 && {
        path: 'batchSize',
        received: values.batchSize,
        message: 'a batch of more than 10 messages has to be gathered',
        fix: 'give a batchingWindow of at least 1 s, or at most 10 messages',
      },
    visibility < values.timeout && {
      path: 'timeout',
      received: values.timeout,
      message: `longer than the visibility timeout of ${visibility} s: two workers would do the same work`,
      fix: `let the queue hide a message for ${recommended(values)} s, or make the batch smaller`,
    },
  ]);
}

/** Six times the longest invocation and the window in which the batch is gathered, in seconds. */
const recommended = ({ timeout, batchingWindow }: Values): number =>
  recommendedVisibility(Duration.seconds(timeout)).toSeconds() + batchingWindow;

function warnOfVisibility(scope: Construct, props: QueueFunctionProps, values: Values): void {
  const visibility = props.visibilityTimeout.toSeconds();
  if (visibility >= recommended(values)) return;
  Validations.of(scope).addWarning(
    'holdfast:function-visibility',
    `the queue hides a message for ${visibility} s, below six times the function's timeout of ${values.timeout} s ` +
      `and its batching window; throttled batches come twice. Use ${recommended(values)} s`,
  );
}
