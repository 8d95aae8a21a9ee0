import { Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import fc from 'fast-check';
import { QueueWorker } from '../../../constructs/async/queue-worker';
import type { QueueWorkerProps } from '../../../constructs/async/queue-worker-props';
import { stackIn } from '../stack';

function declare(stack: Stack, props: Partial<QueueWorkerProps> = {}): QueueWorker {
  return new QueueWorker(stack, 'Work', {
    queueName: 'orders-work',
    deadLetterQueueName: 'orders-work-dead',
    processingTime: Duration.seconds(5),
    ...props,
  });
}

test('what cannot be worked goes to a queue that takes it from this queue alone', () => {
  const stack = stackIn();
  declare(stack);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'orders-work',
    VisibilityTimeout: 30,
    SqsManagedSseEnabled: true,
    RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'orders-work-dead',
    MessageRetentionPeriod: 1_209_600,
    RedriveAllowPolicy: {
      redrivePermission: 'byQueue',
      sourceQueueArns: [
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sqs:us-east-2:000000000000:orders-work']] },
      ],
    },
  });
});

test('both queues refuse plain text and outlive the stack', () => {
  const stack = stackIn();
  declare(stack);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
  template.allResourcesProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
    },
  });
  template.allResources('AWS::SQS::Queue', { DeletionPolicy: 'RetainExceptOnCreate' });
});

test('an old message and a dead one raise an alarm', () => {
  const stack = stackIn();
  declare(stack, { oldestMessage: Duration.minutes(2) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateAgeOfOldestMessage',
    Threshold: 120,
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 0,
  });
});

test('a FIFO queue has a FIFO dead-letter queue of its own (BP-15)', () => {
  const stack = stackIn();
  declare(stack, { fifo: true, queueName: 'orders.fifo', deadLetterQueueName: 'dead.fifo' });
  Template.fromStack(stack).allResourcesProperties('AWS::SQS::Queue', { FifoQueue: true });
});

test.each<[string, Partial<QueueWorkerProps>, RegExp]>([
  [
    'a visibility below the processing time (BP-14)',
    { processingTime: Duration.minutes(5), visibilityTimeout: Duration.seconds(60) },
    /shorter than the processing time of 300 s: two workers would do the same work, received 60; use 1800 s/,
  ],
  [
    'a FIFO queue without .fifo',
    { fifo: true, deadLetterQueueName: 'dead.fifo' },
    /ends in \.fifo.*orders-work\.fifo/,
  ],
  [
    'a standard dead-letter queue of a FIFO queue',
    { fifo: true, queueName: 'orders.fifo' },
    /deadLetterQueueName: the name of a FIFO queue ends in/,
  ],
  ['a FIFO name of a standard queue', { queueName: 'orders.fifo' }, /only the name of a FIFO queue/],
  ['a queue that is its own dead end', { deadLetterQueueName: 'orders-work' }, /its own dead-letter queue/],
  ['no receive at all', { maximumReceives: 0 }, /maximumReceives/],
  ['a retention beyond the dead-letter queue', { retention: Duration.days(14) }, /retention \(seconds\)/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});

test('warns of a visibility below six times the processing time, and not at six times', () => {
  const tight = stackIn();
  declare(tight, { visibilityTimeout: Duration.seconds(29) });
  Annotations.fromStack(tight).hasWarning('*', Match.stringLikeRegexp('below six times the processing time'));
  const roomy = stackIn();
  declare(roomy, { visibilityTimeout: Duration.seconds(30) });
  Annotations.fromStack(roomy).hasNoWarning('*', Match.stringLikeRegexp('below six times'));
});

describe('workers that follow the backlog', () => {
  const stack = stackIn();
  const group = AutoScalingGroup.fromAutoScalingGroupName(
    stack,
    'Workers',
    'orders-worker',
  ) as AutoScalingGroup;
  declare(stack).scaleOnBacklog(group, { messagesPerWorker: 100 });
  const template = Template.fromStack(stack);

  test('go out by metric math over waiting and working messages, no worker counting as one (BP-22)', () => {
    template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        DisableScaleIn: true,
        TargetValue: 100,
        CustomizedMetricSpecification: {
          Metrics: Match.arrayWith([
            Match.objectLike({
              Expression: '(waiting + working) / IF(FILL(workers, 1) > 1, FILL(workers, 1), 1)',
              ReturnData: true,
            }),
          ]),
        },
      },
    });
  });

  test('count what each of them has, whether there are many, one, none or no figure at all (BP-22)', () => {
    const [policy] = Object.values(
      template.findResources('AWS::AutoScaling::ScalingPolicy', {
        Properties: { PolicyType: 'TargetTrackingScaling' },
      }),
    );
    const { Metrics } = policy?.Properties.TargetTrackingConfiguration.CustomizedMetricSpecification ?? {};
    const { Expression } = Metrics.find(({ Id }: { Id: string }) => Id === 'backlog');
    const FILL = (value: number | undefined, otherwise: number) => value ?? otherwise;
    const IF = (holds: boolean, value: number, otherwise: number) => (holds ? value : otherwise);
    const backlog = new Function('waiting', 'working', 'workers', 'FILL', 'IF', `return ${Expression}`);
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e4),
        fc.option(fc.nat(500), { nil: undefined }),
        (waiting, working, workers) => {
          const expected = (waiting + working) / Math.max(1, workers ?? 1);
          expect(backlog(waiting, working, workers, FILL, IF)).toBeCloseTo(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('come in one by one, and only while nothing waits and nothing is in work (BP-21)', () => {
    template.hasResourceProperties('AWS::AutoScaling::ScalingPolicy', {
      PolicyType: 'StepScaling',
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'waiting + working' })]),
      EvaluationPeriods: 15,
      Threshold: 0,
      ComparisonOperator: 'LessThanOrEqualToThreshold',
    });
  });
});

test('a target of nothing a worker is refused', () => {
  const stack = stackIn();
  const group = AutoScalingGroup.fromAutoScalingGroupName(
    stack,
    'Workers',
    'orders-worker',
  ) as AutoScalingGroup;
  expect(() => declare(stack).scaleOnBacklog(group, { messagesPerWorker: 0 })).toThrow(/not above zero/);
});

test('sender and worker may do their part alone', () => {
  const stack = stackIn();
  const work = declare(stack);
  const sender = new Role(stack, 'Sender', { assumedBy: new ServicePrincipal('ec2') });
  work.grantSend(sender);
  const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(text).toContain('sqs:SendMessage');
  expect(text).not.toContain('sqs:DeleteMessage');
});
