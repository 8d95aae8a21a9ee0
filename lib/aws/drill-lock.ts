import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { homeItemKey, registerTableName } from '../naming';
import type { DrillLock } from '../ports';
import { DRILL_LOCK_KEY } from '../runtime/register/register';
import { ask, type Connection } from './clients';
import { conditionally } from './register';

const SAME_OWNER = '#holder = :holder AND #drill = :drill';

/** The drill lock, an item beside the register. */
export class DrillLockTable {
  private readonly table: string;
  private readonly key: { readonly pk: { readonly S: string } };

  /** @param home Whose it is; by default that of an application without homes */
  constructor(
    private readonly connection: Connection,
    application: string,
    home?: string,
  ) {
    this.table = registerTableName(application);
    this.key = { pk: { S: homeItemKey(DRILL_LOCK_KEY, home) } };
  }

  /** Strongly consistent read. */
  async read(region: string): Promise<DrillLock | undefined> {
    const answer = await ask(`reading the drill lock in ${region}`, () =>
      this.client(region).send(
        new GetItemCommand({ TableName: this.table, Key: this.key, ConsistentRead: true }),
      ),
    );
    return answer.Item === undefined ? undefined : parseItem(answer.Item);
  }

  /** Takes a free lock, or exactly the one that was seen; never below the epoch of the lock. */
  take(region: string, lock: DrillLock, previous?: DrillLock): Promise<boolean> {
    const condition =
      previous === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: `${SAME_OWNER} AND #beat = :beat AND #epoch <= :epoch`,
            ExpressionAttributeNames: { ...OWNER_NAMES, '#beat': 'heartbeatAt', '#epoch': 'epoch' },
            ExpressionAttributeValues: {
              ...ownerValues(previous),
              ':beat': { S: previous.heartbeatAt },
              ':epoch': { N: String(lock.epoch) },
            },
          };
    return this.put(region, lock, condition);
  }

  /** Renews an own lock. */
  renew(region: string, lock: DrillLock): Promise<boolean> {
    return this.put(region, lock, {
      ConditionExpression: SAME_OWNER,
      ExpressionAttributeNames: OWNER_NAMES,
      ExpressionAttributeValues: ownerValues(lock),
    });
  }

  /** Deletes an own lock. */
  async release(region: string, lock: DrillLock): Promise<void> {
    await ask(`releasing the drill lock in ${region}`, () =>
      conditionally(() =>
        this.client(region).send(
          new DeleteItemCommand({
            TableName: this.table,
            Key: this.key,
            ConditionExpression: SAME_OWNER,
            ExpressionAttributeNames: OWNER_NAMES,
            ExpressionAttributeValues: ownerValues(lock),
          }),
        ),
      ),
    );
  }

  private put(region: string, lock: DrillLock, condition: object): Promise<boolean> {
    return ask(`writing the drill lock in ${region}`, () =>
      conditionally(() =>
        this.client(region).send(
          new PutItemCommand({ TableName: this.table, Item: { ...this.key, ...toItem(lock) }, ...condition }),
        ),
      ),
    );
  }

  private client(region: string): DynamoDBClient {
    return this.connection.client(DynamoDBClient, region);
  }
}

const OWNER_NAMES = { '#holder': 'holder', '#drill': 'drillId' };

const ownerValues = (lock: DrillLock): Record<string, AttributeValue> => ({
  ':holder': { S: lock.holder },
  ':drill': { S: lock.drillId },
});

function toItem(lock: DrillLock): Record<string, AttributeValue> {
  return {
    holder: { S: lock.holder },
    drillId: { S: lock.drillId },
    epoch: { N: String(lock.epoch) },
    heartbeatAt: { S: lock.heartbeatAt },
    leaseSeconds: { N: String(lock.leaseSeconds) },
  };
}

function parseItem(item: Record<string, AttributeValue>): DrillLock {
  return {
    holder: item.holder?.S ?? '',
    drillId: item.drillId?.S ?? '',
    epoch: Number(item.epoch?.N ?? 0),
    heartbeatAt: item.heartbeatAt?.S ?? '',
    leaseSeconds: Number(item.leaseSeconds?.N ?? 0),
  };
}
