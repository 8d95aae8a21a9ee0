import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import { hashesOf, type IdempotencyStore, type IdempotentCall, keyReused } from './idempotency-store';

/** Collects what an effect writes. */
export interface ItemEffects {
  /** Adds puts, updates, deletes and condition checks, on any tables of the Region. */
  write(...items: readonly TransactWriteItem[]): void;
}

/** Where the records are. */
export interface DynamoIdempotencyOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Table with the key `key_hash` (text); `expires_at` may be its time-to-live attribute. */
  readonly table: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Makes a token that no other call makes, at most 36 characters (a UUID). */
  readonly makeToken: () => string;
}

/** Most items of one transaction, the record among them. Source: DynamoDB, TransactWriteItems. */
const MOST_ITEMS = 100;

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Idempotency in DynamoDB: the record and the effect's items are one `TransactWriteItems`. The record is put only
 * where none is, or one that has expired: time to live deletes late, so the condition looks at the time itself.
 *
 * The records are of one Region: give them a table that is not replicated, or the Region's name in the scope, since
 * a transaction and its conditions hold in the Region that runs them.
 */
export class DynamoIdempotency implements IdempotencyStore<ItemEffects> {
  constructor(private readonly options: DynamoIdempotencyOptions) {}

  async once<Response>(call: IdempotentCall, effect: (effects: ItemEffects) => Promise<Response>) {
    const { keyHash, requestHash } = hashesOf(call);
    const found = await this.find(keyHash);
    if (found !== undefined) return replay<Response>(found, requestHash);
    const items: TransactWriteItem[] = [];
    const response = await effect({ write: (...more) => void items.push(...more) });
    if (items.length >= MOST_ITEMS) throw tooMany(items.length);
    const token = this.options.makeToken();
    const record = this.record(call, { keyHash, requestHash, token, response });
    const standing = await this.commit(token, [record, ...items], keyHash);
    // The record that stands is our own, or that of another who was faster.
    if (standing === undefined || standing.token?.S === token) return { response, replayed: false };
    return replay<Response>(standing, requestHash);
  }

  /**
   * Commits; returns the record that stood in the way, if one did. When no answer came the same transaction is sent
   * once more: the token makes it the same one, which takes effect once and answers the same for ten minutes.
   */
  private async commit(token: string, TransactItems: TransactWriteItem[], keyHash: string) {
    const command = () => new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token });
    try {
      await this.options.client.send(command());
      return undefined;
    } catch (error) {
      if (cancellation(error) !== undefined) return this.explain(error, keyHash);
    }
    try {
      await this.options.client.send(command());
      return undefined;
    } catch (error) {
      return this.explain(error, keyHash);
    }
  }

  /** The record that stands although the transaction failed, or why there is none. */
  private async explain(error: unknown, keyHash: string): Promise<Item | undefined> {
    const reasons = cancellation(error);
    const standing = reasons?.[0]?.Item ?? (await this.find(keyHash));
    if (standing !== undefined) return standing;
    const refused = reasons?.some(({ Code }, index) => index > 0 && Code === 'ConditionalCheckFailed');
    if (refused) {
      throw new RuntimeError('conflict', 'a condition of the effect does not hold', [], { cause: error });
    }
    if (reasons?.some(({ Code }) => Code === 'ValidationError')) throw error;
    throw new RuntimeError('unavailable', `it is not known whether it stands: ${reasonOf(error)}`, [], {
      cause: error,
    });
  }

  /** The record of a key, read strongly; one that has expired is none. */
  private async find(keyHash: string): Promise<Item | undefined> {
    const { client, table, clock } = this.options;
    const command = new GetItemCommand({
      TableName: table,
      Key: { key_hash: { S: keyHash } },
      ConsistentRead: true,
    });
    const { Item } = await client.send(command).catch(unreachable);
    return Number(Item?.expires_at?.N ?? 0) > seconds(clock) ? Item : undefined;
  }

  private record(
    call: IdempotentCall,
    {
      keyHash,
      requestHash,
      token,
      response,
    }: Record<'keyHash' | 'requestHash' | 'token', string> & {
      readonly response: unknown;
    },
  ): TransactWriteItem {
    const now = seconds(this.options.clock);
    return {
      Put: {
        TableName: this.options.table,
        Item: {
          key_hash: { S: keyHash },
          request_hash: { S: requestHash },
          response: { S: JSON.stringify(response ?? null) },
          token: { S: token },
          expires_at: { N: String(now + call.ttlSeconds) },
        },
        ConditionExpression: 'attribute_not_exists(key_hash) OR expires_at <= :now',
        ExpressionAttributeValues: { ':now': { N: String(now) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }
}

function replay<Response>(record: Item, requestHash: string) {
  if (record.request_hash?.S !== requestHash) throw keyReused();
  return { response: JSON.parse(record.response?.S ?? 'null') as Response, replayed: true };
}

/** Why DynamoDB cancelled the transaction, item by item; `undefined` when it did not say that it did. */
function cancellation(error: unknown) {
  const { name, CancellationReasons } = error as {
    name?: string;
    CancellationReasons?: ReadonlyArray<{ Code?: string; Item?: Item }>;
  };
  return name === 'TransactionCanceledException' ? (CancellationReasons ?? []) : undefined;
}

/** A table that cannot be read says nothing about the call. */
function unreachable(cause: unknown): never {
  throw new RuntimeError('unavailable', `the record cannot be read: ${reasonOf(cause)}`, [], { cause });
}

const seconds = (clock: Pick<Clock, 'now'>): number => Math.floor(clock.now().getTime() / 1000);

function tooMany(count: number): RuntimeError {
  return new RuntimeError('invalid-input', 'the effect is too large for one transaction', [
    {
      path: '/items',
      received: count,
      message: 'are too many',
      fix: `write at most ${MOST_ITEMS - 1} items`,
    },
  ]);
}
