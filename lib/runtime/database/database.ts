/** One answer of the database. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

/** Something that runs statements: a pool, or the transaction in hand. */
export interface Queryable {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>>;
}

/** What the service asks of its database. */
export interface Database extends Queryable {
  /**
   * Runs `work` in one READ COMMITTED transaction and commits when it returns; whatever it throws rolls back. When
   * COMMIT itself fails the outcome is unknown to the caller, who finds out by asking again under the same key.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
}

/** What the last probe of the database found. */
export interface DatabaseStatus {
  /** `undefined` when it answers, else why not. */
  readonly problem?: string;
  /** Whether it takes writes: false on a replica and while it does not answer. */
  readonly writable: boolean;
  /** Replay lag of a replica in seconds, where the engine tells it. */
  readonly lagSeconds?: number;
}

/** SQLSTATE codes that mean something to the service. Source: PostgreSQL manual, appendix A. */
export const SQLSTATE = {
  readOnlyTransaction: '25006',
  undefinedTable: '42P01',
} as const;

/** The SQLSTATE or system code of an error, if it has one. */
export function databaseCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
