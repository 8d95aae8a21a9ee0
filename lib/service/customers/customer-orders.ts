import { createHash } from 'node:crypto';
import type { Queryable } from '../../runtime/database/database';
import { PostgresEventLog } from '../../runtime/events/postgres-event-log';
import { claimKey } from '../../runtime/idempotency/postgres-idempotency';
import { startSaga } from '../../runtime/saga/postgres-saga-store';
import { currentTraceparent } from '../../runtime/telemetry/trace-context';
import { type AcceptedOrder, acceptOrder, type OrderOutcome, type OrdersOptions } from '../orders/orders';
import { PAYMENT_SAGA, type PaymentInput } from '../saga/saga-payment';

/** What a customer orders and pays. */
export interface CustomerOrderRequest {
  readonly customer: string;
  readonly item: string;
  readonly quantity: number;
  /** Price of the whole, in cents. */
  readonly cents: number;
  /** Whose law the record is under, as the request's header says. */
  readonly jurisdiction?: string;
}

/** One attempt. */
export interface CustomerOrderAttempt {
  readonly request: CustomerOrderRequest;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** Takes orders that are paid for: order, key, first event and saga are one transaction under the lease and the fence. */
export class CustomerOrders {
  constructor(private readonly options: OrdersOptions) {}

  /** Accepts an order; see {@link acceptOrder}. */
  accept(attempt: CustomerOrderAttempt): Promise<OrderOutcome> {
    return acceptOrder(this.options, attempt.request, (transaction, order) =>
      this.write(transaction, order, attempt),
    );
  }

  private async write(transaction: Queryable, order: AcceptedOrder, attempt: CustomerOrderAttempt) {
    const { request, idempotencyKey, correlationId } = attempt;
    const scope = `${this.options.application} POST /orders`;
    const ttlSeconds = this.options.idempotencySeconds();
    const claim = await claimKey<AcceptedOrder>(transaction, {
      ...{ scope, key: idempotencyKey, request, ttlSeconds },
      response: order,
    });
    if (!claim.first) return { order: claim.response, replayed: true };
    const { id, item, quantity, status, epoch, region } = order;
    await transaction.query(
      `INSERT INTO orders (id, item, quantity, status, epoch, region, jurisdiction)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, item, quantity, status, epoch, region, request.jurisdiction ?? null],
    );
    const placed: PaymentInput = { orderId: id, ...request };
    const input: PaymentInput = { ...placed, traceparent: currentTraceparent() };
    const log = new PostgresEventLog(transaction, {
      actor: `customer:${request.customer}`,
      ...{ correlationId, epoch },
    });
    await log.append(`order-${id}`, 0, [{ type: 'order.placed', data: placed }]);
    await startSaga(transaction, {
      id: sagaIdOf(scope, idempotencyKey),
      name: PAYMENT_SAGA,
      ...{ input, correlationId, epoch },
      mayHaveBegun: await raisedWithin(transaction, ttlSeconds),
    });
    return { order, replayed: false };
  }
}

/** Of the client's key: asked again after a failover that lost the order, the provider meets the same tokens. */
function sagaIdOf(scope: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([scope, key]))
    .digest('hex')
    .slice(0, 40);
}

/** Whether a client may be asking for what it asked for in an older epoch. */
async function raisedWithin(transaction: Queryable, seconds: number): Promise<boolean> {
  const { rows } = await transaction.query<{ lately: boolean }>(
    'SELECT raised_at > now() - make_interval(secs => $1) AS lately FROM fence',
    [seconds],
  );
  return rows[0]?.lately !== false;
}
