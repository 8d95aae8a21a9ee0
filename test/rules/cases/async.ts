import { attributeOf, type CasesByRule, HIDDEN, one, perhaps, type Resources } from './case';

const queue = (properties: object = {}) => one('AWS::SQS::Queue', properties);
const redrive = (target: unknown) => ({ RedrivePolicy: { deadLetterTargetArn: target, maxReceiveCount: 5 } });
const dead = (properties: object = {}) => ({ Other: { Type: 'AWS::SQS::Queue', Properties: properties } });
const mapping = (properties: object): Resources => one('AWS::Lambda::EventSourceMapping', properties);
const STREAM = { EventSourceArn: attributeOf('Stream'), StartingPosition: 'LATEST' };
const stream = (properties: object): Resources => ({
  ...mapping({ ...STREAM, ...properties }),
  Stream: { Type: 'AWS::Kinesis::Stream', Properties: {} },
});
/** A mapping of a stream that calls a function of the template. */
const read = (FunctionName: unknown): Resources => ({
  ...stream({ FunctionName }),
  Worker: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'orders-reader' } },
  Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Worker' } } },
  Other: { Type: 'AWS::Lambda::Function', Properties: {} },
});
const AGE = { Namespace: 'AWS/Lambda', MetricName: 'IteratorAge' };
const by = (Value: unknown) => [{ Name: 'FunctionName', Value }];
const alarm = (Properties: object): Resources => ({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties } });
/** A reader, and an alarm on the age of what the function of this name reads. */
const ageOf = (name: unknown): Resources => ({
  ...read({ Ref: 'Worker' }),
  ...alarm({ ...AGE, Dimensions: by(name) }),
});
const BOUNDS = { MaximumRetryAttempts: 5, MaximumRecordAgeInSeconds: 3600 };

/** A queue with a worker: how long the queue hides a message and how long the function may run, in seconds. */
const worked = (visibility: unknown, timeout: unknown, window?: number): Resources => ({
  ...queue({ VisibilityTimeout: visibility }),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: attributeOf('Judged'),
      FunctionName: { Ref: 'Alias' },
      MaximumBatchingWindowInSeconds: window,
    },
  },
  Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Function' } } },
  Function: { Type: 'AWS::Lambda::Function', Properties: { Timeout: timeout } },
});

export const ASYNC: CasesByRule = {
  QueueDeadLetter: {
    compliant: { 'a redrive policy': queue(redrive(HIDDEN)) },
    broken: { none: queue() },
    unknown: { 'a condition decides': queue({ RedrivePolicy: perhaps({}) }) },
    notApplicable: {
      'a dead-letter queue': {
        ...queue(),
        Source: { Type: 'AWS::SQS::Queue', Properties: redrive(attributeOf('Judged')) },
      },
      'one by name': queue({ QueueName: 'orders-dlq' }),
      'where a mapping sends what failed': {
        ...queue(),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { DestinationConfig: { OnFailure: { Destination: attributeOf('Judged') } } },
        },
      },
    },
  },
  QueueDeadLetterKind: {
    compliant: {
      'BP-15: both FIFO': {
        ...queue({ FifoQueue: true, ...redrive(attributeOf('Other')) }),
        ...dead({ FifoQueue: true }),
      },
      'both standard': { ...queue(redrive(attributeOf('Other'))), ...dead() },
    },
    broken: {
      'BP-15: FIFO with a standard one': {
        ...queue({ FifoQueue: true, ...redrive(attributeOf('Other')) }),
        ...dead(),
      },
      'a standard queue with a FIFO one by ARN': queue(
        redrive('arn:aws:sqs:us-east-2:000000000000:dead.fifo'),
      ),
    },
    unknown: { 'a queue elsewhere': queue(redrive({ 'Fn::ImportValue': 'dead' })) },
    notApplicable: { none: queue() },
  },
  QueueFifoName: {
    compliant: { 'named .fifo': queue({ FifoQueue: true, QueueName: 'orders.fifo' }) },
    broken: {
      'BP-15: not named .fifo': queue({ FifoQueue: true, QueueName: 'orders' }),
      'named .fifo and standard': queue({ QueueName: 'orders.fifo' }),
    },
    unknown: { 'a parameter': queue({ FifoQueue: true, QueueName: HIDDEN }) },
    notApplicable: { 'a generated name': queue({ FifoQueue: true }) },
  },
  FifoBatchingWindow: {
    compliant: {
      'BP-15: a window of zero': {
        ...mapping({ EventSourceArn: attributeOf('Other'), MaximumBatchingWindowInSeconds: 0 }),
        ...dead({ FifoQueue: true }),
      },
    },
    broken: {
      'BP-15: five seconds': {
        ...mapping({ EventSourceArn: attributeOf('Other'), MaximumBatchingWindowInSeconds: 5 }),
        ...dead({ FifoQueue: true }),
      },
    },
    unknown: {
      'a parameter': {
        ...mapping({ EventSourceArn: attributeOf('Other'), MaximumBatchingWindowInSeconds: HIDDEN }),
        ...dead({ FifoQueue: true }),
      },
    },
    notApplicable: {
      'a standard queue': {
        ...mapping({ EventSourceArn: attributeOf('Other'), MaximumBatchingWindowInSeconds: 5 }),
        ...dead(),
      },
    },
  },
  QueueVisibility: {
    compliant: { 'BP-14: as long as the function': worked(300, 300) },
    broken: {
      'BP-14: 60 s against 300 s': worked(60, 300),
      'BP-14: the default 30 s against 120 s': worked({ Ref: 'AWS::NoValue' }, 120),
    },
    unknown: {
      'a parameter': worked(60, HIDDEN),
      'a queue elsewhere': mapping({ EventSourceArn: 'arn:aws:sqs:us-east-2:000000000000:orders' }),
    },
    notApplicable: { 'nobody reads': queue() },
  },
  QueueVisibilityMargin: {
    compliant: { 'BP-14: six times': worked(1800, 300), 'and the window': worked(1805, 300, 5) },
    broken: { 'BP-14: below six times': worked(1799, 300), 'without the window': worked(1800, 300, 5) },
    unknown: 'told by another rule',
    notApplicable: { 'BP-14: shorter than the function is told by another rule': worked(60, 300) },
  },
  StreamAgeAlarm: {
    compliant: {
      'of the function, by reference': ageOf({ Ref: 'Worker' }),
      'of the function, by its name': ageOf('orders-reader'),
      'through an alias': {
        ...read({ Ref: 'Live' }),
        ...alarm({ ...AGE, Dimensions: by({ Ref: 'Worker' }) }),
      },
      'of the stream': {
        ...read({ Ref: 'Worker' }),
        ...alarm({
          Namespace: 'AWS/Kinesis',
          MetricName: 'GetRecords.IteratorAgeMilliseconds',
          Dimensions: [{ Name: 'StreamName', Value: { Ref: 'Stream' } }],
        }),
      },
      'within an expression': {
        ...read({ Ref: 'Worker' }),
        ...alarm({
          Metrics: [
            { Id: 'worst', Expression: 'MAX([age])' },
            { Id: 'age', MetricStat: { Metric: { ...AGE, Dimensions: by({ Ref: 'Worker' }) } } },
          ],
        }),
      },
    },
    broken: {
      'no alarm': read({ Ref: 'Worker' }),
      'an alarm of another function': ageOf({ Ref: 'Other' }),
      'an alarm of a function by another name': ageOf('orders-writer'),
      'an alarm on errors': {
        ...read({ Ref: 'Worker' }),
        ...alarm({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: by({ Ref: 'Worker' }) }),
      },
    },
    unknown: {
      'a reader and a stream elsewhere': mapping({ ...STREAM, EventSourceArn: HIDDEN, FunctionName: HIDDEN }),
      'an alarm on a name that is known at deploy': ageOf(HIDDEN),
    },
    notApplicable: {
      'a queue': { ...mapping({ EventSourceArn: attributeOf('Other') }), ...dead() },
      'a topic': mapping({ EventSourceArn: HIDDEN, Topics: ['a'], StartingPosition: 'LATEST' }),
    },
  },
  StreamRetryBounds: {
    compliant: { 'BP-20: both bounds': stream(BOUNDS) },
    broken: {
      'BP-20: a starting position alone': stream({}),
      'unlimited, said aloud': stream({ ...BOUNDS, MaximumRetryAttempts: -1 }),
    },
    unknown: { 'a parameter': stream({ ...BOUNDS, MaximumRetryAttempts: HIDDEN }) },
    notApplicable: { 'a queue': { ...mapping({ EventSourceArn: attributeOf('Other') }), ...dead() } },
  },
  StreamBisect: {
    compliant: { 'BP-20: split': stream({ BisectBatchOnFunctionError: true }) },
    broken: {
      'BP-20: the default': stream({}),
      'a stream elsewhere': mapping({ ...STREAM, EventSourceArn: HIDDEN }),
    },
    unknown: { 'a parameter': stream({ BisectBatchOnFunctionError: HIDDEN }) },
    notApplicable: {
      'a topic': mapping({ EventSourceArn: HIDDEN, Topics: ['a'], StartingPosition: 'LATEST' }),
    },
  },
  StreamFailureDestination: {
    compliant: { 'BP-20: a queue': stream({ DestinationConfig: { OnFailure: { Destination: HIDDEN } } }) },
    broken: { 'BP-20: the default': stream({}) },
    unknown: { 'a condition decides': stream({ DestinationConfig: perhaps({}) }) },
    notApplicable: { 'a queue': { ...mapping({ EventSourceArn: attributeOf('Other') }), ...dead() } },
  },
};
