import { ArnFormat, Fn, Names, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnStreamConsumer, type IStream } from 'aws-cdk-lib/aws-kinesis';
import type { CfnEventSourceMappingProps } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { HoldfastError } from '../../lib/errors';
import { assertRules, matching, wholeNumber } from '../validation';
import { grantInterfaces } from './worker-function';

/** What a source gives to the mapping that reads it. */
export interface BoundStream {
  /** The properties of the mapping that are the source's own. */
  readonly mapping: Partial<CfnEventSourceMappingProps>;
  /** What the reader was granted; the mapping waits for it. */
  readonly grant: Grant;
  /** Whether a batch is of one shard, so that one place says where to begin again, and shards may be split. */
  readonly sharded: boolean;
  /** How far the reader is behind: `IteratorAge` in milliseconds, or `OffsetLag` in records. */
  readonly lag: 'IteratorAge' | 'OffsetLag';
}

/** A stream that a {@link StreamWorker} reads; bring your own by implementing it. */
export interface StreamSource {
  /** Lets `role` read the stream, and says how. */
  bind(scope: Construct, role: Role): BoundStream;
}

/** Reads a Kinesis stream. */
export interface KinesisSourceOptions {
  /**
   * A reader with a throughput of its own (2 MB a second for each shard), beside others on the same stream.
   * @default false
   */
  readonly enhancedFanOut?: boolean;
}

/** Reads a topic of an Amazon MSK cluster, signed in by IAM. */
export interface KafkaTopicOptions {
  /** ARN of the cluster in this Region. */
  readonly clusterArn: string;
  /** Name of the topic. */
  readonly topic: string;
  /**
   * Name of the consumer group, by which the place in the topic is kept; it cannot be changed afterwards.
   * @default - made from the path of the worker
   */
  readonly consumerGroup?: string;
  /**
   * Most pollers, 1 to 2000. Bounded retries need pollers of one's own (provisioned mode).
   * @default 2
   */
  readonly maximumPollers?: number;
}

/** The streams that a worker reads. */
export const StreamSources = {
  /** A Kinesis data stream. */
  kinesis(stream: IStream, options: KinesisSourceOptions = {}): StreamSource {
    return { bind: (scope, role) => bindKinesis(scope, role, stream, options.enhancedFanOut === true) };
  },

  /** The changes of a DynamoDB table, which must have a stream. */
  table(table: ITable): StreamSource {
    return { bind: (scope, role) => bindTable(scope, role, table) };
  },

  /** A topic of an Amazon MSK cluster. */
  kafkaTopic(options: KafkaTopicOptions): StreamSource {
    return { bind: (scope, role) => bindTopic(scope, role, options) };
  },
} as const;

function bindKinesis(scope: Construct, role: Role, stream: IStream, enhancedFanOut: boolean): BoundStream {
  const grant = stream.grantRead(role);
  if (!enhancedFanOut) {
    return { mapping: { eventSourceArn: stream.streamArn }, grant, sharded: true, lag: 'IteratorAge' };
  }
  const consumer = new CfnStreamConsumer(scope, 'FanOut', {
    consumerName: Names.uniqueResourceName(scope, { maxLength: 100 }),
    streamArn: stream.streamArn,
  });
  const subscribe = Grant.addToPrincipal({
    grantee: role,
    actions: ['kinesis:SubscribeToShard', 'kinesis:DescribeStreamConsumer'],
    resourceArns: [consumer.attrConsumerArn],
  });
  return {
    mapping: { eventSourceArn: consumer.attrConsumerArn },
    grant: grant.combine(subscribe),
    sharded: true,
    lag: 'IteratorAge',
  };
}

function bindTable(scope: Construct, role: IGrantable, table: ITable): BoundStream {
  if (table.tableStreamArn === undefined) {
    throw new HoldfastError('invalid-input', `invalid props of StreamWorker ${scope.node.path}`, [
      {
        path: 'source',
        received: table.node.path,
        message: 'the table has no stream',
        fix: 'give the table a stream of new and old images, or import it with its tableStreamArn',
      },
    ]);
  }
  return {
    mapping: { eventSourceArn: table.tableStreamArn },
    grant: grantTableStream(table, table.tableStreamArn, role),
    sharded: true,
    lag: 'IteratorAge',
  };
}

/** `grantStreamRead` would also grant the list of all streams, which a mapping does not need. */
function grantTableStream(table: ITable, streamArn: string, grantee: IGrantable): Grant {
  const read = Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resourceArns: [streamArn],
  });
  const key = table.encryptionKey?.grantDecrypt(grantee);
  return key === undefined ? read : read.combine(key);
}

function bindTopic(scope: Construct, role: Role, options: KafkaTopicOptions): BoundStream {
  const consumerGroup = options.consumerGroup ?? Names.uniqueResourceName(scope, { maxLength: 100 });
  assertRules(`StreamWorker ${scope.node.path}`, [
    matching('topic', options.topic, /^[A-Za-z0-9._-]{1,249}$/, 'use 1 to 249 letters, digits, ., _ and -'),
    matching('consumerGroup', consumerGroup, /^[A-Za-z0-9._-]{1,200}$/, 'use letters, digits, ., _ and -'),
    wholeNumber('maximumPollers', options.maximumPollers ?? 2, 1, 2000),
  ]);
  grantInterfaces(role);
  return {
    mapping: {
      eventSourceArn: options.clusterArn,
      topics: [options.topic],
      amazonManagedKafkaEventSourceConfig: { consumerGroupId: consumerGroup },
      provisionedPollerConfig: { minimumPollers: 1, maximumPollers: options.maximumPollers ?? 2 },
    },
    grant: grantTopic(scope, role, options, consumerGroup),
    sharded: false,
    lag: 'OffsetLag',
  };
}

/** Source: MSK developer guide, "IAM access control", and Lambda developer guide, "Amazon MSK cluster permissions". */
function grantTopic(scope: Construct, grantee: Role, options: KafkaTopicOptions, group: string): Grant {
  const { clusterArn, topic } = options;
  const [name, id] = [1, 2].map(index => Fn.select(index, Fn.split('/', clusterArn)));
  const within = (resource: string, last: string) =>
    Stack.of(scope).formatArn({
      service: 'kafka',
      resource,
      resourceName: `${name}/${id}/${last}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  const allow = (resourceArn: string, ...actions: string[]) =>
    Grant.addToPrincipal({ grantee, actions, resourceArns: [resourceArn] });
  return allow(
    clusterArn,
    'kafka:DescribeCluster',
    'kafka:DescribeClusterV2',
    'kafka:GetBootstrapBrokers',
    'kafka-cluster:Connect',
    'kafka-cluster:DescribeClusterDynamicConfiguration',
  )
    .combine(allow(within('topic', topic), 'kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'))
    .combine(allow(within('group', group), 'kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'));
}
