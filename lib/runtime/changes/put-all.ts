import type { Clock } from '../clock';
import { RuntimeError } from '../errors';

/** How a batch is put that may be taken in part. */
export interface PutAllOptions<Item> {
  /** Puts the items; returns the index of the first that was not taken, or -1 when all were. */
  readonly put: (items: readonly Item[]) => Promise<number>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Bytes of one item. */
  readonly bytes: (item: Item) => number;
  /** How often what is left is put again. @default 5 */
  readonly retries?: number;
}

/** Most items and most bytes of one put, within the limits of Kinesis (5 MiB) and Firehose (4 MiB). */
const MOST_ITEMS = 500;
const MOST_BYTES = 4_000_000;

/**
 * Puts all items, in order: whatever was not taken is put again with all that stands behind it, so that nothing
 * overtakes it. What was taken behind it comes twice, which a reader must not mind.
 *
 * @throws RuntimeError `unavailable` when something is left after the last attempt
 */
export async function putAll<Item>(items: readonly Item[], options: PutAllOptions<Item>): Promise<void> {
  const { put, clock, bytes, retries = 5 } = options;
  let left = items;
  let failures = 0;
  while (left.length > 0) {
    const batch = left.slice(0, fitting(left, bytes));
    const refused = await put(batch);
    left = left.slice(refused === -1 ? batch.length : refused);
    if (refused === -1) continue;
    failures = refused > 0 ? 1 : failures + 1;
    if (failures > retries) {
      throw new RuntimeError('unavailable', `${left.length} of ${items.length} items were not taken`);
    }
    await clock.sleep(100 * 2 ** failures);
  }
}

/** How many items fit into one put; at least one, which is refused by its own size if need be. */
function fitting<Item>(items: readonly Item[], bytes: (item: Item) => number): number {
  let size = 0;
  const end = items.slice(0, MOST_ITEMS).findIndex(item => {
    size += bytes(item);
    return size > MOST_BYTES;
  });
  return end === -1 ? MOST_ITEMS : Math.max(1, end);
}
