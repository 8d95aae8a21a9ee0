import type { Row } from '../changes/analytics-feed';
import type { Columns, ColumnType } from './columns';

const PARQUET = {
  string: 'STRING',
  bigint: 'INT64',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>;

/**
 * Rows as the bytes of one Parquet file, compressed by Snappy; the same rows give the same bytes. A value that is not of
 * its column's type is null there, and stands in the image all the same.
 */
export async function parquetFile(rows: readonly Row[], columns: Columns): Promise<Uint8Array> {
  // An ES module alone, and of no use to whoever writes no files.
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = Object.entries(columns).map(([name, type]) => ({
    name,
    type: PARQUET[type],
    data: rows.map(row => cell(row[name], type)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'holdfast' }));
}

function cell(value: Row[string] | undefined, type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return String(value);
    case 'bigint':
      return Number.isSafeInteger(value) ? BigInt(value as number) : null;
    case 'double':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'timestamp':
      return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}Z`) : null;
  }
}
