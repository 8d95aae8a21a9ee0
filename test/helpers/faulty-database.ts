import type { Database, Queryable } from '../../lib/runtime/database/database';

/** Where a transaction is to fail: before or after its n-th statement, or after its COMMIT was done. */
export type CrashPoint =
  | { readonly at: 'statement'; readonly number: number; readonly when: 'before' | 'after' }
  | { readonly at: 'committed' };

/** A database whose next transaction meets a fault, once. */
export class FaultyDatabase implements Database {
  /** The next transaction fails here. */
  crash: CrashPoint | undefined;
  /** Called once, right after the next COMMIT. */
  onCommitted: (() => void | Promise<void>) | undefined;
  /** Called once, right after the next statement that matches. */
  after: { readonly statement: RegExp; readonly run: () => void | Promise<void> } | undefined;
  /** Statements of the last transaction. */
  statements = 0;

  constructor(private readonly inner: Database) {}

  query: Database['query'] = (text, values) => this.inner.query(text, values);

  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const crash = this.crash;
    this.crash = undefined;
    this.statements = 0;
    const result = await this.inner.transaction(transaction => {
      const query: Queryable['query'] = async (text, values) => {
        this.statements += 1;
        const here = crash?.at === 'statement' && crash.number === this.statements ? crash.when : undefined;
        if (here === 'before') throw new Error('crashed before a statement');
        const answer = await transaction.query(text, values);
        if (here === 'after') throw new Error('crashed after a statement');
        await this.runAfter(text);
        return answer as never;
      };
      return work({ query });
    });
    const committed = this.onCommitted;
    this.onCommitted = undefined;
    await committed?.();
    if (crash?.at === 'committed') throw new Error('crashed after COMMIT');
    return result;
  }

  private async runAfter(text: string): Promise<void> {
    const { after } = this;
    if (after === undefined || !after.statement.test(text)) return;
    this.after = undefined;
    await after.run();
  }
}
