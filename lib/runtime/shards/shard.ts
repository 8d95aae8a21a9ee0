import type { Database } from '../database/database';

/** Where a shard is, as a ring document says it. */
export interface ShardPlace {
  readonly shard: string;
  readonly endpoint?: string;
}

/** One shard's tables. */
export interface Shard extends Database {
  /** Before the names of its tables in a statement, such as `"shard_a".`; empty where it has a database of its own. */
  readonly prefix: string;
}
