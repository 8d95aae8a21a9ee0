import { randomUUID } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import type { ServiceEnvironment } from '../../runtime/environment/environment';
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
import { closeParts, makeParts, type Parts, runParts } from '../parts';
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
 * Starts a worker: relay of the outbox, consumer of the queue, sagas, deliveries of changes and a leader's duties, each
 * only while active; and what keeps this Region's cache clean, always.
 */
export async function startWorker(environment: ServiceEnvironment, logger: Logger): Promise<Running> {
  const parts = makeParts(environment, systemClock, logger);
  const intake = new AbortController();
  const background = new AbortController();
  const { telemetry, run: runTelemetry } = processTelemetry(environment, 'worker', parts);
  const ended = Promise.all([runParts(parts, background.signal), runTelemetry(background.signal)]);
  const timed = { ...telemetry, monotonic: () => parts.clock.monotonic() };
  const work = Promise.all([
    runRelay(parts, intake.signal),
    runConsumer(parts, timed, intake.signal),
    leaderDuties(parts, randomUUID()).run(intake.signal),
    runSagasAndProjections(parts, intake.signal),
    runChanges(parts, intake.signal),
  ]);
  return {
    async stop() {
      // First nothing new is taken and what is in hand ends under its lease, then the lease itself ends.
      intake.abort();
      await work;
      background.abort();
      await ended;
      await closeParts(parts);
    },
  };
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
