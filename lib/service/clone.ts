import { randomInt, randomUUID } from 'node:crypto';
import { systemClock } from '../runtime/clock';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import { reasonOf } from '../runtime/errors';
import { loop } from '../runtime/loop';
import type { Logger } from '../runtime/telemetry/logger';
import { ChangeWatch } from './change-watch';
import { customerRoutes } from './customer-clone';
import { healthRoutes } from './health-routes';
import { type CloneReads, cloneEdge, cloneReads } from './http-clone';
import { HttpServer } from './http-server';
import { leaderDuties } from './leader-duties';
import { orderRoutes } from './order-routes';
import { Orders } from './orders';
import { closeParts, makeParts, type Parts, runParts } from './parts';
import type { Running } from './process';
import { processTelemetry } from './process-telemetry';
import { type Readiness, readiness } from './readiness';
import { cartRoutes } from './shard-cart-routes';
import { Carts } from './shard-carts';

const RANDOM_STEPS = 2 ** 32;
/** Pause between two looks at hot keys of shards, in unscaled seconds. */
const HOT_KEYS_SECONDS = 60;

/** Starts a clone: it listens at once and becomes ready by itself, as active or as standby. */
export async function startClone(environment: ServiceEnvironment, logger: Logger): Promise<Running> {
  const parts = makeParts(environment, systemClock, logger);
  const reading = cloneReads(parts);
  const { edge, run: runEdge } = cloneEdge(parts);
  const { telemetry, run: runTelemetry } = processTelemetry(environment, 'service', parts);
  const carts = new Carts({
    ...parts,
    ...parts.shards,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  });
  const watch = new ChangeWatch(parts);
  const server: HttpServer = new HttpServer({
    routes: [
      ...healthRoutes(() => ({ ...currentReadiness(parts, server.draining), changes: watch.progress })),
      ...customerRoutes(parts, routesOfOrders(parts, reading)),
      ...cartRoutes({ carts, maximumQuantity: () => parts.config.value.maximumQuantity }),
    ],
    edge,
    telemetry,
    clock: systemClock,
    logger,
    makeId: randomUUID,
    facts: () => ({
      region: environment.region,
      epoch: parts.keeper.record?.epoch,
      retryAfterSeconds: parts.config.value.retryAfterSeconds,
    }),
  });
  const { host, port } = environment.listen;
  const listening = await server.listen(host, port);
  logger.info('service.listening', { host, port: listening });
  const background = new AbortController();
  const ended = Promise.all([
    runParts(parts, background.signal),
    runWarmUp(parts, background.signal),
    watch.run(background.signal),
    leaderDuties(parts, randomUUID()).run(background.signal),
    carts.run(background.signal, (HOT_KEYS_SECONDS * 1000) / environment.timeScale),
    runEdge(background.signal),
    runTelemetry(background.signal),
  ]);
  return {
    async stop() {
      await server.stop((environment.drainSeconds * 1000) / environment.timeScale);
      background.abort();
      await ended;
      await Promise.all([closeParts(parts), reading.close()]);
    },
  };
}

/** Fills the cache of an epoch as soon as this Region has the database that writes under it. */
function runWarmUp(parts: Parts, signal: AbortSignal): Promise<void> {
  const { clock, environment, keeper, database, warmer, cache, logger } = parts;
  const onError = (error: unknown) => logger.warn('warm-up.failed', { reason: reasonOf(error) });
  return loop({ clock, signal, pauseMilliseconds: 1000 / environment.timeScale, onError }, async () => {
    const { record } = keeper;
    const ours = record?.region === environment.region && database.status.writable;
    if (record === undefined || !ours || cache.problem !== undefined) return undefined;
    if (warmer.progress.epoch === record.epoch && warmer.progress.state === 'warm') return undefined;
    logger.info('warm-up.ended', { ...(await warmer.warm(record.epoch)) });
    return undefined;
  });
}

function routesOfOrders(parts: Parts, reading: CloneReads) {
  const { environment, activation, fenced, config, reads, cached, residency } = parts;
  const orders = new Orders({
    application: environment.application,
    region: environment.region,
    activation,
    fenced,
    makeId: randomUUID,
    idempotencySeconds: () => config.value.idempotencyHours * 3600,
  });
  return orderRoutes({
    orders,
    reads,
    cached,
    residency,
    maximumQuantity: () => config.value.maximumQuantity,
    consistent: reading.consistent,
    position: reading.position,
  });
}

function currentReadiness(parts: Parts, draining: boolean): Readiness {
  const { keeper, activation, database, cache, warmer, probes, config } = parts;
  return readiness({
    region: parts.environment.region,
    draining,
    record: keeper.record,
    registerProblem: keeper.registerProblem,
    lease: keeper.current(),
    activation: activation.state(),
    database: database.status,
    cacheProblem: cache.problem,
    warmUp: warmer.progress,
    queue: probes.result('queue'),
    config: { version: config.version, ageSeconds: config.ageSeconds },
  });
}
