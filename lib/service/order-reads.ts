import type { Queryable } from '../runtime/database/database';
import { toRuntimeError } from '../runtime/database/fence';

/** Where an order stands. The last two are final. */
export type OrderStatus = 'accepted' | 'fulfilled' | 'rejected';

/** An order as it stands. */
export interface OrderView {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
  readonly status: OrderStatus;
  /** How often it was fulfilled; anything above 1 is a defect that must be visible. */
  readonly fulfilments: number;
  /** Epoch and Region that accepted it. */
  readonly epoch: number;
  readonly region: string;
}

/** One line of a ledger. */
export interface LedgerLine {
  readonly id: string;
  readonly number: number;
  readonly status: OrderStatus;
  readonly fulfilments: number;
}

/** A page of a ledger; `next` is where the following page starts (exclusive), or null at the end. */
export interface LedgerPage {
  readonly orders: readonly LedgerLine[];
  readonly next: number | null;
}

const FULFILMENTS = '(SELECT count(*) FROM effects WHERE effects.order_id = orders.id)::int AS fulfilments';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads orders from this Region's database, primary or replica. */
export class OrderReads {
  constructor(private readonly database: Queryable) {}

  /** One order; `undefined` when there is none. @throws RuntimeError `unavailable` */
  async find(id: string): Promise<OrderView | undefined> {
    if (!UUID.test(id)) return undefined;
    const rows = await this.read<OrderView>(
      `SELECT id, item, quantity, status, ${FULFILMENTS}, epoch::float8 AS epoch, region
         FROM orders WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** Several orders by their ids; those that are not there are left out. @throws RuntimeError `unavailable` */
  async findMany(ids: readonly string[]): Promise<ReadonlyMap<string, OrderView>> {
    const rows = await this.read<OrderView>(
      `SELECT id, item, quantity, status, ${FULFILMENTS}, epoch::float8 AS epoch, region
         FROM orders WHERE id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map(order => [order.id, order]));
  }

  /** Ids of the newest orders, newest first. @throws RuntimeError `unavailable` */
  async recentIds(limit: number): Promise<readonly string[]> {
    const text = 'SELECT id FROM orders ORDER BY created_at DESC LIMIT $1';
    return (await this.read<{ readonly id: string }>(text, [limit])).map(({ id }) => id);
  }

  /**
   * A page of a ledger by number, then id. Orders that share the last number all come with it, so that a duplicate
   * is never lost between two pages. @throws RuntimeError `unavailable`
   */
  async list(ledger: string, after: number, limit: number): Promise<LedgerPage> {
    const orders = await this.read<LedgerLine>(
      `SELECT id, number::float8 AS number, status, ${FULFILMENTS} FROM
         (SELECT * FROM orders WHERE ledger = $1 AND number > $2
           ORDER BY number FETCH FIRST $3 ROWS WITH TIES) AS orders
       ORDER BY number, id`,
      [ledger, after, limit],
    );
    const last = orders.at(-1);
    return { orders, next: last !== undefined && orders.length >= limit ? last.number : null };
  }

  private async read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await this.database.query<Row>(text, values)).rows;
    } catch (error) {
      throw toRuntimeError(error);
    }
  }
}
