/** Types of columns, in the words of Glue and Athena. */
export type ColumnType = 'string' | 'bigint' | 'double' | 'boolean' | 'timestamp';

/** Columns by their names, in their order. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** Columns of every change: what files have, and what `constructs/async/analytics-table` declares to Glue. */
export const CHANGE_COLUMNS: Columns = {
  change_id: 'string',
  entity: 'string',
  entity_key: 'string',
  change_type: 'string',
  changed_at: 'timestamp',
  epoch: 'bigint',
  before_image: 'string',
  after_image: 'string',
};

/** The column by which files are parted, told by their folders. */
export const PARTITION = 'day';

/** Columns of a table: its own, in lower case as Athena sees them, then those of every change. */
export function columnsOf(own: Columns): Columns {
  const lower = Object.entries(own).map(([name, type]) => [name.toLowerCase(), type] as const);
  return { ...Object.fromEntries(lower), ...CHANGE_COLUMNS };
}
