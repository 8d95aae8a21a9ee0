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

type Item = Record<string, AttributeValue>;

/** Items of a page of a query or a scan. */
const PAGE = 3;

/**
 * Two tables in memory behind the commands that the event log sends: keys (stream, version) for events and (stream)
 * for snapshots, with the conditions it uses. Each command takes effect at once and answers later, in any order.
 */
export class Tables {
  private readonly events = new Map<string, Item>();
  private readonly snapshots = new Map<string, Item>();

  readonly client = {
    send: async (command: object) => {
      await Promise.resolve();
      return this.run(command);
    },
  } as unknown as DynamoDBClient;

  private run(command: object): unknown {
    if (command instanceof TransactWriteItemsCommand) return this.transact(command);
    if (command instanceof QueryCommand) return this.query(command);
    if (command instanceof ScanCommand) return this.scan(command);
    if (command instanceof GetItemCommand)
      return { Item: this.snapshots.get(String(command.input.Key?.stream?.S)) };
    if (command instanceof PutItemCommand) return this.put(command.input.Item ?? {});
    throw new Error(`no ${command.constructor.name}`);
  }

  private transact({ input }: TransactWriteItemsCommand): unknown {
    const items = input.TransactItems ?? [];
    const refused = items.map(({ Put, ConditionCheck }) => {
      const there = this.events.has(keyOf(Put?.Item ?? ConditionCheck?.Key ?? {}));
      const condition = (Put ?? ConditionCheck)?.ConditionExpression;
      return condition === 'attribute_exists(#version)' ? !there : there;
    });
    if (refused.includes(true)) {
      throw new TransactionCanceledException({
        $metadata: {},
        message: 'cancelled',
        CancellationReasons: refused.map(failed => ({ Code: failed ? 'ConditionalCheckFailed' : 'None' })),
      });
    }
    for (const { Put } of items) if (Put?.Item !== undefined) this.events.set(keyOf(Put.Item), Put.Item);
    return {};
  }

  private query({ input }: QueryCommand): unknown {
    const { ':stream': stream, ':after': after } = input.ExpressionAttributeValues ?? {};
    const found = this.sorted().filter(
      item => item.stream?.S === stream?.S && Number(item.version?.N) > Number(after?.N),
    );
    return { Items: found.slice(0, PAGE) };
  }

  private scan({ input }: ScanCommand): unknown {
    const all = this.sorted();
    const start = input.ExclusiveStartKey;
    const from = start === undefined ? 0 : all.findIndex(item => keyOf(item) === keyOf(start)) + 1;
    const Items = all.slice(from, from + PAGE);
    return { Items, LastEvaluatedKey: from + PAGE < all.length ? Items.at(-1) : undefined };
  }

  private put(item: Item): unknown {
    const key = String(item.stream?.S);
    const kept = this.snapshots.get(key);
    const later = kept?.shape?.N === item.shape?.N && Number(kept?.version?.N) >= Number(item.version?.N);
    if (kept !== undefined && later) {
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'later one is kept' });
    }
    this.snapshots.set(key, item);
    return {};
  }

  private sorted(): Item[] {
    return [...this.events.values()].sort(
      (left, right) =>
        String(left.stream?.S).localeCompare(String(right.stream?.S)) ||
        Number(left.version?.N) - Number(right.version?.N),
    );
  }
}

const keyOf = (item: Item): string => `${item.stream?.S}/${item.version?.N}`;
