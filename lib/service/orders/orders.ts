import type { Queryable } from '../../runtime/database/database';
import type { FencedTransactions } from '../../runtime/database/fence';
import { claimKey } from '../../runtime/idempotency/postgres-idempotency';
import { addToOutbox } from '../../runtime/outbox/outbox';
import type { Activation } from '../activation';
import type { OrderRequest } from './order-request';

/** The answer to an accepted order, and to every repetition of it. */
export interface AcceptedOrder {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
  readonly status: 'accepted';
  readonly epoch: number;
  readonly region: string;
}

/** What taking orders stands on. */
export interface OrdersOptions {
  readonly application: string;
  readonly region: string;
  readonly activation: Pick<Activation, 'requireEpoch'>;
  readonly fenced: FencedTransactions;
  /** Makes the id of a new order (a UUID). */
  readonly makeId: () => string;
  /** How long a key is remembered, in seconds. */
  readonly idempotencySeconds: () => number;
}

/** One attempt of a client to order. */
export interface OrderAttempt {
  readonly request: OrderRequest;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** The answer, and whether it is the first one again. */
export interface OrderOutcome {
  readonly order: AcceptedOrder;
  readonly replayed: boolean;
}

/**
 * Accepts an order by what `write` does in one transaction, or repeats the first answer to its key. The lease is checked
 * before COMMIT and again before the answer: when it ended in between, the order may stand, but it is not acknowledged,
 * and the client that asks again under the same key learns what became of it.
 *
 * @throws RuntimeError `not-active`, `fenced`, `unavailable` or `key-reused`
 */
export async function acceptOrder(
  { activation, fenced, region, makeId }: OrdersOptions,
  { item, quantity }: Pick<OrderRequest, 'item' | 'quantity'>,
  write: (transaction: Queryable, order: AcceptedOrder) => Promise<OrderOutcome>,
): Promise<OrderOutcome> {
  const epoch = activation.requireEpoch();
  const order: AcceptedOrder = { id: makeId(), item, quantity, status: 'accepted', epoch, region };
  const outcome = await fenced.run(epoch, transaction => write(transaction, order));
  fenced.requireLease(epoch);
  return outcome;
}

/** Takes orders: order, idempotency record and outbox row are one transaction under the lease and the fence. */
export class Orders {
  constructor(private readonly options: OrdersOptions) {}

  /** Accepts an order; see {@link acceptOrder}. */
  accept(attempt: OrderAttempt): Promise<OrderOutcome> {
    return acceptOrder(this.options, attempt.request, (transaction, order) =>
      this.write(transaction, order, attempt),
    );
  }

  private async write(transaction: Queryable, order: AcceptedOrder, attempt: OrderAttempt) {
    const { request, idempotencyKey, correlationId } = attempt;
    const claim = await claimKey<AcceptedOrder>(transaction, {
      scope: `${this.options.application} POST /orders`,
      key: idempotencyKey,
      request,
      response: order,
      ttlSeconds: this.options.idempotencySeconds(),
    });
    if (!claim.first) return { order: claim.response, replayed: true };
    await transaction.query(
      `INSERT INTO orders (id, item, quantity, ledger, number, status, epoch, region, jurisdiction)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        order.id,
        order.item,
        order.quantity,
        request.ledger ?? null,
        request.number ?? null,
        order.status,
        order.epoch,
        order.region,
        request.jurisdiction ?? null,
      ],
    );
    await addToOutbox(transaction, order.id, correlationId, undefined, request.jurisdiction);
    return { order, replayed: false };
  }
}
