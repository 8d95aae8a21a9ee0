import { rowOf } from '../changes/analytics-feed';
import type { ChangeBatch } from '../changes/change-delivery';
import type { PlacedChange } from '../changes/change-log';
import { type Columns, columnsOf, PARTITION } from './columns';
import type { Objects } from './objects';
import { parquetFile } from './parquet-file';

/** What files are made of. */
export interface ParquetDeliveryOptions {
  readonly objects: Objects;
  /** Attributes of the images that are columns of their own, by their names in the image. */
  readonly columns: Columns;
}

/**
 * Delivers batches of changes as Parquet, one file for each day (UTC) of which a batch holds changes:
 * `day=2026-01-01/<name of the batch>.parquet`. Delivered again, a batch replaces its own files by the same bytes.
 */
export function parquetDelivery(options: ParquetDeliveryOptions): (batch: ChangeBatch) => Promise<void> {
  const { objects, columns } = options;
  const own = Object.keys(columns);
  const all = columnsOf(columns);
  return async ({ name, changes }) => {
    for (const [day, ofDay] of byDay(changes)) {
      const rows = ofDay.map(change => rowOf(change, own));
      await objects.put(`${PARTITION}=${day}/${name}.parquet`, await parquetFile(rows, all));
    }
  };
}

function byDay(changes: readonly PlacedChange[]): ReadonlyMap<string, readonly PlacedChange[]> {
  const days = new Map<string, PlacedChange[]>();
  for (const change of changes) {
    const day = change.at.slice(0, 10);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [change]);
    else ofDay.push(change);
  }
  return days;
}
