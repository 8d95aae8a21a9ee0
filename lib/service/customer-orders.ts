import { createHash } from 'node:crypto';
import type { Queryable } from '../runtime/database/database';
import type { FencedTransactions } from '../runtime/database/fence';
import { PostgresEventLog } from '../runtime/events/postgres-event-log';
import { claimKey } from '../runtime/idempotency/postgres-idempotency';
import { startSaga } from '../runtime/saga/postgres-saga-store';
import type { Activation } from './activation';
import type { AcceptedOrder } from './orders';
import { PAYMENT_SAGA, type PaymentInput } from './saga-payment';

/** What a customer orders and pays. */
export interface CustomerOrderRequest {
  readonly customer: string;
  readonly item: string;
  readonly quantity: number;
  /** Price of the whole, in cents. */
  readonly cents: number;
}

/** What taking customers' orders stands on. */
export interface CustomerOrdersOptions {
  readonly application: string;
  readonly region: string;
  readonly activation: Pick<Activation, 'requireEpoch'>;
  readonly fenced: FencedTransactions;
  /** Makes the id of a new order (a UUID). */
  readonly makeId: () => string;
  /** How long a key is remembered, in seconds; so long a client may ask again. */
  readonly idempotencySeconds: () => number;
}

/** One attempt. */
export interface CustomerOrderAttempt {
  readonly request: CustomerOrderRequest;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** Takes orders that are paid for: order, key, first event and saga are one transaction under the lease and the fence. */
export class CustomerOrders {
  constructor(private readonly options: CustomerOrdersOptions) {}

  /**
   * Accepts an order, or repeats the first answer to its key; see `Orders.accept`.
   * @throws RuntimeError `not-active`, `fenced`, `unavailable` or `key-reused`
   */
  async accept(attempt: CustomerOrderAttempt): Promise<{ order: AcceptedOrder; replayed: boolean }> {
    const { activation, fenced, region, makeId } = this.options;
    const epoch = activation.requireEpoch();
    const { item, quantity } = attempt.request;
    const order: AcceptedOrder = { id: makeId(), item, quantity, status: 'accepted', epoch, region };
    const outcome = await fenced.run(epoch, transaction => this.write(transaction, order, attempt));
    fenced.requireLease(epoch);
    return outcome;
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
      'INSERT INTO orders (id, item, quantity, status, epoch, region) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, item, quantity, status, epoch, region],
    );
    const input: PaymentInput = { orderId: id, ...request };
    const log = new PostgresEventLog(transaction, {
      actor: `customer:${request.customer}`,
      ...{ correlationId, epoch },
    });
    await log.append(`order-${id}`, 0, [{ type: 'order.placed', data: input }]);
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
