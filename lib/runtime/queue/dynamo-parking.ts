import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock';
import type { Parking } from './parking';

/** Where messages are parked. */
export interface DynamoParkingOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Table with the key (`queue`, `id`), both text. */
  readonly table: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Parks in DynamoDB, an item a message. A message is at most 1 MiB and an item 400 KB: what is larger is refused. */
export function dynamoParking({ client, table, clock }: DynamoParkingOptions): Parking {
  return {
    async park({ receiveCount, attributes, ...texts }) {
      const Item = {
        ...Object.fromEntries(Object.entries(texts).map(([name, S]) => [snake(name), { S }])),
        attributes: { S: JSON.stringify(attributes) },
        receive_count: { N: String(receiveCount) },
        parked_at: { S: clock.now().toISOString() },
      };
      try {
        const ConditionExpression = 'attribute_not_exists(id)';
        await client.send(new PutItemCommand({ TableName: table, Item, ConditionExpression }));
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      }
    },
  };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
