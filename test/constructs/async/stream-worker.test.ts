import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { type StreamSource, StreamSources } from '../../../constructs/async/stream-source';
import { StreamWorker } from '../../../constructs/async/stream-worker';
import type { StreamWorkerOptions } from '../../../constructs/async/stream-worker-props';
import { stackIn } from '../stack';
import { someWork } from './work';

const MAPPING = 'AWS::Lambda::EventSourceMapping';
const CLUSTER = 'arn:aws:kafka:us-east-2:000000000000:cluster/events/1234-5';

function declare(source: StreamSource, options: Partial<StreamWorkerOptions> = {}, stack = stackIn()) {
  new StreamWorker(stack, 'Worker', {
    source,
    processingTime: Duration.seconds(30),
    ...someWork(),
    ...options,
  });
  return stack;
}

describe('a worker of a Kinesis stream', () => {
  const stack = stackIn();
  const stream = new Stream(stack, 'Stream');
  const template = Template.fromStack(declare(StreamSources.kinesis(stream), {}, stack));

  test('BP-20: a record that cannot be worked blocks its shard for a bounded time only', () => {
    template.hasResourceProperties(MAPPING, {
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 21_600,
      BisectBatchOnFunctionError: true,
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      TumblingWindowInSeconds: Match.absent(),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Threshold: 300_000,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
    });
  });

  test('what was given up is kept for 14 days, outlives the stack and travels by TLS alone', () => {
    template.hasResource('AWS::SQS::Queue', {
      DeletionPolicy: 'Retain',
      Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
    });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 1);
  });

  test('reads the one stream and no other', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['kinesis:GetRecords']),
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Stream'), 'Arn'] },
          }),
        ]),
      },
    });
  });
});

test('a reader with a throughput of its own reads through a consumer', () => {
  const stack = stackIn();
  declare(StreamSources.kinesis(new Stream(stack, 'Stream'), { enhancedFanOut: true }), {}, stack);
  const template = Template.fromStack(stack);
  const [consumer] = Object.keys(template.findResources('AWS::Kinesis::StreamConsumer'));
  template.hasResourceProperties(MAPPING, { EventSourceArn: { 'Fn::GetAtt': [consumer, 'ConsumerARN'] } });
});

test('a Kafka topic is read behind the same props: bounded, halved, and alarmed by its offsets', () => {
  const template = Template.fromStack(
    declare(StreamSources.kafkaTopic({ clusterArn: CLUSTER, topic: 'orders', consumerGroup: 'reports' })),
  );
  template.hasResourceProperties(MAPPING, {
    EventSourceArn: CLUSTER,
    Topics: ['orders'],
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'reports' },
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 },
    MaximumRetryAttempts: 10,
    BisectBatchOnFunctionError: true,
    ParallelizationFactor: Match.absent(),
    FunctionResponseTypes: Match.absent(),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'OffsetLag', Threshold: 10_000 });
  const text = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(text).toContain(':kafka:us-east-2:000000000000:topic/events/1234-5/orders');
  expect(text).toContain(':kafka:us-east-2:000000000000:group/events/1234-5/reports');
});

test('the changes of a table are read by its stream; a table without one is refused', () => {
  const stack = stackIn();
  const key = { name: 'pk', type: AttributeType.STRING };
  const table = Table.fromTableAttributes(stack, 'Table', {
    tableName: 'orders',
    tableStreamArn: 'arn:aws:dynamodb:us-east-2:000000000000:table/orders/stream/1',
  });
  declare(StreamSources.table(table), { startAt: 'latest' }, stack);
  Template.fromStack(stack).hasResourceProperties(MAPPING, {
    EventSourceArn: table.tableStreamArn,
    StartingPosition: 'LATEST',
  });
  const mute = new Table(stackIn(), 'Mute', { partitionKey: key });
  expect(() => declare(StreamSources.table(mute))).toThrow(/source: the table has no stream/);
});

test.each<[string, Partial<StreamWorkerOptions>, RegExp]>([
  ['retries without an end', { maximumRetries: -1 }, /maximumRetries: .*1 to 10000/],
  ['an age without an end', { maximumRecordAge: Duration.days(8) }, /maximumRecordAge \(seconds\)/],
  ['an alarm after the records are given up', { iteratorAge: Duration.hours(6) }, /given up unseen/],
  ['more than 10 batches of a shard', { parallelization: 11 }, /parallelization/],
  ['an empty batch', { batchSize: 0 }, /batchSize/],
  ['a window of an hour', { batchingWindow: Duration.hours(1) }, /batchingWindow/],
  ['an invocation of an hour', { processingTime: Duration.hours(1) }, /processingTime \(seconds\)/],
])('refuses %s', (_case, options, message) => {
  const source = StreamSources.kafkaTopic({ clusterArn: CLUSTER, topic: 'orders' });
  expect(() => declare(source, options)).toThrow(message);
});

test('refuses a topic that cannot be one', () => {
  expect(() =>
    declare(StreamSources.kafkaTopic({ clusterArn: CLUSTER, topic: 'a b', maximumPollers: 0 })),
  ).toThrow(/topic: .*\n.*maximumPollers/);
});
