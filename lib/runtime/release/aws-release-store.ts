import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ReleaseConnection } from './aws-release-region';
import { RELEASE_KEY, releaseOfItem } from './release-item';
import type { ReleaseItem, ReleaseStore } from './release-store';

/**
 * The release in the register's table. It is asked at one Region's endpoint after the other, since the loss of one stops
 * nothing; a write that may have landed unheard is refused when it is repeated, and the next turn reads it.
 *
 * @param connections in the order in which they are asked
 */
export function dynamoReleaseStore(
  connections: readonly ReleaseConnection[],
  table: string,
): ReleaseStore & { close(): void } {
  const clients = connections.map(
    connection =>
      new DynamoDBClient({
        ...connection,
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 2000, requestTimeout: 4000 },
      }),
  );
  return {
    read: () =>
      firstAnswer(clients, async client => {
        const command = new GetItemCommand({
          TableName: table,
          Key: { pk: { S: RELEASE_KEY } },
          ConsistentRead: true,
        });
        return releaseOfItem((await client.send(command)).Item);
      }),
    write: (next, seen) => firstAnswer(clients, client => write(client, table, next, seen)),
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
