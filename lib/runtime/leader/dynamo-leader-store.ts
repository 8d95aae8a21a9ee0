import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ReplicatedWriteConflictException,
} from '@aws-sdk/client-dynamodb';
import { RuntimeError } from '../errors';
import { limited } from '../limit';
import type { LeaderRecord, LeaderStore } from './leader-store';

/** Where and how a lease is kept. */
export interface DynamoLeaderStoreOptions {
  /** This Region: each candidate uses its own Region's endpoint. */
  readonly region: string;
  /** The register's table: strongly consistent, with the single key `pk` (string). */
  readonly table: string;
  /** What is led; the item's key is `leader#<name>`. */
  readonly name: string;
  readonly endpointUrl?: string;
  /** A call that takes longer fails, in milliseconds: a sixth of the lease, so that one lost call costs no tenure. */
  readonly timeoutMilliseconds: number;
}

/** Partition key of a leadership's item in the register's table. */
export const leaderKey = (name: string): string => `leader#${name}`;

type Item = Record<string, AttributeValue>;
type Condition = Pick<
  PutItemCommand['input'],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Words of the query language may not stand in expressions. */
const TOKEN_NAMES = { '#epoch': 'epoch', '#term': 'term', '#beat': 'beat' };

/**
 * A lease in DynamoDB: single conditional writes and consistent reads, which is what a table with multi-Region strong
 * consistency offers; it knows no transactions. Such a table refuses a write that meets another Region's
 * (`ReplicatedWriteConflictException`): a take then counts as not won, a renewal as not known.
 * Source: DynamoDB developer guide, "Multi-Region strong consistency".
 */
export function dynamoLeaderStore(options: DynamoLeaderStoreOptions): LeaderStore {
  const { table: TableName, timeoutMilliseconds } = options;
  const client = new DynamoDBClient({
    region: options.region,
    endpoint: options.endpointUrl,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: timeoutMilliseconds },
  });
  const pk = { S: leaderKey(options.name) };
  const put = async (next: LeaderRecord, condition: Condition): Promise<boolean> => {
    const command = new PutItemCommand({ TableName, Item: { pk, ...itemOf(next) }, ...condition });
    try {
      await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    async read() {
      const command = new GetItemCommand({ TableName, Key: { pk }, ConsistentRead: true });
      const answer = await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
      return answer.Item && recordOf(answer.Item);
    },
    async take(next, seen) {
      try {
        return await put(next, seen === undefined ? ABSENT : exactly(seen));
      } catch (error) {
        if (error instanceof ReplicatedWriteConflictException) return false;
        throw error;
      }
    },
    renew: (next, holder) => put(next, heldBy(holder, next)),
  };
}

const number = (value: number): AttributeValue.NMember => ({ N: String(value) });

const ABSENT: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

const exactly = ({ token, beat }: LeaderRecord): Condition => ({
  ConditionExpression: '#epoch = :epoch AND #term = :term AND #beat = :beat',
  ExpressionAttributeNames: TOKEN_NAMES,
  ExpressionAttributeValues: {
    ':epoch': number(token.epoch),
    ':term': number(token.term),
    ':beat': number(beat),
  },
});

const heldBy = (holder: string, { token, beat }: LeaderRecord): Condition => ({
  ConditionExpression: '#holder = :holder AND #epoch = :epoch AND #term = :term AND #beat < :beat',
  ExpressionAttributeNames: { ...TOKEN_NAMES, '#holder': 'holder' },
  ExpressionAttributeValues: {
    ':holder': { S: holder },
    ':epoch': number(token.epoch),
    ':term': number(token.term),
    ':beat': number(beat),
  },
});

function itemOf({ token, beat, holder, leaseMilliseconds }: LeaderRecord): Item {
  return {
    epoch: number(token.epoch),
    term: number(token.term),
    beat: number(beat),
    leaseMilliseconds: number(leaseMilliseconds),
    ...(holder === undefined ? {} : { holder: { S: holder } }),
  };
}

function recordOf(item: Item): LeaderRecord {
  const [epoch, term, beat, leaseMilliseconds] = [
    item.epoch,
    item.term,
    item.beat,
    item.leaseMilliseconds,
  ].map(value => Number(value?.N)) as [number, number, number, number];
  if (![epoch, term, beat].every(Number.isSafeInteger) || !(leaseMilliseconds > 0)) {
    throw new RuntimeError('unavailable', `a damaged lease is stored: ${JSON.stringify(item)}`);
  }
  const holder = item.holder?.S;
  return { token: { epoch, term }, beat, leaseMilliseconds, ...(holder === undefined ? {} : { holder }) };
}
