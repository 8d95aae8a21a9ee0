import type { Queryable } from '../../runtime/database/database';
import type { OrderedProjection } from '../../runtime/events/projector';
import type { PaymentInput } from '../saga/saga-payment';
import type { Reservation } from './stock-store';

/** How much of each item there is. */
export const STOCK_LEVELS: OrderedProjection<Queryable> = {
  name: 'stock-levels',
  shape: 1,
  async apply(transaction, generation, { type, data }) {
    if (!type.startsWith('stock.')) return;
    const { item, quantity } = data as Omit<Reservation, 'token'>;
    const [available, reserved] = changeOf(type, quantity);
    await transaction.query(
      `INSERT INTO stock_levels AS level (generation, item, available, reserved) VALUES ($1, $2, $3, $4)
       ON CONFLICT (generation, item) DO UPDATE
         SET available = level.available + EXCLUDED.available, reserved = level.reserved + EXCLUDED.reserved`,
      [generation, item, available, reserved],
    );
  },
  async discard(transaction, generation) {
    await transaction.query('DELETE FROM stock_levels WHERE generation = $1', [generation]);
  },
};

/** What customers have ordered, and what became of it. */
export const CUSTOMER_ORDERS: OrderedProjection<Queryable> = {
  name: 'customer-orders',
  shape: 1,
  async apply(transaction, generation, { type, data, position }) {
    if (!type.startsWith('order.')) return;
    const { orderId, customer, item, quantity, cents } = data as PaymentInput;
    if (type === 'order.placed') {
      await transaction.query(
        `INSERT INTO customer_orders (generation, order_id, position, customer, item, quantity, cents, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'placed')`,
        [generation, orderId, position, customer, item, quantity, cents],
      );
      return;
    }
    const { rowCount } = await transaction.query(
      'UPDATE customer_orders SET status = $3 WHERE generation = $1 AND order_id = $2',
      [generation, orderId, type.slice('order.'.length)],
    );
    if (rowCount !== 1) throw new Error(`order ${orderId} was ${type} and never placed`);
  },
  async discard(transaction, generation) {
    await transaction.query('DELETE FROM customer_orders WHERE generation = $1', [generation]);
  },
};

function changeOf(type: string, quantity: number): readonly [available: number, reserved: number] {
  if (type === 'stock.received') return [quantity, 0];
  return type === 'stock.reserved' ? [-quantity, quantity] : [quantity, -quantity];
}
