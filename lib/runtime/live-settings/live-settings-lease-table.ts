import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AwsConnection } from './live-settings-aws';
import type { LeasePort } from './live-settings-controller';
import { type ShiftLease, shiftLeaseKey } from './live-settings-lease';

/** The lease as an item of the register's table, read consistently at this Region's endpoint. */
export function dynamoLease({ region, endpointUrl, credentials }: AwsConnection, table: string): LeasePort {
  const client = new DynamoDBClient({ region, endpoint: endpointUrl, credentials, maxAttempts: 3 });
  const pk = { S: shiftLeaseKey(region) };
  return {
    async read() {
      const command = new GetItemCommand({ TableName: table, Key: { pk }, ConsistentRead: true });
      return parseLease((await client.send(command)).Item);
    },
    async write(next, seen) {
      const condition =
        seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#token = :token AND #expires = :expires',
              ExpressionAttributeNames: { '#token': 'token', '#expires': 'expiresAt' },
              ExpressionAttributeValues: { ':token': number(seen.token), ':expires': number(seen.expiresAt) },
            };
      try {
        await client.send(
          new PutItemCommand({ TableName: table, Item: { pk, ...itemOf(next) }, ...condition }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

const number = (value: number): AttributeValue.NMember => ({ N: String(value) });

function itemOf({ token, expiresAt, holder }: ShiftLease): Record<string, AttributeValue> {
  return {
    token: number(token),
    expiresAt: number(expiresAt),
    ...(holder === undefined ? {} : { holder: { S: holder.name }, kind: { S: holder.kind } }),
  };
}

function parseLease(item: Readonly<Record<string, AttributeValue>> | undefined): ShiftLease | undefined {
  const [token, expiresAt] = [Number(item?.token?.N), Number(item?.expiresAt?.N)];
  if (item === undefined || !Number.isSafeInteger(token) || !Number.isSafeInteger(expiresAt))
    return undefined;
  const [name, kind] = [item.holder?.S, item.kind?.S];
  if (name === undefined || (kind !== 'shift' && kind !== 'deploy')) return { token, expiresAt };
  return { token, expiresAt, holder: { name, kind } };
}
