import { randomUUID } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import type { ServiceEnvironment } from '../../runtime/environment/environment';
import type { HomesEnvironment } from '../../runtime/environment/homes-environment';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import type { Logger } from '../../runtime/telemetry/logger';
import { ChangeWatch } from '../changes/change-watch';
import { healthRoutes } from '../http/health-routes';
import type { HttpExchangeOptions } from '../http/http-exchange';
import { HttpServer, type HttpServerOptions } from '../http/http-server';
import { leaderDuties } from '../leader/leader-duties';
import {
  closeParts,
  homeLogger,
  makeParts,
  makeShared,
  type Parts,
  runParts,
  runShared,
  type SharedParts,
} from '../parts';
import type { Running } from '../process';
import { processTelemetry } from '../process-telemetry';
import type { Readiness } from '../readiness';
import { EventWatch } from '../saga/saga-health';
import { type CloneApiOptions, cloneApi } from './clone-api';

/** One home as a clone serves it. */
interface ServedHome {
  readonly environment: ServiceEnvironment;
  readonly options: HttpExchangeOptions;
  readonly ready: () => Readiness;
  /** What goes on beside the requests, until the signal aborts. */
  run(signal: AbortSignal): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Starts a clone: it listens at once and each of its homes becomes ready by itself, as active or as standby. */
export async function startClone(environment: HomesEnvironment, logger: Logger): Promise<Running> {
  const [first] = environment.homes;
  if (first === undefined) throw new Error('no home');
  const shared = makeShared(first, systemClock, logger);
  const { telemetry, run: runTelemetry } = processTelemetry(first, 'service', { clock: systemClock, logger });
  const draining = () => server.draining;
  const homes = environment.homes.map(home => serveHome(home, { shared, telemetry, draining, logger }));
  const server: HttpServer = new HttpServer(serverOptions(homes, draining));
  const { host, port } = environment.listen;
  const listening = await server.listen(host, port);
  logger.info('service.listening', { host, port: listening });
  const background = new AbortController();
  const ended = Promise.all([
    ...homes.map(home => home.run(background.signal)),
    runShared(shared, background.signal),
    runTelemetry(background.signal),
  ]);
  return {
    async stop() {
      await server.stop((environment.drainSeconds * 1000) / environment.timeScale);
      background.abort();
      await ended;
      await Promise.all(homes.map(home => home.close()));
    },
  };
}

function serveHome(
  environment: ServiceEnvironment,
  {
    shared,
    logger,
    ...api
  }: Omit<CloneApiOptions, 'details'> & { readonly shared: SharedParts; readonly logger: Logger },
): ServedHome {
  const parts = makeParts(environment, systemClock, homeLogger(logger, environment), shared);
  const watch = new ChangeWatch(parts);
  const events = new EventWatch(parts);
  const details = () => ({ changes: watch.progress, events: events.progress });
  const { options, ready, run, close } = cloneApi(parts, { ...api, details });
  return {
    environment,
    options,
    ready,
    run: signal =>
      Promise.all([
        runParts(parts, signal),
        runWarmUp(parts, signal),
        watch.run(signal),
        leaderDuties(parts, randomUUID()).run(signal),
        events.run(signal),
        run(signal),
      ]),
    close: () => Promise.all([closeParts(parts), close()]),
  };
}

/**
 * What the server answers by. Of a clone with homes, whoever names none is told of the clone as a whole: it is ready while
 * one of them is, since a home whose database is away in this Region must not take the others with it.
 */
function serverOptions(homes: readonly ServedHome[], draining: () => boolean): HttpServerOptions {
  const [first, ...others] = homes;
  if (first === undefined) throw new Error('no home');
  if (first.environment.home === undefined) return first.options;
  const all = [first, ...others];
  const whole = () => {
    const states = all.map(({ environment, ready }) => [environment.home ?? '', ready()] as const);
    return {
      ready: !draining() && states.some(([, state]) => state.ready),
      homes: Object.fromEntries(states),
    };
  };
  return {
    ...first.options,
    routes: healthRoutes(whole),
    facts: () => ({ ...first.options.facts(), epoch: undefined }),
    homes: new Map(all.map(({ environment, options }) => [environment.home ?? '', options])),
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
