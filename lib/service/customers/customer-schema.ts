import { EVENT_LOG_SCHEMA } from '../../runtime/events/event-log-schema';
import { SAGA_SCHEMA } from '../../runtime/saga/saga-schema';
import { PAYMENT_SCHEMA } from '../payment/payment-provider';

/** Tables of customers' orders: events, sagas, stock, read models, and the lab's payment provider. Repeatable. */
export const CUSTOMER_SCHEMA = `
${EVENT_LOG_SCHEMA}
${SAGA_SCHEMA}
-- Orders of a database that knew no rejected ones. Only where it is needed: it locks and reads the whole table.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'orders_status_check'
                    AND pg_get_constraintdef(oid) LIKE '%rejected%') THEN
    ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_status_check;
    ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ('accepted', 'fulfilled', 'rejected'));
  END IF;
END $$;
-- What was answered to each token: an answer stays what it was, a refusal too.
CREATE TABLE IF NOT EXISTS stock_reservations (
  token text PRIMARY KEY,
  item text NOT NULL,
  quantity integer NOT NULL,
  status text NOT NULL CHECK (status IN ('reserved', 'refused', 'released'))
);
-- Read models; see OrderedProjection.
CREATE TABLE IF NOT EXISTS stock_levels (
  generation integer NOT NULL,
  item text NOT NULL,
  available bigint NOT NULL,
  reserved bigint NOT NULL,
  PRIMARY KEY (generation, item)
);
CREATE TABLE IF NOT EXISTS customer_orders (
  generation integer NOT NULL,
  order_id uuid NOT NULL,
  position bigint NOT NULL,
  customer text NOT NULL,
  item text NOT NULL,
  quantity integer NOT NULL,
  cents bigint NOT NULL,
  status text NOT NULL,
  PRIMARY KEY (generation, order_id)
);
CREATE INDEX IF NOT EXISTS customer_orders_by_customer ON customer_orders (generation, customer, position);
${PAYMENT_SCHEMA}`;
