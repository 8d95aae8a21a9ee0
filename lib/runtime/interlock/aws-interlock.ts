import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { reasonOf } from '../errors';
import { limited } from '../limit';
import { lockKeyOf } from '../register/register';
import { toRecord } from '../register/register-reader';
import type { InterlockFacts } from './interlock';
import { breakGlassOfText, longestLock } from './interlock-items';

/** Where a Region's facts are. */
export interface AwsInterlockOptions {
  readonly region: string;
  /** Table of the register; this Region's copy is read. */
  readonly table: string;
  /** Keys of the register's records: the one, or those of the homes. */
  readonly keys: readonly string[];
  /** Parameter that holds the leave of a person, if there is one. */
  readonly parameter: string;
  readonly endpointUrl?: string;
  /** A call that takes longer fails, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

/**
 * Reads what this Region knows of moves under way, from its own copies alone and without a quorum, so that the loss
 * of another Region neither blocks nor opens anything. A reading may be about a second old. Never rejects: a table that
 * cannot be read in time, or holds a damaged record, is told as `unread`, beside the leave that a person gave.
 */
export function awsInterlock(options: AwsInterlockOptions): () => Promise<InterlockFacts> {
  const { region, endpointUrl: endpoint, timeoutMilliseconds: limit } = options;
  const connection = { region, endpoint, maxAttempts: 2, requestHandler: { connectionTimeout: limit } };
  const dynamo = new DynamoDBClient(connection);
  const parameters = new SSMClient(connection);
  const read = (key: string) => readItem(dynamo, options, key);
  return async () => {
    const [moves, breakGlass] = await Promise.all([
      readMoves(read, options.keys).catch(error => ({ records: [], unread: reasonOf(error) })),
      // Leave that cannot be read is none: the refusal stands.
      readLeave(parameters, options).catch(() => undefined),
    ]);
    return { ...moves, breakGlass };
  };
}

/** Before its birth a register holds no record, and nothing can be under way. */
async function readMoves(
  read: (key: string) => ReturnType<typeof readItem>,
  keys: readonly string[],
): Promise<Pick<InterlockFacts, 'records' | 'lock'>> {
  const [locks, records] = await Promise.all([
    Promise.all(keys.map(key => read(lockKeyOf(key)))),
    Promise.all(keys.map(read)),
  ]);
  return { records: records.filter(defined).map(toRecord), lock: longestLock(locks) };
}

const defined = <T>(value: T | undefined): value is T => value !== undefined;

async function readItem(client: DynamoDBClient, options: AwsInterlockOptions, key: string) {
  const command = new GetItemCommand({
    TableName: options.table,
    Key: { pk: { S: key } },
    ConsistentRead: false,
  });
  const { Item } = await limited(options.timeoutMilliseconds, abortSignal =>
    client.send(command, { abortSignal }),
  );
  return Item;
}

async function readLeave(client: SSMClient, options: AwsInterlockOptions) {
  try {
    const command = new GetParameterCommand({ Name: options.parameter });
    const { Parameter } = await limited(options.timeoutMilliseconds, abortSignal =>
      client.send(command, { abortSignal }),
    );
    return breakGlassOfText(Parameter?.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
