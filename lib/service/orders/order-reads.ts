import type { Queryable } from '../../runtime/database/database';
import { toRuntimeError } from '../../runtime/database/fence';
import type { OrderResidency } from '../residency/residency-orders';

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
  /** Whose law it is under; told where a residency policy is in force. */
  readonly jurisdiction?: string;
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
const COLUMNS = `id, item, quantity, status, ${FULFILMENTS}, epoch::float8 AS epoch, region`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Row = Omit<OrderView, 'jurisdiction'> & { readonly jurisdiction?: string | null };

function viewOf({ jurisdiction, ...order }: Row): OrderView {
  return typeof jurisdiction === 'string' ? { ...order, jurisdiction } : order;
}

/** Reads orders from this Region's database, primary or replica. */
export class OrderReads {
  constructor(
    private readonly database: Queryable,
    /** @default - every order may be read here */
    private readonly residency?: OrderResidency,
  ) {}

  /**
   * One order; `undefined` when there is none.
   * @throws RuntimeError `unavailable`, HttpError 421 or 403 for one that may not be here
   */
  async find(id: string): Promise<OrderView | undefined> {
    if (!UUID.test(id)) return undefined;
    const [order] = await this.read<Row>(`SELECT ${this.columns} FROM orders WHERE id = $1`, [id]);
    if (order === undefined) return undefined;
    const view = viewOf(order);
    // Before the cache gets to see it.
    this.residency?.requireHere(view.jurisdiction);
    return view;
  }

  /** Several orders by their ids; those that are not there are left out. @throws RuntimeError `unavailable` */
  async findMany(ids: readonly string[]): Promise<ReadonlyMap<string, OrderView>> {
    const text = `SELECT ${this.columns} FROM orders WHERE id = ANY($1)${this.held(2)}`;
    const rows = await this.read<Row>(text, [ids.filter(id => UUID.test(id)), ...this.holding]);
    return new Map(rows.map(order => [order.id, viewOf(order)]));
  }

  /** Ids of the newest orders, newest first. @throws RuntimeError `unavailable` */
  async recentIds(limit: number): Promise<readonly string[]> {
    const text = `SELECT id FROM orders WHERE true${this.held(2)} ORDER BY created_at DESC LIMIT $1`;
    const rows = await this.read<{ readonly id: string }>(text, [limit, ...this.holding]);
    return rows.map(({ id }) => id);
  }

  /**
   * A page of a ledger by number, then id. Orders that share the last number all come with it, so that a duplicate
   * is never lost between two pages. @throws RuntimeError `unavailable`
   */
  async list(ledger: string, after: number, limit: number): Promise<LedgerPage> {
    const orders = await this.read<LedgerLine>(
      `SELECT id, number::float8 AS number, status, ${FULFILMENTS} FROM
         (SELECT * FROM orders WHERE ledger = $1 AND number > $2${this.held(4)}
           ORDER BY number FETCH FIRST $3 ROWS WITH TIES) AS orders
       ORDER BY number, id`,
      [ledger, after, limit, ...this.holding],
    );
    const last = orders.at(-1);
    return { orders, next: last !== undefined && orders.length >= limit ? last.number : null };
  }

  /** The column of the jurisdiction only where it is needed: a standby of an older release does not have it yet. */
  private get columns(): string {
    return this.residency === undefined ? COLUMNS : `${COLUMNS}, jurisdiction`;
  }

  /** Leaves out what may not be here, by the parameter of that number. */
  private held(parameter: number): string {
    return this.residency === undefined ? '' : ` AND COALESCE(jurisdiction, '*') = ANY($${parameter})`;
  }

  private get holding(): readonly unknown[] {
    return this.residency === undefined ? [] : [this.residency.jurisdictions];
  }

  private async read<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await this.database.query<Row>(text, values)).rows;
    } catch (error) {
      throw toRuntimeError(error);
    }
  }
}
