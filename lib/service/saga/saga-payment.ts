import type { Queryable } from '../../runtime/database/database';
import type { FencedTransactions } from '../../runtime/database/fence';
import { PostgresEventLog } from '../../runtime/events/postgres-event-log';
import { addToOutbox } from '../../runtime/outbox/outbox';
import { withDeadline } from '../../runtime/policy/deadline';
import {
  Refused,
  type SagaCall,
  type SagaDefinition,
  type SagaStep,
  sagaToken,
} from '../../runtime/saga/saga';
import type { PaymentProvider } from '../payment/payment-provider';
import { StockStore } from '../stock/stock-store';

/** What a payment saga is about. */
export interface PaymentInput {
  readonly orderId: string;
  readonly customer: string;
  readonly item: string;
  readonly quantity: number;
  readonly cents: number;
  /** Whose law the order is under. */
  readonly jurisdiction?: string;
  /** Trace of the request that placed the order, if it was traced: the saga goes on when that has long ended. */
  readonly traceparent?: string;
}

/** What the saga stands on. */
export interface PaymentSagaOptions {
  readonly fenced: Pick<FencedTransactions, 'run'>;
  readonly provider: PaymentProvider;
}

/** Name of the saga, stored with each. */
export const PAYMENT_SAGA = 'payment';
const TIMEOUT = 5_000;

type Call = SagaCall<PaymentInput>;

/** An order is paid for: stock set aside, the payment taken, the order handed to fulfilment; or all of it undone. */
export function paymentSaga({ fenced, provider }: PaymentSagaOptions): SagaDefinition<PaymentInput> {
  const stock = <T>(call: Call, work: (store: StockStore) => Promise<T>): Promise<T> =>
    fenced.run(call.epoch, transaction => work(new StockStore(transaction, authorOf(call))));
  const order = <T>(call: Call, work: (transaction: Queryable) => Promise<T>): Promise<T> =>
    fenced.run(call.epoch, work);
  const steps: readonly SagaStep<PaymentInput>[] = [
    {
      name: 'order',
      timeoutMilliseconds: TIMEOUT,
      // It was placed together with the saga; only its undoing is of interest.
      action: async call => {
        const status = await order(call, transaction => statusOf(transaction, call.input.orderId));
        if (status === 'rejected') throw new Refused('the order was rejected');
      },
      compensation: call => order(call, transaction => reject(transaction, call)),
    },
    {
      name: 'reserve',
      timeoutMilliseconds: TIMEOUT,
      action: async call => {
        // The refusal is recorded before it is said: thrown inside, it would be rolled back.
        if (!(await stock(call, store => store.reserve(reservationOf(call)))))
          throw new Refused('not in stock');
      },
      compensation: call => stock(call, store => store.release(reservationOf(call))),
      settle: call => stock(call, store => store.settle(reservationOf(call))),
    },
    {
      name: 'charge',
      timeoutMilliseconds: TIMEOUT,
      action: call => inTime(call, () => provider.charge(chargeOf(call))),
      compensation: call => inTime(call, () => provider.refund(chargeOf(call))),
      settle: call => inTime(call, () => provider.settle(chargeOf(call))),
    },
    {
      name: 'confirm',
      timeoutMilliseconds: TIMEOUT,
      retries: Number.POSITIVE_INFINITY,
      action: call => order(call, transaction => confirm(transaction, call)),
      compensation: 'nothing',
    },
  ];
  return { name: PAYMENT_SAGA, steps };
}

/** The order becomes work: from here on the outbox brings it to its fulfilment. */
async function confirm(transaction: Queryable, call: Call): Promise<void> {
  const { orderId, traceparent, jurisdiction } = call.input;
  const added = await addToOutbox(transaction, orderId, call.correlationId, traceparent, jurisdiction);
  if (added) await tell(transaction, call, 'order.confirmed');
}

async function reject(transaction: Queryable, call: Call): Promise<void> {
  const { rowCount } = await transaction.query(
    `UPDATE orders SET status = 'rejected' WHERE id = $1 AND status = 'accepted'`,
    [call.input.orderId],
  );
  if (rowCount === 1) await tell(transaction, call, 'order.rejected');
}

/** Every order has one event at its placing and one at its end. */
async function tell(transaction: Queryable, call: Call, type: string): Promise<void> {
  const { orderId } = call.input;
  await new PostgresEventLog(transaction, authorOf(call)).append(`order-${orderId}`, 1, [
    { type, data: { orderId } },
  ]);
}

async function statusOf(transaction: Queryable, orderId: string): Promise<string | undefined> {
  const { rows } = await transaction.query<{ status: string }>('SELECT status FROM orders WHERE id = $1', [
    orderId,
  ]);
  return rows[0]?.status;
}

const authorOf = ({ sagaId, correlationId, epoch }: Call) => ({
  actor: `saga:${sagaId}`,
  correlationId,
  epoch,
});

/** The provider is told how long we wait, and let go of when the step is given up. */
const inTime = <T>({ signal }: Call, work: () => Promise<T>): Promise<T> =>
  withDeadline(TIMEOUT, work, { signal });

const tokenOf = ({ sagaId, step }: Call): string => sagaToken(sagaId, step, 'take');

const reservationOf = (call: Call) => ({
  token: tokenOf(call),
  item: call.input.item,
  quantity: call.input.quantity,
});

const chargeOf = (call: Call) => ({
  token: tokenOf(call),
  customer: call.input.customer,
  cents: call.input.cents,
});
