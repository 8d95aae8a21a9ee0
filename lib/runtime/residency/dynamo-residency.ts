import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RuntimeError } from '../errors';
import { ResidencyGuard } from './residency-guard';
import type { ResidencyPolicy } from './residency-policy';

/** What a guard of global tables stands on. */
export interface DynamoResidencyOptions {
  readonly policy: ResidencyPolicy;
  /** Regions of each guarded table, all of its replicas, by the table's name. Other tables are not looked at. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Attribute of an item that holds its jurisdiction. @default 'jurisdiction' */
  readonly attribute?: string;
}

type Item = Readonly<Record<string, AttributeValue>>;
/** What one command does to one table. */
interface Write {
  readonly table: string;
  /** The whole item; absent when the command does not show it. */
  readonly item?: Item;
}

/** Commands that read, or take away what is there: no record gets further by them. */
const HARMLESS = /^(Get|BatchGet|Query|Scan|Describe|List|Delete|TransactGet)/;

/**
 * Guards every write of a client to global tables, which copy each item to all of their Regions within a second. An item
 * that may not go to each Region of its table is refused before it is sent. So is each write that does not show the whole
 * item (an update, PartiQL): whether it moves a record to another jurisdiction cannot be seen here.
 */
export function guardGlobalTables(client: DynamoDBClient, options: DynamoResidencyOptions): void {
  client.middlewareStack.add(
    (next, context) => args => {
      requireWrites(String(context.commandName ?? ''), args.input, options);
      return next(args);
    },
    { step: 'initialize', name: 'holdfastResidency' },
  );
}

function requireWrites(command: string, input: object, options: DynamoResidencyOptions): void {
  const { policy, tables, attribute = 'jurisdiction' } = options;
  if (HARMLESS.test(command)) return;
  for (const { table, item } of writesOf(command, input)) {
    const targets = tables[table];
    if (targets === undefined) continue;
    if (item === undefined) throw unseen(command, table);
    new ResidencyGuard<Item>({
      policy,
      targets,
      jurisdictionOf: ({ [attribute]: value }) => value?.S,
      nameOf: () => `an item of ${table}`,
    }).require([item]);
  }
}

type Entry = { readonly TableName?: string; readonly Item?: Item };

/** Tables that a command writes to; of a command that is not known, every table, with nothing to see. */
function writesOf(command: string, input: object): readonly Write[] {
  const { TableName, Item, TransactItems, RequestItems, Statement } = input as Entry & {
    readonly TransactItems?: ReadonlyArray<Record<'Put' | 'Update', Entry | undefined>>;
    readonly RequestItems?: Readonly<Record<string, ReadonlyArray<{ PutRequest?: { Item?: Item } }>>>;
    readonly Statement?: string;
  };
  if (command.startsWith('TransactWrite'))
    return (TransactItems ?? []).flatMap(({ Put, Update }) =>
      [Put, Update].flatMap(entry => (entry === undefined ? [] : [writeOf(entry.TableName, entry.Item)])),
    );
  if (command.startsWith('BatchWrite'))
    return Object.entries(RequestItems ?? {}).flatMap(([table, requests]) =>
      requests.flatMap(({ PutRequest }) =>
        PutRequest === undefined ? [] : [writeOf(table, PutRequest.Item)],
      ),
    );
  if (TableName !== undefined) return [writeOf(TableName, Item)];
  if (Statement !== undefined && /^\s*(select|delete)\b/i.test(Statement)) return [];
  throw unseen(command, 'any table');
}

/** A table may be named by its ARN. */
const writeOf = (table = '', item?: Item): Write => ({
  table: table.slice(table.lastIndexOf('/') + 1),
  ...(item === undefined ? {} : { item }),
});

function unseen(command: string, table: string): RuntimeError {
  const problem = {
    path: table,
    received: command,
    message: 'does not show the whole item',
    fix: 'put the item as a whole, under a condition on what was read',
  };
  return new RuntimeError('residency', 'a write whose jurisdiction cannot be seen is refused', [problem]);
}
