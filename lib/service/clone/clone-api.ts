import { randomInt, randomUUID } from 'node:crypto';
import type { Telemetry } from '../../runtime/telemetry/http-telemetry';
import { cartRoutes } from '../carts/shard-cart-routes';
import { Carts } from '../carts/shard-carts';
import { customerRoutes } from '../customers/customer-clone';
import { healthRoutes } from '../http/health-routes';
import type { HttpExchangeOptions } from '../http/http-exchange';
import { orderRoutes } from '../orders/order-routes';
import { Orders } from '../orders/orders';
import type { Parts } from '../parts';
import { type Readiness, readiness } from '../readiness';
import { type CloneReads, cloneEdge, cloneReads } from './http-clone';

const RANDOM_STEPS = 2 ** 32;
/** Pause between two looks at hot keys of shards, in unscaled seconds. */
const HOT_KEYS_SECONDS = 60;

/** What differs between a clone and a function. */
export interface CloneApiOptions {
  readonly telemetry: Telemetry;
  /** Whether the process is about to stop. */
  readonly draining: () => boolean;
  /** What `/readyz` tells beside what it is decided by. */
  readonly details: () => object;
}

/** The API of a clone, without whatever brings it its requests. */
export interface CloneApi {
  readonly options: HttpExchangeOptions;
  /** What `/readyz` decides by. */
  ready(): Readiness;
  /** What goes on beside the requests, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Routes, edge and refusals of the service: what a clone listens with, and what a function answers by. */
export function cloneApi(parts: Parts, { telemetry, draining, details }: CloneApiOptions): CloneApi {
  const { environment, clock, logger, keeper, config } = parts;
  const reading = cloneReads(parts);
  const { edge, run: runEdge } = cloneEdge(parts);
  const carts = new Carts({
    ...parts,
    ...parts.shards,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  });
  const ready = () => currentReadiness(parts, draining());
  return {
    ready,
    options: {
      routes: [
        ...healthRoutes(() => ({ ...ready(), ...details() })),
        ...customerRoutes(parts, routesOfOrders(parts, reading)),
        ...cartRoutes({
          carts,
          residency: parts.residency,
          maximumQuantity: () => config.value.maximumQuantity,
        }),
      ],
      ...{ edge, telemetry, clock, logger },
      makeId: randomUUID,
      facts: () => ({
        region: environment.region,
        epoch: keeper.record?.epoch,
        retryAfterSeconds: config.value.retryAfterSeconds,
      }),
    },
    async run(signal) {
      await Promise.all([
        carts.run(signal, (HOT_KEYS_SECONDS * 1000) / environment.timeScale),
        runEdge(signal),
      ]);
    },
    close: () => reading.close(),
  };
}

function routesOfOrders(parts: Parts, reading: CloneReads) {
  const { environment, activation, fenced, config, reads, cached, residency, flags } = parts;
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
    flags: () => flags.value.for({ region: environment.region }),
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
