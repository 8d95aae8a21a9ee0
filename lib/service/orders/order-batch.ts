import type { CacheAside } from '../../runtime/cache/cache-aside';
import type { FeatureFlags } from '../../runtime/config/feature-flags';
import { RuntimeError } from '../../runtime/errors';
import { fanOut } from '../../runtime/policy/fan-out';
import { HttpError } from '../http/http-types';
import type { OrderReads, OrderView } from './order-reads';

/** What reading several orders stands on. */
export interface OrderBatchOptions {
  readonly cached: Pick<CacheAside<OrderView>, 'read'>;
  readonly reads: Pick<OrderReads, 'findMany'>;
  /** Judges what the cache gives. @throws HttpError 421 or 403 @default - orders may be held anywhere */
  readonly requireHere?: (jurisdiction: string | undefined) => void;
  /** The flags in force; see {@link FAN_OUT_FLAG}. */
  readonly flags: () => FeatureFlags;
}

/** Several orders, each once: those that are there, those that are not, and those of which it is not known. */
export interface OrderBatch {
  readonly orders: readonly OrderView[];
  readonly missing: readonly string[];
  /** Asked for in vain; `code` as in an answer to one of them alone. */
  readonly failed: ReadonlyArray<{ readonly id: string; readonly code: string }>;
}

/**
 * On: several orders are read through the cache, a few at once (attribute `atOnce`), each served stale while the database is
 * away, and a failure costs its own order. Off: by one statement past the cache, which is one failure for all.
 */
export const FAN_OUT_FLAG = 'orders-fan-out';
/** Orders of one request at once, by default and at the most: less than a clone has connections. */
export const FAN_OUT_DEFAULT = 4;
const FAN_OUT_MOST = 8;
/** Orders that may be asked for at once. */
export const BATCH_MOST = 50;

/** Reads several orders by their ids, in the order in which they were asked for. */
export async function readBatch(options: OrderBatchOptions, ids: readonly string[]): Promise<OrderBatch> {
  const flags = options.flags();
  if (!flags.isOn(FAN_OUT_FLAG, true)) return byOneStatement(options.reads, ids);
  const asked = flags.attribute(FAN_OUT_FLAG, 'atOnce', FAN_OUT_DEFAULT);
  // A flag is written by hand at night: what is no such number must not stop the service.
  const atOnce = Number.isInteger(asked) && asked >= 1 ? Math.min(asked, FAN_OUT_MOST) : FAN_OUT_DEFAULT;
  const outcomes = await fanOut(ids, atOnce, id => readOne(options, id));
  const batch = { orders: [] as OrderView[], missing: [] as string[], failed: [] as FailedRead[] };
  for (const [index, outcome] of outcomes.entries()) {
    const id = ids[index] ?? '';
    if (!outcome.ok) batch.failed.push({ id, code: codeOf(outcome.error) });
    else if (outcome.value === undefined) batch.missing.push(id);
    else batch.orders.push(outcome.value);
  }
  // With nothing to show for it, the reason is the answer, with its status and its Retry-After.
  const first = outcomes[0];
  if (batch.failed.length === ids.length && first?.ok === false) throw first.error;
  return batch;
}

type FailedRead = OrderBatch['failed'][number];

async function readOne(
  { cached, requireHere }: OrderBatchOptions,
  id: string,
): Promise<OrderView | undefined> {
  const { value } = await cached.read(id);
  if (value !== undefined) requireHere?.(value.jurisdiction);
  return value;
}

async function byOneStatement(
  reads: OrderBatchOptions['reads'],
  ids: readonly string[],
): Promise<OrderBatch> {
  const found = await reads.findMany(ids);
  const there = (id: string) => found.get(id.toLowerCase());
  return {
    orders: ids.flatMap(id => there(id) ?? []),
    missing: ids.filter(id => there(id) === undefined),
    failed: [],
  };
}

/** @throws the error itself when it is a bug */
function codeOf(error: unknown): string {
  if (error instanceof RuntimeError || error instanceof HttpError) return error.code;
  throw error;
}
