// Reads Parquet as a report would: DuckDB over the files, no database near.
import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query, as plain objects; big integers as numbers. */
export async function duck(text: string): Promise<ReadonlyArray<Record<string, unknown>>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(text);
    return reader
      .getRowObjects()
      .map(row =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === 'bigint' ? Number(value) : value === null ? null : plain(value),
          ]),
        ),
      );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const plain = (value: unknown): unknown => (typeof value === 'object' ? String(value) : value);

/** Table of every file below a folder, with `day` from its path. */
export const parquetIn = (folder: string): string =>
  `read_parquet('${folder}/**/*.parquet', hive_partitioning = true, hive_types = {'day': VARCHAR})`;
