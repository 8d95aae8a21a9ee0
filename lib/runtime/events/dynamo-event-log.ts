import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock';
import { conflict, type EventLog, type NewEvent, type Snapshot, type StoredEvent } from './event-store';

/** Where the events are. */
export interface DynamoEventLogOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Table with the key (`stream`, `version`). */
  readonly table: string;
  /** Table with the key `stream`. */
  readonly snapshotTable: string;
  readonly clock: Pick<Clock, 'now'>;
}

type Item = Record<string, AttributeValue>;

/** By another name in expressions, where words of the query language may not stand. */
const VERSION = { '#version': 'version' };

/**
 * Events in DynamoDB: an item an event, put only where none is, in one transaction with the check that the version
 * before is there. So of two writers one is refused, and a stream has no gap whatever anybody expects.
 */
export class DynamoEventLog implements EventLog {
  constructor(private readonly options: DynamoEventLogOptions) {}

  async append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<void> {
    const { client, table: TableName, clock } = this.options;
    const at = clock.now().toISOString();
    const puts = events.map((event, index) => ({
      Put: {
        TableName,
        Item: toItem({ ...event, stream, version: expectedVersion + index + 1, at }),
        ConditionExpression: 'attribute_not_exists(#version)',
        ExpressionAttributeNames: VERSION,
      },
    }));
    const check = {
      ConditionCheck: {
        TableName,
        Key: keyOf(stream, expectedVersion),
        ConditionExpression: 'attribute_exists(#version)',
        ExpressionAttributeNames: VERSION,
      },
    };
    try {
      const TransactItems = expectedVersion === 0 ? puts : [check, ...puts];
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
    } catch (error) {
      if (isConflict(error)) throw conflict(stream, expectedVersion, error);
      throw error;
    }
  }

  async read(stream: string, afterVersion: number): Promise<readonly StoredEvent[]> {
    const { client, table } = this.options;
    const command = new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream AND #version > :after',
      ExpressionAttributeNames: { ...VERSION, '#stream': 'stream' },
      ExpressionAttributeValues: { ':stream': { S: stream }, ':after': { N: String(afterVersion) } },
    });
    return ((await client.send(command)).Items ?? []).map(toEvent);
  }

  async *readAll(): AsyncIterable<StoredEvent> {
    const { client, table } = this.options;
    let next: Item | undefined;
    do {
      const command: ScanCommand = new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ExclusiveStartKey: next,
      });
      const { Items, LastEvaluatedKey } = await client.send(command);
      yield* (Items ?? []).map(toEvent);
      next = LastEvaluatedKey;
    } while (next !== undefined);
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    const { client, snapshotTable } = this.options;
    const { Item: found } = await client.send(
      new GetItemCommand({ TableName: snapshotTable, Key: { stream: { S: stream } }, ConsistentRead: true }),
    );
    if (found === undefined) return undefined;
    return {
      version: Number(found.version?.N),
      shape: Number(found.shape?.N),
      state: JSON.parse(found.state?.S ?? 'null'),
    };
  }

  async saveSnapshot(stream: string, { version, shape, state }: Snapshot): Promise<void> {
    const { client, snapshotTable } = this.options;
    const command = new PutItemCommand({
      TableName: snapshotTable,
      Item: {
        stream: { S: stream },
        version: { N: String(version) },
        shape: { N: String(shape) },
        state: { S: JSON.stringify(state) },
      },
      ConditionExpression: 'attribute_not_exists(#version) OR shape <> :shape OR #version < :version',
      ExpressionAttributeNames: VERSION,
      ExpressionAttributeValues: { ':shape': { N: String(shape) }, ':version': { N: String(version) } },
    });
    try {
      await client.send(command);
    } catch (error) {
      // A later one is kept already.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

/** An event of an item, as the table holds it and as its stream tells of it. */
export function toEvent(item: Item): StoredEvent {
  return {
    stream: item.stream?.S ?? '',
    version: Number(item.version?.N),
    at: item.at?.S ?? '',
    type: item.type?.S ?? '',
    data: JSON.parse(item.data?.S ?? 'null'),
  };
}

function toItem({ stream, version, at, type, data }: StoredEvent): Item {
  return {
    ...keyOf(stream, version),
    at: { S: at },
    type: { S: type },
    data: { S: JSON.stringify(data ?? null) },
  };
}

const keyOf = (stream: string, version: number): Item => ({
  stream: { S: stream },
  version: { N: String(version) },
});

/** A condition that failed, or another transaction on the same items at the same time: either way, decide again. */
function isConflict(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(
      ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
    )
  );
}
