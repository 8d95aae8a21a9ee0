import { randomUUID } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import type { ServiceEnvironment } from '../../runtime/environment/environment';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import type { Logger } from '../../runtime/telemetry/logger';
import { ChangeWatch } from '../changes/change-watch';
import { HttpServer } from '../http/http-server';
import { leaderDuties } from '../leader/leader-duties';
import { closeParts, makeParts, type Parts, runParts } from '../parts';
import type { Running } from '../process';
import { processTelemetry } from '../process-telemetry';
import { EventWatch } from '../saga/saga-health';
import { cloneApi } from './clone-api';

/** Starts a clone: it listens at once and becomes ready by itself, as active or as standby. */
export async function startClone(environment: ServiceEnvironment, logger: Logger): Promise<Running> {
  const parts = makeParts(environment, systemClock, logger);
  const { telemetry, run: runTelemetry } = processTelemetry(environment, 'service', parts);
  const watch = new ChangeWatch(parts);
  const events = new EventWatch(parts);
  const api = cloneApi(parts, {
    telemetry,
    draining: () => server.draining,
    details: () => ({ changes: watch.progress, events: events.progress }),
  });
  const server: HttpServer = new HttpServer(api.options);
  const { host, port } = environment.listen;
  const listening = await server.listen(host, port);
  logger.info('service.listening', { host, port: listening });
  const background = new AbortController();
  const ended = Promise.all([
    runParts(parts, background.signal),
    runWarmUp(parts, background.signal),
    watch.run(background.signal),
    leaderDuties(parts, randomUUID()).run(background.signal),
    events.run(background.signal),
    api.run(background.signal),
    runTelemetry(background.signal),
  ]);
  return {
    async stop() {
      await server.stop((environment.drainSeconds * 1000) / environment.timeScale);
      background.abort();
      await ended;
      await Promise.all([closeParts(parts), api.close()]);
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
