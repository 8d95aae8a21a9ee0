import { randomUUID } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import type { HomesEnvironment } from '../../runtime/environment/homes-environment';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import { hasUnsentRows } from '../../runtime/outbox/outbox';
import { peeked } from '../../runtime/peeked';
import type { ConsumerLimits } from '../../runtime/queue/queue-consumer';
import type { Logger } from '../../runtime/telemetry/logger';
import type { TimedTelemetry } from '../../runtime/telemetry/message-telemetry';
import { runChanges } from '../changes/change-worker';
import { leaderDuties } from '../leader/leader-duties';
import { Fulfilment } from '../orders/fulfilment';
import { closeParts, homeLogger, makeParts, makeShared, type Parts, runParts, runShared } from '../parts';
import type { Running } from '../process';
import { processTelemetry } from '../process-telemetry';
import { runSagasAndProjections } from '../saga/saga-worker';
import type { ServiceConfig } from '../service-config';
import { Consumer } from './consumer';
import { OutboxRelay } from './relay';

/** Unscaled seconds: pause of the relay when nothing is owed, longest poll of the queue. */
const RELAY_PAUSE = 0.5;
const QUEUE_WAIT = 5;
/** For how long a message in work is hidden again and again, in unscaled seconds. */
const VISIBILITY = 30;
/** Pause of a standby before it looks again, in unscaled seconds. */
const STANDBY_PAUSE = 1;

/**
 * Starts a worker: for each home the relay of the outbox, consumer of the queue, sagas, deliveries of changes and a leader's
 * duties, each only while active; and what keeps this Region's cache clean, always.
 */
export async function startWorker(environment: HomesEnvironment, logger: Logger): Promise<Running> {
  const [first] = environment.homes;
  if (first === undefined) throw new Error('no home');
  const shared = makeShared(first, systemClock, logger);
  const { telemetry, run: runTelemetry } = processTelemetry(first, 'worker', { clock: systemClock, logger });
  const timed = { ...telemetry, monotonic: () => systemClock.monotonic() };
  const homes = environment.homes.map(home => makeParts(home, systemClock, homeLogger(logger, home), shared));
  const intake = new AbortController();
  const background = new AbortController();
  const ended = Promise.all([
    ...homes.map(parts => runParts(parts, background.signal)),
    runShared(shared, background.signal),
    runTelemetry(background.signal),
  ]);
  const work = Promise.all(homes.map(parts => runWork(parts, timed, intake.signal)));
  return {
    async stop() {
      // First nothing new is taken and what is in hand ends under its lease, then the lease itself ends.
      intake.abort();
      await work;
      background.abort();
      await ended;
      await Promise.all(homes.map(closeParts));
    },
  };
}

async function runWork(parts: Parts, telemetry: TimedTelemetry, signal: AbortSignal): Promise<void> {
  await Promise.all([
    runRelay(parts, signal),
    runConsumer(parts, telemetry, signal),
    leaderDuties(parts, randomUUID()).run(signal),
    runSagasAndProjections(parts, signal),
    runChanges(parts, signal),
  ]);
}

function runRelay(parts: Parts, signal: AbortSignal): Promise<void> {
  const { activation, database, residency } = parts;
  const relay = new OutboxRelay(parts);
  const turn = peeked(
    epoch => hasUnsentRows(database, epoch, residency?.jurisdictions),
    () => relay.relay(),
  );
  return repeat(parts, signal, 'relay', RELAY_PAUSE, async () => {
    const state = activation.state();
    return state.active && (await turn(state.epoch)) ? 0 : undefined;
  });
}

function runConsumer(parts: Parts, telemetry: TimedTelemetry, signal: AbortSignal): Promise<void> {
  const { environment, fenced, cached, config } = parts;
  const { timeScale, region, queueUrl } = environment;
  const scaled = (seconds: number) => Math.max(1, Math.round(seconds / timeScale));
  const consumer = new Consumer({
    ...parts,
    fulfilment: new Fulfilment({ fenced, worker: environment.instanceId }),
    changed: orderId => cached.invalidate(orderId),
    source: { queue: queueUrl, region },
    worker: environment.instanceId,
    telemetry,
    limits: () => limitsOf(config.value),
    waitSeconds: scaled(QUEUE_WAIT),
    visibilitySeconds: scaled(VISIBILITY),
    pauseMilliseconds: (STANDBY_PAUSE * 1000) / timeScale,
  });
  return consumer.run(signal);
}

/** What the configuration says of consuming. */
export const limitsOf = (config: ServiceConfig): ConsumerLimits => ({
  paused: config.fulfilmentPaused,
  perSecond: config.fulfilmentPerSecond,
  maximumInFlight: config.fulfilmentInFlight,
});

function repeat(
  parts: Parts,
  signal: AbortSignal,
  name: string,
  pauseSeconds: number,
  turn: () => Promise<number | undefined>,
): Promise<void> {
  const { clock, logger, environment } = parts;
  const onError = (error: unknown) => logger.warn(`${name}.failed`, { reason: reasonOf(error) });
  const pauseMilliseconds = (pauseSeconds * 1000) / environment.timeScale;
  return loop({ clock, signal, pauseMilliseconds, onError }, turn);
}
