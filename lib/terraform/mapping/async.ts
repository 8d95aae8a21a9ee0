import { madeUpName, type ResourceMapping } from '../resource-mapping';
import { block, json, pairs, policy, same, single, TAGS, type Unmapped } from '../rule';
import type { Draft, Term } from '../term';

/** Queues, streams and topics. */
export const ASYNC: Readonly<Record<string, ResourceMapping>> = {
  'AWS::SQS::Queue': {
    type: 'aws_sqs_queue',
    ref: 'url',
    attributes: { Arn: 'arn', QueueName: 'name', QueueUrl: 'url' },
    properties: {
      MessageRetentionPeriod: 'message_retention_seconds',
      QueueName: 'name',
      ReceiveMessageWaitTimeSeconds: 'receive_wait_time_seconds',
      RedriveAllowPolicy: json('redrive_allow_policy'),
      RedrivePolicy: json('redrive_policy'),
      SqsManagedSseEnabled: 'sqs_managed_sse_enabled',
      VisibilityTimeout: 'visibility_timeout_seconds',
      ...TAGS,
    },
  },
  'AWS::SQS::QueuePolicy': {
    type: 'aws_sqs_queue_policy',
    properties: { PolicyDocument: policy('policy'), Queues: single('queue_url') },
  },
  'AWS::SNS::Topic': {
    type: 'aws_sns_topic',
    ref: 'arn',
    attributes: { TopicArn: 'arn', TopicName: 'name' },
    properties: {
      ...same('DisplayName'),
      KmsMasterKeyId: 'kms_master_key_id',
      TopicName: 'name',
      Tags: pairs('tags'),
    },
  },
  'AWS::SNS::TopicPolicy': {
    type: 'aws_sns_topic_policy',
    properties: { PolicyDocument: policy('policy'), Topics: single('arn') },
  },
  'AWS::Kinesis::Stream': {
    type: 'aws_kinesis_stream',
    ref: 'name',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('Name ShardCount'),
      RetentionPeriodHours: 'retention_period',
      StreamModeDetails: block('stream_mode_details', same('StreamMode')),
      StreamEncryption: {
        split: (value: Term, unmapped: Unmapped): Draft => {
          if (typeof value === 'object' && value !== null && 'EncryptionType' in value && 'KeyId' in value) {
            return { encryption_type: value.EncryptionType, kms_key_id: value.KeyId };
          }
          unmapped('EncryptionType', value);
          return {};
        },
      },
      Tags: pairs('tags'),
    },
    complete: (args, _properties, resource) => ({ name: madeUpName(resource), ...args }),
  },
  'AWS::Lambda::EventSourceMapping': {
    type: 'aws_lambda_event_source_mapping',
    ref: 'uuid',
    attributes: { Id: 'uuid' },
    properties: {
      ...same(
        'BatchSize BisectBatchOnFunctionError Enabled EventSourceArn FunctionName FunctionResponseTypes',
      ),
      ...same('MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts'),
      ...same('ParallelizationFactor StartingPosition TumblingWindowInSeconds'),
      DestinationConfig: block('destination_config', {
        OnFailure: block('on_failure', { Destination: 'destination_arn' }),
      }),
      FilterCriteria: block('filter_criteria', {
        Filters: block('filter', same('Pattern')),
      }),
      ScalingConfig: block('scaling_config', same('MaximumConcurrency')),
      Tags: pairs('tags'),
    },
  },
};
