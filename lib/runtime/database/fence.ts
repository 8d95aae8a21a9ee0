import { RuntimeError, reasonOf } from '../errors';
import type { LeaseState } from '../register/lease';
import { type Database, databaseCode, type Queryable, SQLSTATE } from './database';

/** Whether writes may be acknowledged now. */
export type LeaseView = () => LeaseState;

/**
 * Transactions under a lease and under the fence in the database (law 6). The table `fence` holds one row, the
 * newest epoch that ever wrote; each transaction holds it shared, so that it cannot be raised in between, and a
 * transaction of an older epoch is refused by the database itself. The lease is checked last thing before COMMIT.
 */
export class FencedTransactions {
  private confirmed = 0;

  constructor(
    private readonly database: Database,
    private readonly lease: LeaseView,
  ) {}

  /**
   * Runs `work` in a transaction of `epoch`.
   * @throws RuntimeError `fenced` when the database knows a newer epoch, `not-active` when the lease of this epoch
   * is over or the database takes no writes, `unavailable` when the database does not answer.
   */
  async run<T>(epoch: number, work: (transaction: Queryable) => Promise<T>): Promise<T> {
    try {
      const result = await this.database.transaction(async transaction => {
        await this.enter(transaction, epoch);
        const outcome = await work(transaction);
        this.requireLease(epoch);
        return outcome;
      });
      this.confirmed = Math.max(this.confirmed, epoch);
      return result;
    } catch (error) {
      throw toRuntimeError(error);
    }
  }

  /** Throws `not-active` unless the lease of exactly this epoch is held at this moment. */
  requireLease(epoch: number): void {
    const state = this.lease();
    if (state.held && state.epoch === epoch) return;
    throw new RuntimeError('not-active', `the lease of epoch ${epoch} is over`);
  }

  private async enter(transaction: Queryable, epoch: number): Promise<void> {
    if (epoch > this.confirmed) {
      // The exclusive lock comes before the shared one: two first writers queue here and cannot deadlock.
      await transaction.query('UPDATE fence SET epoch = $1, raised_at = now() WHERE epoch < $1', [epoch]);
    }
    const { rows } = await transaction.query<{ epoch: string }>('SELECT epoch FROM fence FOR SHARE');
    const fence = rows[0];
    if (fence === undefined) throw new RuntimeError('unavailable', 'the fence is missing in the database');
    if (Number(fence.epoch) > epoch) {
      throw new RuntimeError('fenced', `epoch ${epoch} is over: the database has seen epoch ${fence.epoch}`);
    }
  }
}

/** Says in the run time's own words what a failed statement means; bugs in SQL stay as they are. */
export function toRuntimeError(error: unknown): unknown {
  if (error instanceof RuntimeError || isBug(error)) return error;
  const code = databaseCode(error);
  if (code === SQLSTATE.readOnlyTransaction) {
    return new RuntimeError('not-active', 'the database of this Region takes no writes', [], {
      cause: error,
    });
  }
  if (code === SQLSTATE.undefinedTable) {
    return new RuntimeError('unavailable', 'the schema is not there yet', [], { cause: error });
  }
  if (!isPassing(code)) return error;
  return new RuntimeError('unavailable', `the database does not answer: ${reasonOf(error)}`, [], {
    cause: error,
  });
}

/** What only a mistake in code throws; it must not look like a database that is away. */
function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

/**
 * Classes 08 connection, 25 idle timeout, 28 authentication (a token that expired, roles not replicated yet),
 * 40 rolled back, 53 resources, 55 not in state, 57 operator intervention, 58 system; and errors without an
 * SQLSTATE, which come from the network or the pool.
 */
function isPassing(code: string | undefined): boolean {
  return (
    code === undefined ||
    code.length !== 5 ||
    /^(08|25|28|40|53|55|57|58)/.test(code) ||
    /^E[A-Z]{4}$/.test(code)
  );
}
