import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { limited } from '../limit';
import { DRILL_LOCK_KEY, REGISTER_KEY, type RegisterRecord } from '../register/register';
import { type DynamoRegisterOptions, toRecord } from '../register/register-reader';
import { FAILOVER_REQUEST_KEY, type FailoverRequest } from './failover-request';

type Item = Record<string, AttributeValue> | undefined;

/** What a controller of automatic mode reads and writes in the register's table, at its own Region's endpoint. */
export class FailoverStore {
  private readonly client: DynamoDBClient;

  constructor(private readonly options: DynamoRegisterOptions) {
    this.client = new DynamoDBClient({
      region: options.region,
      endpoint: options.endpointUrl,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: options.timeoutMilliseconds },
    });
  }

  /** The register with the time of its last move. */
  async register(): Promise<RegisterRecord & { readonly updatedAt?: number }> {
    const item = await this.read(REGISTER_KEY);
    return { ...toRecord(item as Parameters<typeof toRecord>[0]), updatedAt: timeOf(item?.updatedAt) };
  }

  /** Whether a drill holds its lock: its last heartbeat is younger than its lease. */
  async drillRuns(now: number): Promise<boolean> {
    const item = await this.read(DRILL_LOCK_KEY);
    if (item === undefined) return false;
    const heartbeat = timeOf(item.heartbeatAt);
    // A lock that cannot be read as one is somebody's all the same.
    return heartbeat === undefined || now < heartbeat + Number(item.leaseSeconds?.N ?? Infinity) * 1000;
  }

  /** The last request, or `none`. */
  async lastRequest(): Promise<FailoverRequest | 'none'> {
    const item = await this.read(FAILOVER_REQUEST_KEY);
    if (item === undefined) return 'none';
    return {
      from: item.from?.S ?? '',
      to: item.to?.S ?? '',
      epoch: Number(item.epoch?.N),
      requestedAt: timeOf(item.requestedAt) ?? 0,
      because: item.because?.S ?? '',
    };
  }

  /** Writes a request in the place of the last one that was seen; resolves to whether it was written. */
  async request(request: FailoverRequest, last: FailoverRequest | 'none'): Promise<boolean> {
    const condition =
      last === 'none'
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#at = :at',
            ExpressionAttributeNames: { '#at': 'requestedAt' },
            ExpressionAttributeValues: { ':at': { S: textOf(last.requestedAt) } },
          };
    const Item = {
      pk: { S: FAILOVER_REQUEST_KEY },
      from: { S: request.from },
      to: { S: request.to },
      epoch: { N: String(request.epoch) },
      requestedAt: { S: textOf(request.requestedAt) },
      because: { S: request.because },
    };
    const command = new PutItemCommand({ TableName: this.options.table, Item, ...condition });
    try {
      await this.within(abortSignal => this.client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private async read(key: string): Promise<Item> {
    const command = new GetItemCommand({
      TableName: this.options.table,
      Key: { pk: { S: key } },
      ConsistentRead: true,
    });
    const answer = await this.within(abortSignal => this.client.send(command, { abortSignal }));
    return answer.Item;
  }

  private within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return limited(this.options.timeoutMilliseconds, work);
  }
}

const textOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

function timeOf(value: AttributeValue | undefined): number | undefined {
  const time = Date.parse(value?.S ?? '');
  return Number.isNaN(time) ? undefined : time;
}
