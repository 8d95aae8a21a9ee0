import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { breakGlassName, registerTableName } from '../naming';
import type { BreakGlass, InterlockFacts } from '../runtime/interlock/interlock';
import { breakGlassOfText, longestLock, textOfBreakGlass } from '../runtime/interlock/interlock-items';
import { lockKeyOf } from '../runtime/register/register';
import { toRecord } from '../runtime/register/register-reader';
import { ask, Connection, type ConnectionOptions } from './clients';

/** What the deploy interlock of each Region goes by, for an operator. */
export interface InterlockFactsStore {
  /**
   * What this Region's own copies say, as its interlock reads them.
   * @throws HoldfastError `unavailable` when the Region does not answer
   */
  facts(region: string): Promise<InterlockFacts>;
  /** Gives leave in this Region; the parameter's history keeps every one. */
  give(region: string, leave: BreakGlass): Promise<void>;
  /** Takes leave back; whether there was one. */
  takeBack(region: string): Promise<boolean>;
  close(): void;
}

/** Reads and writes what the interlocks go by. */
export function createInterlockFacts(
  options: ConnectionOptions & {
    readonly application: string;
    /** Keys of the register's records. */
    readonly keys: readonly string[];
  },
): InterlockFactsStore {
  const connection = new Connection(options);
  const Name = breakGlassName(options.application);
  const TableName = registerTableName(options.application);
  const parameters = (region: string) => connection.client(SSMClient, region);
  const item = async (region: string, key: string) => {
    const command = new GetItemCommand({ TableName, Key: { pk: { S: key } }, ConsistentRead: false });
    const client = connection.client(DynamoDBClient, region);
    return (await ask(`reading ${key} of the register in ${region}`, () => client.send(command))).Item;
  };
  return {
    async facts(region) {
      const [locks, records, breakGlass] = await Promise.all([
        Promise.all(options.keys.map(key => item(region, lockKeyOf(key)))),
        Promise.all(options.keys.map(key => item(region, key))),
        ask(`reading ${Name} in ${region}`, () => readLeave(parameters(region), Name)),
      ]);
      const known = records.flatMap(record => (record === undefined ? [] : [toRecord(record)]));
      return { records: known, lock: longestLock(locks), breakGlass };
    },
    async give(region, leave) {
      const command = new PutParameterCommand({
        ...{ Name, Type: 'String', Overwrite: true },
        Value: textOfBreakGlass(leave),
      });
      await ask(`writing ${Name} in ${region}`, () => parameters(region).send(command));
    },
    takeBack: region => ask(`deleting ${Name} in ${region}`, () => deleteLeave(parameters(region), Name)),
    close: () => connection.close(),
  };
}

async function readLeave(client: SSMClient, Name: string): Promise<BreakGlass | undefined> {
  try {
    return breakGlassOfText((await client.send(new GetParameterCommand({ Name }))).Parameter?.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function deleteLeave(client: SSMClient, Name: string): Promise<boolean> {
  try {
    await client.send(new DeleteParameterCommand({ Name }));
    return true;
  } catch (error) {
    if (error instanceof ParameterNotFound) return false;
    throw error;
  }
}
