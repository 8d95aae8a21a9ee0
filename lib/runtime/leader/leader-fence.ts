import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import type { Tenure } from './leader-lease';
import { compareTokens, type FencingToken, tokenText } from './token';

/** What fenced transactions of a leader stand on. */
export interface LeaderTransactionsOptions {
  /** What is guarded: one row of `leader_fences` (`LEADER_SCHEMA`). */
  readonly resource: string;
  /** Runs a transaction of an epoch: `FencedTransactions.run`, or a plain one where there is no register. */
  readonly transaction: <T>(epoch: number, work: (transaction: Queryable) => Promise<T>) => Promise<T>;
  /** `LeaderElection.current`. */
  readonly current: () => Tenure | undefined;
}

/**
 * Transactions of a leader, refused by the database itself once a newer leader has begun one on the same resource.
 * Each holds the resource's row shared, so that no newer token comes in between; the first of a token raises it.
 */
export class LeaderTransactions {
  private confirmed: FencingToken = { epoch: -1, term: -1 };

  constructor(private readonly options: LeaderTransactionsOptions) {}

  /**
   * Runs `work` in a transaction under `token`.
   *
   * @throws RuntimeError `fenced` when the resource has seen a newer token, `not-active` when the tenure is over
   * before COMMIT
   */
  async run<T>(token: FencingToken, work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const result = await this.options.transaction(token.epoch, async transaction => {
      await this.enter(transaction, token);
      const outcome = await work(transaction);
      const tenure = this.options.current();
      if (tenure === undefined || compareTokens(tenure.token, token) !== 0)
        throw new RuntimeError('not-active', `the tenure of ${tokenText(token)} is over`);
      return outcome;
    });
    if (compareTokens(token, this.confirmed) > 0) this.confirmed = token;
    return result;
  }

  private async enter(transaction: Queryable, token: FencingToken): Promise<void> {
    const { resource } = this.options;
    // Raised before it is shared: two first transactions queue here and cannot deadlock.
    if (compareTokens(token, this.confirmed) > 0)
      await transaction.query(RAISE, [resource, token.epoch, token.term]);
    const { rows } = await transaction.query<FencingToken>(SHARE, [resource]);
    const fence = rows[0];
    if (fence === undefined)
      throw new RuntimeError('unavailable', `the fence of ${resource} is missing in the database`);
    if (compareTokens(fence, token) > 0)
      throw new RuntimeError(
        'fenced',
        `${tokenText(token)} is over: ${resource} has seen ${tokenText(fence)}`,
      );
  }
}

const RAISE = `INSERT INTO leader_fences (resource, epoch, term) VALUES ($1, $2, $3)
  ON CONFLICT (resource) DO UPDATE SET epoch = excluded.epoch, term = excluded.term
  WHERE (leader_fences.epoch, leader_fences.term) < (excluded.epoch, excluded.term)`;
const SHARE = 'SELECT epoch::float8, term::float8 FROM leader_fences WHERE resource = $1 FOR SHARE';
