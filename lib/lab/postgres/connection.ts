import { Client, type QueryConfig } from 'pg';

/** Where a server listens and how to enter it as its administrator. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Milliseconds to connect, and for one statement unless told otherwise. */
const TIMEOUT = 3000;

/** One connection to one server, opened when needed and again after it broke. */
export class AdminConnection {
  private client: Promise<Client> | undefined;

  constructor(private readonly address: ServerAddress) {}

  /** Runs one statement and returns its rows; `timeout` in milliseconds. */
  async query<Row extends object>(
    sql: string,
    values: readonly unknown[] = [],
    timeout = TIMEOUT,
  ): Promise<Row[]> {
    this.client ??= this.open();
    const opened = this.client;
    try {
      const client = await opened;
      // The driver's own patience: a stopped server does not answer to a statement timeout either.
      const statement: QueryConfig & { query_timeout: number } = {
        text: sql,
        values: [...values],
        query_timeout: timeout,
      };
      const result = await client.query<Row>(statement);
      return result.rows;
    } catch (error) {
      // An error of SQL leaves the connection usable; any other does not.
      if (!isSqlError(error)) await this.drop(opened);
      throw error;
    }
  }

  /** Closes the connection; the next query opens another. */
  async close(): Promise<void> {
    await this.drop(this.client);
  }

  private async open(): Promise<Client> {
    const client = new Client({
      ...this.address,
      application_name: 'holdfast-lab',
      connectionTimeoutMillis: TIMEOUT,
      keepAlive: true,
    });
    // A server that goes away between two queries is found out by the next one.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private async drop(opened: Promise<Client> | undefined): Promise<void> {
    if (opened === undefined) return;
    if (this.client === opened) this.client = undefined;
    const client = await opened.catch(() => undefined);
    void client?.end().catch(() => undefined);
  }
}

function isSqlError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  // Classes 57P (the server goes away) and 08 (connection) end the connection too.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(57P|08)/.test(code);
}
