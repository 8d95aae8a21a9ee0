import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm, ComparisonOperator, type MetricOptions, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import { scaleOnBacklog } from './backlog-scaling';
import { declareQueueFunction } from './queue-function';
import type { QueueFunctionOptions, QueueWorkerProps, ScaleOnBacklogOptions } from './queue-worker-props';
import { recommendedVisibility, validateQueueWorker } from './queue-worker-validation';

/**
 * A Region's work queue with its dead-letter queue, its alarms and the permissions and scaling of its workers.
 *
 * The queue belongs to its Region: what is in flight when the Region is lost stays behind, and the outbox sends it
 * again under the next epoch.
 */
export class QueueWorker extends Construct {
  /** Where work is sent. */
  readonly queue: IQueue;
  /** Where messages go that were received too often. */
  readonly deadLetterQueue: IQueue;
  /** In alarm while the oldest message is older than promised. */
  readonly oldestMessageAlarm: Alarm;
  /** In alarm while the dead-letter queue holds anything. */
  readonly deadLetterAlarm: Alarm;
  private readonly props: QueueWorkerProps;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    validateQueueWorker(`QueueWorker ${scope.node.path}/${id}`, props);
    super(scope, id);
    this.props = props;
    this.deadLetterQueue = this.createDeadLetterQueue(props);
    this.queue = this.createQueue(props, this.deadLetterQueue);
    this.oldestMessageAlarm = this.createOldestMessageAlarm(props.oldestMessage ?? Duration.minutes(5));
    this.deadLetterAlarm = new Alarm(this, 'DeadLetterAlarm', {
      alarmDescription: 'Messages could not be worked; read them before they expire',
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Lets `grantee` send work. */
  grantSend(grantee: IGrantable): Grant {
    return this.queue.grantSendMessages(grantee);
  }

  /** Lets `grantee` receive, extend and delete work. */
  grantConsume(grantee: IGrantable): Grant {
    return this.queue.grantConsumeMessages(grantee);
  }

  /** Messages waiting. */
  metricBacklog(options?: MetricOptions) {
    return this.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }

  /** Age of the oldest message, in seconds. */
  metricOldestMessage(options?: MetricOptions) {
    return this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', ...options });
  }

  /**
   * Scales a group of workers on the backlog of each: out by target tracking, in one by one and only after the queue
   * has been empty with nothing in work, so that no worker is taken from under its message.
   */
  scaleOnBacklog(group: AutoScalingGroup, options: ScaleOnBacklogOptions): void {
    const { together = [], ...others } = options;
    scaleOnBacklog(this, { queues: [this.queue, ...together], group, ...others });
  }

  /**
   * Works the queue by a function that runs your work: failures come again one by one, order holds within a message
   * group, and nothing runs while the register names another Region. One function a queue; a group of clones is the
   * other way ({@link grantConsume}, {@link scaleOnBacklog}).
   *
   * @throws HoldfastError `invalid-input` with every wrong value
   */
  addFunction(options: QueueFunctionOptions): LambdaFunction {
    const { fifo = false, processingTime, visibilityTimeout } = this.props;
    return declareQueueFunction(this, {
      ...options,
      queue: this.queue,
      fifo,
      processingTime,
      visibilityTimeout: visibilityTimeout ?? recommendedVisibility(processingTime),
    });
  }

  private createDeadLetterQueue(props: QueueWorkerProps): Queue {
    const source = Stack.of(this).formatArn({ service: 'sqs', resource: props.queueName });
    return new Queue(this, 'DeadLetterQueue', {
      queueName: props.deadLetterQueueName,
      ...kind(props),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: KEEP_ONCE_BORN,
      // By name, since the two queues would otherwise need each other to exist first.
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, 'Source', source)],
      },
    });
  }

  private createQueue(props: QueueWorkerProps, deadLetterQueue: IQueue): Queue {
    const recommended = recommendedVisibility(props.processingTime);
    const visibilityTimeout = props.visibilityTimeout ?? recommended;
    if (visibilityTimeout.toSeconds() < recommended.toSeconds()) {
      Validations.of(this).addWarning(
        'holdfast:visibility-timeout',
        `visibilityTimeout of ${visibilityTimeout.toSeconds()} s is below six times the processing time; a worker ` +
          `that receives ahead may lose its claim. Use ${recommended.toSeconds()} s`,
      );
    }
    return new Queue(this, 'Queue', {
      queueName: props.queueName,
      ...kind(props),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      receiveMessageWaitTime: Duration.seconds(20),
      retentionPeriod: props.retention ?? Duration.days(4),
      removalPolicy: KEEP_ONCE_BORN,
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: props.maximumReceives ?? 5 },
    });
  }

  private createOldestMessageAlarm(age: Duration): Alarm {
    return new Alarm(this, 'OldestMessageAlarm', {
      alarmDescription: `Work has waited longer than ${age.toSeconds()} s`,
      metric: this.metricOldestMessage({ period: Duration.minutes(1) }),
      threshold: age.toSeconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

const kind = (props: QueueWorkerProps) =>
  props.fifo === true ? ({ fifo: true, contentBasedDeduplication: false } as const) : {};
