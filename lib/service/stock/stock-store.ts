import type { Queryable } from '../../runtime/database/database';
import { EventStore, type Fold } from '../../runtime/events/event-store';
import { type EventAuthor, PostgresEventLog } from '../../runtime/events/postgres-event-log';

/** A piece of stock that is set aside under a token. */
export interface Reservation {
  readonly token: string;
  readonly item: string;
  readonly quantity: number;
}

/** How many pieces there are to be had, as it comes of the events of an item. */
const AVAILABLE: Fold<number> = {
  initial: 0,
  shape: 1,
  apply: (available, { type, data }) => {
    const { quantity } = data as { quantity: number };
    return type === 'stock.reserved' ? available - quantity : available + quantity;
  },
};

/** Stock by events, inside the transaction in hand: a stream an item. */
export class StockStore {
  private readonly events: EventStore<number>;

  constructor(
    private readonly transaction: Queryable,
    author: EventAuthor,
  ) {
    this.events = new EventStore({ log: new PostgresEventLog(transaction, author), fold: AVAILABLE });
  }

  /** Pieces that came in. @throws RuntimeError `conflict` when another one was faster */
  async receive(item: string, quantity: number): Promise<void> {
    const { version } = await this.events.load(streamOf(item));
    await this.events.append(streamOf(item), version, [{ type: 'stock.received', data: { item, quantity } }]);
  }

  /**
   * Sets pieces aside, once for a token; returns whether they are. What was refused or released stays so.
   * @throws RuntimeError `conflict` when another one was faster
   */
  async reserve({ token, item, quantity }: Reservation): Promise<boolean> {
    const { version, state: available } = await this.events.load(streamOf(item));
    const enough = available >= quantity;
    const first = await this.answer({ token, item, quantity }, enough ? 'reserved' : 'refused');
    if (!first) return (await this.statusOf(token)) === 'reserved';
    if (enough) await this.append(item, version, 'stock.reserved', { token, item, quantity });
    return enough;
  }

  /** Gives back what is set aside under a token; once. */
  async release({ token, item }: Reservation): Promise<void> {
    const { rows } = await this.transaction.query<{ quantity: number }>(
      `UPDATE stock_reservations SET status = 'released' WHERE token = $1 AND status = 'reserved' RETURNING quantity`,
      [token],
    );
    const quantity = rows[0]?.quantity;
    if (quantity === undefined) return;
    const { version } = await this.events.load(streamOf(item));
    await this.append(item, version, 'stock.released', { token, item, quantity });
  }

  /** Whether something is set aside under a token; if not, it never will be. */
  async settle(reservation: Reservation): Promise<'taken' | 'not-taken'> {
    await this.answer(reservation, 'refused');
    return (await this.statusOf(reservation.token)) === 'reserved' ? 'taken' : 'not-taken';
  }

  private async append(item: string, version: number, type: string, data: Reservation): Promise<void> {
    await this.events.append(streamOf(item), version, [{ type, data }]);
  }

  /** Gives an answer to a token; returns false when it had one. */
  private async answer({ token, item, quantity }: Reservation, status: string): Promise<boolean> {
    const { rowCount } = await this.transaction.query(
      `INSERT INTO stock_reservations (token, item, quantity, status) VALUES ($1, $2, $3, $4)
       ON CONFLICT (token) DO NOTHING`,
      [token, item, quantity, status],
    );
    return rowCount === 1;
  }

  private async statusOf(token: string): Promise<string | undefined> {
    const { rows } = await this.transaction.query<{ status: string }>(
      'SELECT status FROM stock_reservations WHERE token = $1',
      [token],
    );
    return rows[0]?.status;
  }
}

const streamOf = (item: string): string => `stock-${item}`;
