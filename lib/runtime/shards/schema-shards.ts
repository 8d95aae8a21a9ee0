import type { Database, Queryable } from '../database/database';
import { toRuntimeError } from '../database/fence';
import { RuntimeError } from '../errors';
import type { Shard, ShardPlace } from './shard';
import { SHARD_SCHEMA } from './shard-record';

/** Shards that are schemas of one database. */
export interface SchemaShardsOptions {
  readonly database: Queryable;
  /** Runs a transaction that may write: one under the lease and the fence of an epoch, where there is a register. */
  readonly transaction: Database['transaction'];
}

/** Any number, the same in every process: two that make schemas at once take turns. */
const MAKING_LOCK = 7_410_633_022;

const NAME = /^[a-z][a-z0-9_]{0,40}$/;

/**
 * The schema of a shard, `shard_<name>`, quoted.
 *
 * @throws RuntimeError `invalid-input` for a name that is not made of lower-case letters, digits and underscores
 */
export function schemaOf(shard: string): string {
  if (NAME.test(shard)) return `"shard_${shard}"`;
  const fix = 'begin with a letter; use at most 41 lower-case letters, digits and underscores';
  const problem = { path: 'shards', received: shard, message: 'cannot name a schema', fix };
  throw new RuntimeError('invalid-input', 'a shard is not named as a schema is', [problem]);
}

/**
 * Opens shards that are schemas of the Region's own database. They are moved between and fenced as shards with databases
 * of their own are, and share no transaction; they do share the database's capacity.
 */
export function schemaShards({ database, transaction }: SchemaShardsOptions): (place: ShardPlace) => Shard {
  return ({ shard }) => ({
    prefix: `${schemaOf(shard)}.`,
    query: (text, values) =>
      database.query<never>(text, values).catch(error => {
        throw toRuntimeError(error);
      }),
    transaction,
  });
}

/** Makes the schemas that are not there yet; one reading when all are. The user needs CREATE on the database. */
export async function createShardSchemas(database: Database, shards: readonly string[]): Promise<void> {
  const schemas = shards.map(schemaOf);
  const { rows } = await database.query<{ schema: string }>(
    `SELECT schema FROM unnest($1::text[]) schema WHERE to_regclass(schema || '.records') IS NULL`,
    [schemas],
  );
  for (const { schema } of rows) await database.transaction(transaction => create(transaction, schema));
}

async function create(transaction: Queryable, schema: string): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [MAKING_LOCK]);
  // Asked of the table: IF NOT EXISTS goes by this connection's cache, which may be of before the lock.
  const { rowCount } = await transaction.query(
    `SELECT 1 FROM pg_namespace WHERE format('"%s"', nspname) = $1`,
    [schema],
  );
  if (rowCount === 0) await transaction.query(`CREATE SCHEMA ${schema}`);
  await transaction.query(`SET LOCAL search_path TO ${schema}; ${SHARD_SCHEMA}`);
}
