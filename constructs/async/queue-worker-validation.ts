import { Duration } from 'aws-cdk-lib';
import { assertRules, type Rule, wholeNumber } from '../validation';
import type { QueueWorkerProps } from './queue-worker-props';

/** Visibility over processing time that AWS recommends for consumers which receive in batches. */
const VISIBILITY_FACTOR = 6;
/** SQS hides a message for 12 hours at the most. */
const LONGEST_VISIBILITY_SECONDS = 43_200;

/** Visibility timeout that leaves room for receiving ahead and for retries. */
export function recommendedVisibility(processingTime: Duration): Duration {
  return Duration.seconds(processingTime.toSeconds() * VISIBILITY_FACTOR);
}

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateQueueWorker(construct: string, props: QueueWorkerProps): void {
  const processing = props.processingTime.toSeconds();
  const visibility = props.visibilityTimeout?.toSeconds();
  const retention = props.retention?.toSeconds() ?? Duration.days(4).toSeconds();
  assertRules(construct, [
    wholeNumber('processingTime (seconds)', processing, 1, LONGEST_VISIBILITY_SECONDS / VISIBILITY_FACTOR),
    visibility !== undefined &&
      wholeNumber('visibilityTimeout (seconds)', visibility, 1, LONGEST_VISIBILITY_SECONDS),
    visibility !== undefined &&
      visibility < processing && {
        path: 'visibilityTimeout',
        received: visibility,
        message: `shorter than the processing time of ${processing} s: two workers would do the same work`,
        fix: `use ${recommendedVisibility(props.processingTime).toSeconds()} s, or leave it out`,
      },
    wholeNumber('maximumReceives', props.maximumReceives ?? 5, 1, 1000),
    wholeNumber('retention (seconds)', retention, 60, Duration.days(13).toSeconds()),
    nameRule('queueName', props.queueName, props.fifo === true),
    nameRule('deadLetterQueueName', props.deadLetterQueueName, props.fifo === true),
    props.queueName === props.deadLetterQueueName && {
      path: 'deadLetterQueueName',
      received: props.deadLetterQueueName,
      message: 'the queue cannot be its own dead-letter queue',
      fix: 'give it a name of its own',
    },
  ]);
}

/** Both queues are of one kind, and SQS knows a FIFO queue by the end of its name. */
function nameRule(path: string, name: string, fifo: boolean): Rule {
  if (name.endsWith('.fifo') !== fifo) {
    return {
      path,
      received: name,
      message: fifo
        ? 'the name of a FIFO queue ends in .fifo'
        : 'only the name of a FIFO queue ends in .fifo',
      fix: fifo ? `use ${name}.fifo` : 'drop the ending, or set fifo to true',
    };
  }
  return (
    !/^[A-Za-z0-9_-]{1,80}$/.test(fifo ? name.slice(0, -'.fifo'.length) : name) && {
      path,
      received: name,
      message: 'not a queue name',
      fix: 'use 1 to 80 letters, digits, hyphens and underscores',
    }
  );
}
