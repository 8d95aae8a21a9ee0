import { parquetDelivery } from '../../runtime/analytics/parquet-delivery';
import { RegionalInvalidator } from '../../runtime/cache/regional-invalidator';
import { type ChangeBatch, ChangeDelivery } from '../../runtime/changes/change-delivery';
import { hasUnplacedChanges, orderChanges, purgeChanges } from '../../runtime/changes/change-log';
import type * as ChangePublisher from '../../runtime/changes/change-publisher';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import { peeked, type Turn } from '../../runtime/peeked';
import { keyScope } from '../cache-keys';
import { changePlaceKey, longestLifeSeconds, orderKey } from '../orders/order-cache';
import type { Parts } from '../parts';
import { residentDelivery } from '../residency/residency-changes';
import { ORDER_COLUMNS } from './analytics-orders';
import { analyticsStore } from './analytics-store';

/** What the worker's loops over changes need of the process. */
export type ChangeWorkerParts = Pick<
  Parts,
  | 'activation'
  | 'fenced'
  | 'database'
  | 'cache'
  | 'cached'
  | 'config'
  | 'keeper'
  | 'reads'
  | 'clock'
  | 'logger'
  | 'environment'
>;

/** Pause when nothing has changed, in unscaled seconds. */
const PAUSE = 0.5;
/** Changes that are given their place in one transaction. */
const ORDER_BATCH = 500;
/** How old a report may be, in unscaled seconds; what the construct `AnalyticsFeed` promises by default. */
const FRESHNESS = 300;
/** By how much the readers of a standby may lag behind each other, in unscaled seconds. */
const READERS_APART = 1;
/** How long changes are kept, in hours: twice the longest life of a cached order. */
const KEPT_HOURS = 48;
const PURGE_BATCH = 1000;

/**
 * Gives changes their places, delivers them and purges them, only while active; and cleans this Region's cache of what
 * changed, active or not. Until the signal aborts.
 */
export async function runChanges(parts: ChangeWorkerParts, signal: AbortSignal): Promise<void> {
  const { clock, logger, environment, activation } = parts;
  const whileActive = (turn: Turn) => async () => {
    const state = activation.state();
    return state.active && (await turn(state.epoch));
  };
  const invalidator = orderInvalidator(parts);
  const turns: Record<string, () => Promise<boolean>> = {
    changes: whileActive(peeked(() => hasUnplacedChanges(parts.database), placingTurn(parts))),
    invalidator: () => invalidator.turn(),
  };
  for (const delivery of deliveries(parts)) {
    turns[`delivery-${delivery.name}`] = whileActive(delivery.turn);
  }
  const pauseMilliseconds = (PAUSE * 1000) / environment.timeScale;
  await Promise.all(
    Object.entries(turns).map(([name, turn]) => {
      const onError = (error: unknown) => logger.warn(`${name}.failed`, { reason: reasonOf(error) });
      return loop({ clock, signal, pauseMilliseconds, onError }, async () =>
        (await turn()) ? 0 : undefined,
      );
    }),
  );
}

/** One turn of placing and purging; true while there is more to do. */
export function placingTurn({ fenced }: Pick<ChangeWorkerParts, 'fenced'>) {
  return async (epoch: number): Promise<boolean> => {
    const placed = await fenced.run(epoch, transaction => orderChanges(transaction, ORDER_BATCH));
    if (placed === ORDER_BATCH) return true;
    const purged = await fenced.run(epoch, transaction => purgeChanges(transaction, KEPT_HOURS, PURGE_BATCH));
    return purged === PURGE_BATCH;
  };
}

/** Removes changed orders from this Region's cache; a standby, which has time, fills them anew. */
export function orderInvalidator(parts: ChangeWorkerParts): RegionalInvalidator {
  const { environment, database, cached, reads, config, keeper, cache, clock, logger } = parts;
  const { region, timeScale } = environment;
  const scope = keyScope(environment);
  const tagged = environment.residency !== undefined;
  const scaled = (seconds: number) => (seconds * 1000) / timeScale;
  return new RegionalInvalidator({
    ...{ cache, database, clock, logger, region },
    placeKey: changePlaceKey(scope),
    keysOf: ({ entity, key }, epoch) => {
      const found = entity === 'order' ? orderKey(scope, epoch, key, tagged) : undefined;
      return found === undefined ? [] : [found];
    },
    epoch: () => keeper.record?.epoch,
    lifetimeMilliseconds: () => scaled(longestLifeSeconds(config.value.cacheSeconds)),
    quietMilliseconds: () => (database.status.writable ? 0 : scaled(READERS_APART)),
    refill: async changes => {
      if (database.status.writable) return 0;
      const ids = new Set(changes.filter(({ entity }) => entity === 'order').map(({ key }) => key));
      return cached.warm([...ids], wanted => reads.findMany(wanted));
    },
  });
}

interface Delivery {
  readonly name: string;
  readonly turn: Turn;
}

/** Where changes are delivered, by what the environment names. */
function deliveries(parts: ChangeWorkerParts): readonly Delivery[] {
  const { fenced, environment, clock, logger } = parts;
  const { changeStream: stream, region, endpointUrl, timeScale, residency } = environment;
  const found: Delivery[] = [];
  const add = (name: string, bring: (batch: ChangeBatch) => Promise<void>, gatherSeconds: number) => {
    const deliver = residentDelivery({ residency, logger }, name, bring);
    const delivery = new ChangeDelivery({ name, fenced, deliver, gatherSeconds });
    found.push({
      name,
      turn: peeked(
        () => delivery.isDue(parts.database),
        epoch => delivery.turn(epoch),
      ),
    });
  };
  const objects = analyticsStore(environment);
  if (objects !== undefined) {
    add('analytics', parquetDelivery({ objects, columns: ORDER_COLUMNS }), FRESHNESS / timeScale);
  }
  if (stream !== undefined) {
    // By `require`, so that Kinesis' client is loaded only where it is used.
    const { changeStreamClient, publishChanges } =
      require('../../runtime/changes/change-publisher') as typeof ChangePublisher;
    const client = changeStreamClient(region, endpointUrl);
    add('stream', ({ changes }) => publishChanges(changes, { client, stream, clock }), 0);
  }
  return found;
}
