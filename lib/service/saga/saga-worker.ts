import { randomInt } from 'node:crypto';
import { reasonOf } from '../../runtime/errors';
import { orderEvents } from '../../runtime/events/event-order';
import { PostgresProjectorStore } from '../../runtime/events/postgres-projector-store';
import { hasProjectionWork } from '../../runtime/events/projection-lag';
import { Projector } from '../../runtime/events/projector';
import { loop } from '../../runtime/loop';
import { peeked } from '../../runtime/peeked';
import { PostgresSagaStore } from '../../runtime/saga/postgres-saga-store';
import { hasDueSaga } from '../../runtime/saga/saga-reads';
import { SagaRunner } from '../../runtime/saga/saga-runner';
import { leaderMetrics } from '../leader/leader-metrics';
import type { Parts } from '../parts';
import { paymentCalls } from '../payment/payment-calls';
import type { PaymentProvider } from '../payment/payment-provider';
import { CUSTOMER_ORDERS, STOCK_LEVELS } from '../stock/stock-projections';
import { eventMetrics, readEventHealth } from './saga-health';
import { PAYMENT_SAGA, paymentSaga } from './saga-payment';

/** Pause when nothing is due, in unscaled seconds. */
const PAUSE = 0.5;
/** Pause between two tellings in metrics, in unscaled seconds. */
const HEALTH_SECONDS = 60;
/** Events that are given their place in one transaction. */
const ORDER_BATCH = 500;

const RANDOM_STEPS = 1_000_000;
const PROJECTIONS = [STOCK_LEVELS, CUSTOMER_ORDERS];
const nameOf = ({ name }: { readonly name: string }): string => name;

/** What the worker's loops need of the process. */
export type SagaWorkerParts = Pick<
  Parts,
  'activation' | 'fenced' | 'database' | 'clock' | 'logger' | 'environment'
>;

/** Turns of sagas and of read models, each under an epoch; true while there is more to do. */
export interface EventTurns {
  readonly saga: (epoch: number) => Promise<boolean>;
  readonly projection: (epoch: number) => Promise<boolean>;
  /** Keeps what the sagas call within reach, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the turns of a process. */
export function eventTurns(parts: SagaWorkerParts): EventTurns {
  const { provider, run } = paymentCalls(parts);
  return { saga: sagaTurn(parts, provider), projection: projectionTurn(parts), run };
}

/** Works sagas and keeps read models in step, each only while active, until the signal aborts. */
export async function runSagasAndProjections(parts: SagaWorkerParts, signal: AbortSignal): Promise<void> {
  const { clock, logger, environment, activation } = parts;
  const { database } = parts;
  const { run, saga, projection } = eventTurns(parts);
  const turns = {
    saga: peeked(epoch => hasDueSaga(database, [PAYMENT_SAGA], epoch), saga),
    projection: peeked(() => hasProjectionWork(database, PROJECTIONS.map(nameOf)), projection),
  };
  const pauseMilliseconds = (PAUSE * 1000) / environment.timeScale;
  await Promise.all([
    run(signal),
    tellHealth(parts, signal),
    ...Object.entries(turns).map(([name, turn]) => {
      const onError = (error: unknown) => logger.warn(`${name}.failed`, { reason: reasonOf(error) });
      return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
        const state = activation.state();
        return state.active && (await turn(state.epoch)) ? 0 : undefined;
      });
    }),
  ]);
}

/** Tells in metrics how sagas and read models stand. Of several workers each tells the same, so read the maximum. */
function tellHealth(parts: SagaWorkerParts, signal: AbortSignal): Promise<void> {
  const { clock, logger, environment, activation, database } = parts;
  const { application, region, timeScale } = environment;
  const tell = leaderMetrics({ clock, logger, application, region });
  const onError = (error: unknown) => logger.warn('event-health.failed', { reason: reasonOf(error) });
  const pauseMilliseconds = (HEALTH_SECONDS * 1000) / timeScale;
  return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
    // Not yet: asked again soon, so that the first figures do not wait for a whole pause.
    if (!activation.state().active) return (PAUSE * 1000) / timeScale;
    tell(eventMetrics(await readEventHealth(database)));
    return undefined;
  });
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
  const projectors = PROJECTIONS.map(projection => new Projector({ store, projection, logger }));
  return async epoch => {
    const ordered = await fenced.run(epoch, transaction => orderEvents(transaction, ORDER_BATCH));
    let more = ordered === ORDER_BATCH;
    for (const projector of projectors) more = (await projector.turn(epoch)) || more;
    return more;
  };
}
