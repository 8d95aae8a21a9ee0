// DynamoDB in memory for the commands of the idempotency store and of parking: it enforces conditions as they are
// written, is atomic over all items of a transaction, and keeps client tokens. Anything it does not know, it refuses.
import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB holds it. */
export type TableItem = Record<string, AttributeValue>;

interface Conditional {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: TableItem;
}

/** A failure as the SDK throws it. */
export class TableError extends Error {
  constructor(
    override readonly name: string,
    readonly CancellationReasons?: ReadonlyArray<{ Code: string; Item?: TableItem }>,
  ) {
    super(name);
  }
}

/** Tables by name, each with the names of its key's attributes. */
export class SimulatedTables {
  private readonly tables = new Map<string, Map<string, TableItem>>();
  private readonly tokens = new Map<string, string>();

  constructor(private readonly keys: Readonly<Record<string, readonly string[]>>) {
    for (const name of Object.keys(keys)) this.tables.set(name, new Map());
  }

  /** All items of a table. */
  items(table: string): TableItem[] {
    return [...this.table(table).values()];
  }

  /** Runs a command at this moment. @throws TableError as DynamoDB would */
  run(command: object): unknown {
    if (command instanceof GetItemCommand) {
      const { TableName = '', Key = {} } = command.input;
      return { Item: this.table(TableName).get(this.keyOf(TableName, Key)) };
    }
    if (command instanceof PutItemCommand) {
      const { TableName = '', Item = {} } = command.input;
      if (!this.holds(TableName, Item, command.input))
        throw new TableError('ConditionalCheckFailedException');
      this.put(TableName, Item);
      return {};
    }
    if (command instanceof TransactWriteItemsCommand) return this.transact(command);
    throw new Error(`no ${command.constructor.name}`);
  }

  private transact({ input }: TransactWriteItemsCommand): unknown {
    const { TransactItems = [], ClientRequestToken } = input;
    if (ClientRequestToken !== undefined) {
      const asked = JSON.stringify(TransactItems);
      const before = this.tokens.get(ClientRequestToken);
      if (before === asked) return {};
      if (before !== undefined) throw new TableError('IdempotentParameterMismatchException');
    }
    const reasons = TransactItems.map(item => this.judge(item));
    if (reasons.some(({ Code }) => Code !== 'None'))
      throw new TableError('TransactionCanceledException', reasons);
    for (const { Put } of TransactItems) if (Put !== undefined) this.put(Put.TableName ?? '', Put.Item ?? {});
    if (ClientRequestToken !== undefined) this.tokens.set(ClientRequestToken, JSON.stringify(TransactItems));
    return {};
  }

  private judge({ Put, ConditionCheck }: TransactWriteItem): { Code: string; Item?: TableItem } {
    const part = Put ?? ConditionCheck;
    if (part === undefined) throw new Error('only puts and condition checks are known');
    const { TableName = '' } = part;
    const key = Put?.Item ?? ConditionCheck?.Key ?? {};
    if (this.holds(TableName, key, part)) return { Code: 'None' };
    const Item = this.table(TableName).get(this.keyOf(TableName, key));
    return part.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
      ? { Code: 'ConditionalCheckFailed', Item }
      : { Code: 'ConditionalCheckFailed' };
  }

  private holds(table: string, key: TableItem, conditional: Conditional): boolean {
    const { ConditionExpression: expression, ExpressionAttributeValues: values = {} } = conditional;
    if (expression === undefined) return true;
    const item = this.table(table).get(this.keyOf(table, key)) ?? {};
    return expression
      .split(' OR ')
      .some(part => part.split(' AND ').every(test => satisfies(test.trim(), item, values)));
  }

  private put(table: string, item: TableItem): void {
    this.table(table).set(this.keyOf(table, item), item);
  }

  private table(name: string): Map<string, TableItem> {
    const table = this.tables.get(name);
    if (table === undefined) throw new TableError('ResourceNotFoundException');
    return table;
  }

  private keyOf(table: string, item: TableItem): string {
    return (this.keys[table] ?? [])
      .map(name => {
        const value = item[name]?.S;
        if (!value) throw new TableError('ValidationException');
        return value;
      })
      .join('\n');
  }
}

/** One test of a condition: `attribute_exists(a)`, `attribute_not_exists(a)` or a comparison of numbers. */
function satisfies(test: string, item: TableItem, values: TableItem): boolean {
  const presence = /^attribute_(not_)?exists\((\w+)\)$/.exec(test);
  if (presence !== null) return (item[presence[2] ?? ''] === undefined) === (presence[1] !== undefined);
  const [, name = '', operator, value = ''] = /^(\w+) (<=|<|>|>=|=) (:\w+)$/.exec(test) ?? [];
  const [left, right] = [item[name]?.N, values[value]?.N];
  if (operator === undefined || right === undefined) throw new TableError('ValidationException');
  if (left === undefined) return false;
  if (operator === '<=') return Number(left) <= Number(right);
  if (operator === '<') return Number(left) < Number(right);
  if (operator === '>') return Number(left) > Number(right);
  return operator === '>=' ? Number(left) >= Number(right) : Number(left) === Number(right);
}
