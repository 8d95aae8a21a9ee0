import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { homeRegisterKey, registerTableName } from '../naming';
import type { RegisterRaise, RegisterState } from '../ports';
import { REGISTER_KEY, type RegisterPhase, type RegisterRecord } from '../runtime/register/register';
import { ask, type Connection } from './clients';

/** The register in its strongly consistent table, read and written at the given Region's endpoint. */
export class RegisterTable {
  private readonly table: string;
  private readonly key: string;

  /** @param home Whose record it is; by default the one of an application without homes */
  constructor(
    private readonly connection: Connection,
    application: string,
    home?: string,
  ) {
    this.table = registerTableName(application);
    this.key = home === undefined ? REGISTER_KEY : homeRegisterKey(home);
  }

  /** Strongly consistent read. */
  async read(region: string): Promise<RegisterState | undefined> {
    const answer = await ask(`reading the register in ${region}`, () =>
      this.client(region).send(
        new GetItemCommand({
          TableName: this.table,
          Key: { pk: { S: this.key } },
          ConsistentRead: true,
        }),
      ),
    );
    return answer.Item === undefined ? undefined : parseItem(answer.Item);
  }

  /** Writes the first record unless there is one. */
  create(region: string, record: RegisterRecord, by: string): Promise<boolean> {
    return this.put(region, this.item(record, by), {
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  }

  /** Raises the register if it still holds exactly `from`. */
  raise(region: string, { from, to, by }: RegisterRaise): Promise<boolean> {
    return this.put(region, this.item(to, by), {
      ConditionExpression: '#epoch = :epoch AND #phase = :phase AND #region = :region',
      ExpressionAttributeNames: { '#epoch': 'epoch', '#phase': 'phase', '#region': 'region' },
      ExpressionAttributeValues: {
        ':epoch': { N: String(from.epoch) },
        ':phase': { S: from.phase },
        ':region': { S: from.region },
      },
    });
  }

  /** A write that no register can accept: epochs begin above zero. Resolves to true when its condition alone refused it. */
  async mayRaise(region: string): Promise<boolean> {
    const never: RegisterRecord = { epoch: -1, phase: 'active', region };
    return !(await this.raise(region, { from: never, to: never, by: 'rehearsal' }));
  }

  private async put(
    region: string,
    item: Record<string, AttributeValue>,
    condition: object,
  ): Promise<boolean> {
    return ask(`writing the register in ${region}`, () =>
      conditionally(() =>
        this.client(region).send(new PutItemCommand({ TableName: this.table, Item: item, ...condition })),
      ),
    );
  }

  private item(record: RegisterRecord, by: string): Record<string, AttributeValue> {
    return {
      pk: { S: this.key },
      epoch: { N: String(record.epoch) },
      phase: { S: record.phase },
      region: { S: record.region },
      updatedBy: { S: by },
      updatedAt: { S: this.connection.clock.now().toISOString() },
    };
  }

  private client(region: string): DynamoDBClient {
    return this.connection.client(DynamoDBClient, region);
  }
}

/** Resolves to whether the condition of a write held. */
export async function conditionally(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function parseItem(item: Record<string, AttributeValue>): RegisterState {
  return {
    record: {
      epoch: Number(item.epoch?.N),
      phase: item.phase?.S as RegisterPhase,
      region: item.region?.S ?? '',
    },
    updatedBy: item.updatedBy?.S ?? '',
    updatedAt: item.updatedAt?.S ?? '',
  };
}
