import { readPlace } from '../../runtime/cache/invalidator-place';
import { type ChangeLag, deliveryLags, lagBehind } from '../../runtime/changes/change-lag';
import { reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import { keyScope } from '../cache-keys';
import { leaderMetrics, type MetricValues } from '../leader/leader-metrics';
import { changePlaceKey } from '../orders/order-cache';
import type { Parts } from '../parts';

/** How far this Region's cache, and each delivery, is behind the changes; part of `/readyz`. */
export interface ChangeProgress {
  readonly invalidator: ChangeLag | { readonly problem: string };
  /** By name: `analytics`, `stream`. As this Region's database knows it. */
  readonly deliveries: Readonly<Record<string, ChangeLag>> | { readonly problem: string };
}

/** What the watch needs of the process. */
export type ChangeWatchParts = Pick<Parts, 'cache' | 'database' | 'clock' | 'logger' | 'environment'>;

/** Pause between two looks, and between two lines of metrics, in unscaled seconds. */
const LOOK = 5;
const REPORT = 60;

/** Looks from a clone at what the workers do, so that a Region without a living worker shows its lag too. */
export class ChangeWatch {
  /** What was seen last. */
  progress: ChangeProgress | undefined;

  constructor(private readonly parts: ChangeWatchParts) {}

  /** Looks until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, environment } = this.parts;
    const second = 1000 / environment.timeScale;
    const write = leaderMetrics({ clock, logger, ...environment });
    let reportAt = clock.monotonic() + REPORT * second;
    const onError = (error: unknown) => logger.warn('change-watch.failed', { reason: reasonOf(error) });
    await loop({ clock, signal, pauseMilliseconds: LOOK * second, onError }, async () => {
      const progress = await this.look();
      if (clock.monotonic() < reportAt) return undefined;
      reportAt = clock.monotonic() + REPORT * second;
      const values = metricsOf(progress);
      if (Object.keys(values).length > 0) write(values);
      return undefined;
    });
  }

  /** Looks once. Never rejects: what could not be looked at says why. */
  async look(): Promise<ChangeProgress> {
    const { cache, database, environment } = this.parts;
    const invalidator = async () => {
      const place = await readPlace(cache, changePlaceKey(keyScope(environment)));
      if (place === undefined) return { problem: 'the cache holds no place: no worker cleans it yet' };
      return lagBehind(database, place.position);
    };
    this.progress = {
      invalidator: await invalidator().catch(problemOf),
      deliveries: await deliveryLags(database).catch(problemOf),
    };
    return this.progress;
  }
}

const problemOf = (error: unknown) => ({ problem: reasonOf(error) });

/** What could not be measured is left out, so that an alarm finds it missing. */
export function metricsOf({ invalidator, deliveries }: ChangeProgress): MetricValues {
  const values: Record<string, MetricValues[string]> = {};
  const add = (name: string, lag: ChangeLag | string | undefined) => {
    if (typeof lag !== 'object') return;
    values[`${name}Lag`] = [lag.secondsBehind, 'Seconds'];
    values[`${name}ChangesBehind`] = [lag.changesBehind, 'Count'];
  };
  if (!('problem' in invalidator)) add('CacheInvalidator', invalidator);
  if ('problem' in deliveries) return values;
  for (const [name, lag] of Object.entries(deliveries)) {
    add(`${name[0]?.toUpperCase()}${name.slice(1)}Delivery`, lag);
  }
  return values;
}
