import { RuntimeError } from '../errors';
import type { StreamRecord } from './stream-batch';

/** One record of a Kinesis or DynamoDB stream event. */
export interface ShardRecord {
  readonly kinesis?: {
    readonly sequenceNumber?: string;
    readonly partitionKey?: string;
    /** Base64. */
    readonly data?: string;
  };
  readonly dynamodb?: { readonly SequenceNumber?: string };
  /** ARN of the stream. */
  readonly eventSourceARN?: string;
}

/** One record of a Kafka event. */
export interface TopicRecord {
  readonly offset: number;
  /** Base64. */
  readonly key?: string | null;
  /** Base64; null for a tombstone. */
  readonly value?: string | null;
}

/** What Lambda hands over: records of one shard, or the records of several partitions by their names. */
export interface StreamEvent {
  readonly Records?: readonly ShardRecord[];
  readonly records?: Readonly<Record<string, readonly TopicRecord[]>>;
}

/** Records of a shard. Kinesis: the data as JSON; DynamoDB: the whole record, images included. */
export function shardRecords(records: readonly ShardRecord[]): readonly StreamRecord[] {
  return records.map(record => {
    const { kinesis, dynamodb } = record;
    if (kinesis === undefined) {
      return {
        sequenceNumber: dynamodb?.SequenceNumber ?? '',
        partitionKey: '',
        raw: () => JSON.stringify(record),
        read: () => record,
      };
    }
    return {
      sequenceNumber: kinesis.sequenceNumber ?? '',
      partitionKey: kinesis.partitionKey ?? '',
      raw: () => textOf(kinesis.data),
      read: () => parseData(kinesis.data ?? ''),
    };
  });
}

/** Records of one Kafka partition; the place is the offset, the data JSON or `null` for a tombstone. */
export function topicRecords(records: readonly TopicRecord[]): readonly StreamRecord[] {
  return records.map(({ offset, key, value }) => ({
    sequenceNumber: String(offset),
    partitionKey: textOf(key),
    raw: () => textOf(value),
    read: () => (value === null || value === undefined ? null : parseData(value)),
  }));
}

const textOf = (data: string | null | undefined): string => Buffer.from(data ?? '', 'base64').toString();

/** The parser's own message repeats the data, which may hold what no log should. */
function parseData(data: string): unknown {
  try {
    return JSON.parse(textOf(data));
  } catch {
    throw new RuntimeError('invalid-input', 'the data is not JSON');
  }
}
