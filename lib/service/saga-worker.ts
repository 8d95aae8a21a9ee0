import { randomInt } from 'node:crypto';
import { reasonOf } from '../runtime/errors';
import { orderEvents } from '../runtime/events/event-order';
import { PostgresProjectorStore } from '../runtime/events/postgres-projector-store';
import { Projector } from '../runtime/events/projector';
import { loop } from '../runtime/loop';
import { PostgresSagaStore } from '../runtime/saga/postgres-saga-store';
import { SagaRunner } from '../runtime/saga/saga-runner';
import type { Parts } from './parts';
import { paymentCalls } from './payment-calls';
import type { PaymentProvider } from './payment-provider';
import { paymentSaga } from './saga-payment';
import { CUSTOMER_ORDERS, STOCK_LEVELS } from './stock-projections';

/** Pause when nothing is due, in unscaled seconds. */
const PAUSE = 0.5;
/** Events that are given their place in one transaction. */
const ORDER_BATCH = 500;

const RANDOM_STEPS = 1_000_000;

/** What the worker's loops need of the process. */
export type SagaWorkerParts = Pick<
  Parts,
  'activation' | 'fenced' | 'database' | 'clock' | 'logger' | 'environment'
>;

/** Works sagas and keeps read models in step, each only while active, until the signal aborts. */
export async function runSagasAndProjections(parts: SagaWorkerParts, signal: AbortSignal): Promise<void> {
  const { clock, logger, environment, activation } = parts;
  const payment = paymentCalls(parts);
  const turns = { saga: sagaTurn(parts, payment.provider), projection: projectionTurn(parts) };
  const pauseMilliseconds = (PAUSE * 1000) / environment.timeScale;
  await Promise.all([
    payment.run(signal),
    ...Object.entries(turns).map(([name, turn]) => {
      const onError = (error: unknown) => logger.warn(`${name}.failed`, { reason: reasonOf(error) });
      return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
        const state = activation.state();
        return state.active && (await turn(state.epoch)) ? 0 : undefined;
      });
    }),
  ]);
}

function sagaTurn(parts: SagaWorkerParts, provider: PaymentProvider): (epoch: number) => Promise<boolean> {
  const { fenced, clock, logger, environment } = parts;
  const runner = new SagaRunner({
    store: new PostgresSagaStore(fenced),
    sagas: [paymentSaga({ fenced, provider })],
    worker: environment.instanceId,
    timeScale: environment.timeScale,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
    ...{ clock, logger },
  });
  return epoch => runner.turn(epoch);
}

/** One turn of every projection; true while there is more to do. */
export function projectionTurn({
  fenced,
  logger,
}: Pick<SagaWorkerParts, 'fenced' | 'logger'>): (epoch: number) => Promise<boolean> {
  const store = new PostgresProjectorStore({ fenced });
  const projectors = [STOCK_LEVELS, CUSTOMER_ORDERS].map(
    projection => new Projector({ store, projection, logger }),
  );
  return async epoch => {
    const ordered = await fenced.run(epoch, transaction => orderEvents(transaction, ORDER_BATCH));
    let more = ordered === ORDER_BATCH;
    for (const projector of projectors) more = (await projector.turn(epoch)) || more;
    return more;
  };
}
