import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { RuntimeError } from '../errors';
import { limited } from '../limit';
import type { RegisterReader } from './lease-keeper';
import { REGISTER_KEY, type RegisterPhase, type RegisterRecord } from './register';

/** Where and how the register is read. */
export interface DynamoRegisterOptions {
  readonly region: string;
  readonly table: string;
  readonly endpointUrl?: string;
  /** Key of the record. @default 'register' */
  readonly key?: string;
  /** A reading that takes longer fails, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Reads the register from its DynamoDB table, strongly consistent, once, without the SDK's own retries. */
export function dynamoRegisterReader(options: DynamoRegisterOptions): RegisterReader {
  const client = new DynamoDBClient({
    region: options.region,
    endpoint: options.endpointUrl,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: options.timeoutMilliseconds },
  });
  const Key = { pk: { S: options.key ?? REGISTER_KEY } };
  return {
    async read() {
      const command = new GetItemCommand({ TableName: options.table, Key, ConsistentRead: true });
      const answer = await limited(options.timeoutMilliseconds, abortSignal =>
        client.send(command, { abortSignal }),
      );
      return toRecord(answer.Item);
    },
  };
}

type Item = Readonly<Record<string, { S?: string; N?: string }>>;

/** The record of a table item; rejects what is missing or damaged as `unavailable`. */
export function toRecord(item: Item | undefined): RegisterRecord {
  if (item === undefined) throw new RuntimeError('unavailable', 'the register holds no record yet');
  const epoch = Number(item.epoch?.N);
  const phase = item.phase?.S;
  const region = item.region?.S;
  if (!Number.isSafeInteger(epoch) || !isPhase(phase) || !region) {
    throw new RuntimeError('unavailable', `the register holds a damaged record: ${JSON.stringify(item)}`);
  }
  return { epoch, phase, region };
}

function isPhase(text: string | undefined): text is RegisterPhase {
  return text === 'fencing' || text === 'promoting' || text === 'active';
}
