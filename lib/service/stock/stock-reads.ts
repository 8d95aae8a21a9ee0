import type { Queryable } from '../../runtime/database/database';
import { toRuntimeError } from '../../runtime/database/fence';
import type { OrderResidency } from '../residency/residency-orders';

/** What there is of an item, as of the last event that the read model has. */
export interface StockLevel {
  readonly item: string;
  readonly available: number;
  readonly reserved: number;
}

/** One order of a customer. */
export interface CustomerOrder {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
  readonly cents: number;
  /** Paid is `confirmed`, and then it is `fulfilled`. */
  readonly status: 'placed' | 'confirmed' | 'fulfilled' | 'rejected';
}

/** A page; `next` is where the following one starts (exclusive), or null at the end. */
export interface CustomerOrderPage {
  readonly orders: readonly CustomerOrder[];
  readonly next: number | null;
}

const LIVE = (name: string): string => `(SELECT live FROM projections WHERE name = '${name}')`;

/** Reads the read models of this Region's database, primary or replica. */
export class StockReads {
  constructor(
    private readonly database: Queryable,
    /** @default - every order may be read here */
    private readonly residency?: Pick<OrderResidency, 'jurisdictions'>,
  ) {}

  /** One item; `undefined` when no event tells of it. @throws RuntimeError `unavailable` */
  async level(item: string): Promise<StockLevel | undefined> {
    const rows = await this.read<StockLevel>(
      `SELECT item, available::float8 AS available, reserved::float8 AS reserved FROM stock_levels
        WHERE item = $1 AND generation = ${LIVE('stock-levels')}`,
      [item],
    );
    return rows[0];
  }

  /** Orders of a customer, in the order of their placing. @throws RuntimeError `unavailable` */
  async byCustomer(customer: string, after: number, limit: number): Promise<CustomerOrderPage> {
    const { residency } = this;
    const held =
      residency === undefined
        ? ''
        : ` AND EXISTS (SELECT FROM orders WHERE id = order_id AND COALESCE(jurisdiction, '*') = ANY($4))`;
    const values = residency === undefined ? [] : [residency.jurisdictions];
    const rows = await this.read<CustomerOrder & { position: number }>(
      `SELECT order_id AS id, item, quantity, cents::float8 AS cents, status, position::float8 AS position
         FROM customer_orders WHERE customer = $1 AND position > $2 AND generation = ${LIVE('customer-orders')}${held}
        ORDER BY position LIMIT $3`,
      [customer, after, limit, ...values],
    );
    const last = rows.at(-1)?.position;
    return {
      orders: rows.map(({ position: _, ...order }) => order),
      next: last !== undefined && rows.length === limit ? last : null,
    };
  }

  private async read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await this.database.query<Row>(text, values)).rows;
    } catch (error) {
      throw toRuntimeError(error);
    }
  }
}
