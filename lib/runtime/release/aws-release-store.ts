import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ReleaseConnection } from './aws-release-region';
import type { ItemReader } from './aws-release-target';
import { RELEASE_KEY, releaseOfItem } from './release-item';
import type { ReleaseItem, ReleaseStore } from './release-store';

/** The register's table as a release uses it. */
export interface ReleaseTable {
  readonly store: ReleaseStore;
  /** An item of the table, read consistently. */
  readonly readItem: ItemReader;
  close(): void;
}

/**
 * The register's table, asked at one Region's endpoint after the other, since the loss of one stops nothing. A write that may
 * have landed unheard is refused when it is repeated, and the next turn reads it.
 *
 * @param connections in the order in which they are asked
 */
export function dynamoReleaseTable(connections: readonly ReleaseConnection[], table: string): ReleaseTable {
  const clients = connections.map(
    connection =>
      new DynamoDBClient({
        ...connection,
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 2000, requestTimeout: 4000 },
      }),
  );
  const readItem: ItemReader = key =>
    firstAnswer(clients, async client => {
      const command = new GetItemCommand({ TableName: table, Key: { pk: { S: key } }, ConsistentRead: true });
      return (await client.send(command)).Item;
    });
  return {
    store: {
      read: async () => releaseOfItem(await readItem(RELEASE_KEY)),
      write: (next, seen) => firstAnswer(clients, client => write(client, table, next, seen)),
    },
    readItem,
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
}

async function write(
  client: DynamoDBClient,
  TableName: string,
  { version, holder, ...document }: ReleaseItem,
  seen: number | undefined,
): Promise<boolean> {
  const Item = {
    pk: { S: RELEASE_KEY },
    version: { N: String(version) },
    holder: { S: holder },
    document: { S: JSON.stringify(document) },
  };
  const condition =
    seen === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#version = :seen',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':seen': { N: String(seen) } },
        };
  try {
    await client.send(new PutItemCommand({ TableName, Item, ...condition }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The first answer; rejects with the last problem when nobody answers. */
async function firstAnswer<C, T>(clients: readonly C[], ask: (client: C) => Promise<T>): Promise<T> {
  let problem: unknown;
  for (const client of clients) {
    try {
      return await ask(client);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}
