import type { Clock } from '../../runtime/clock';
import { RuntimeError, reasonOf } from '../../runtime/errors';
import { loop } from '../../runtime/loop';
import { HotKeys } from '../../runtime/shards/hot-keys';
import { anySubKey, subKeysOf } from '../../runtime/shards/key-spread';
import type { ShardDirectory } from '../../runtime/shards/shard-directory';
import type { RecordValue } from '../../runtime/shards/shard-record';
import type { ShardedRecords } from '../../runtime/shards/sharded-records';
import type { Logger } from '../../runtime/telemetry/logger';

/** One line of a cart. */
export interface CartLine {
  readonly item: string;
  readonly quantity: number;
}

/** A customer's cart. */
export interface Cart {
  readonly customer: string;
  /** Changes that it has seen; 0 for one that nobody ever put a thing into. */
  readonly version: number;
  readonly items: readonly CartLine[];
}

/** What carts stand on. */
export interface CartsOptions {
  readonly records: Pick<ShardedRecords, 'read' | 'change'>;
  readonly directory: Pick<ShardDirectory, 'document'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Most different items in one cart. */
export const MOST_LINES = 100;
/** Items that are counted in search of hot ones; an item is hot from a tenth of at least so many changes. */
const COUNTERS = 64;
const HOT_SHARE = 0.1;
const HOT_FROM = 100;

const cartKey = (customer: string) => `cart:${customer}`;
const interestKey = (item: string) => `interest:${item}`;

/** Customers' carts, and how often each item was put into one: records of a sharded store. */
export class Carts {
  private readonly hot = new HotKeys(COUNTERS);

  constructor(private readonly options: CartsOptions) {}

  /** A customer's cart; an empty one when there never was one. */
  async find(customer: string): Promise<Cart> {
    const record = await this.options.records.read(cartKey(customer));
    return { customer, version: record?.version ?? 0, items: linesOf(record?.value) };
  }

  /**
   * Sets how many of an item are in a cart; 0 takes it out. Asked twice, it is the same cart.
   *
   * @throws RuntimeError `invalid-input` when the cart is full, `not-active`, `fenced` or `unavailable`
   */
  async put(customer: string, { item, quantity }: CartLine): Promise<Cart> {
    const record = await this.options.records.change(cartKey(customer), value => {
      const others = linesOf(value).filter(line => line.item !== item);
      if (quantity > 0 && others.length >= MOST_LINES) throw full(item);
      return quantity > 0 ? [...others, { item, quantity }] : others;
    });
    if (quantity > 0) await this.count(item);
    return { customer, version: record.version, items: linesOf(record.value) };
  }

  /** How often an item was put into a cart: the sum over all places where it is counted, of no single moment. */
  async interest(item: string): Promise<number> {
    const { records, directory } = this.options;
    const keys = subKeysOf(directory.document?.spread ?? {}, interestKey(item));
    const counts = await Promise.all(keys.map(key => records.read(key)));
    return counts.reduce((sum, record) => sum + Number(record?.value ?? 0), 0);
  }

  /** Tells of items that are counted so often that their counter should be spread. */
  run(signal: AbortSignal, pauseMilliseconds: number): Promise<void> {
    const { clock, logger } = this.options;
    const onError = (error: unknown) => logger.warn('shards.hot-keys-failed', { reason: reasonOf(error) });
    return loop({ clock, signal, pauseMilliseconds, onError }, async () => {
      this.report();
      return undefined;
    });
  }

  /** One look at what is hot. */
  report(): void {
    const spread = this.options.directory.document?.spread ?? {};
    const hot = this.hot.total < HOT_FROM ? [] : this.hot.above(HOT_SHARE);
    const keys = hot.map(({ key, count }) => ({ key, count, spread: subKeysOf(spread, key).length }));
    if (keys.length > 0) this.options.logger.info('shards.hot-keys', { keys, of: this.hot.total });
    this.hot.age();
  }

  /** After the cart and on another shard: a statistic, which a failure may leave one short, and a repetition one over. */
  private async count(item: string): Promise<void> {
    const { records, directory, random, logger } = this.options;
    this.hot.add(interestKey(item));
    const key = anySubKey(directory.document?.spread ?? {}, interestKey(item), random);
    await records
      .change(key, value => Number(value ?? 0) + 1)
      .catch(error => logger.warn('carts.not-counted', { item, reason: reasonOf(error) }));
  }
}

const linesOf = (value: RecordValue | undefined): readonly CartLine[] =>
  Array.isArray(value) ? (value as CartLine[]) : [];

function full(item: string): RuntimeError {
  const fix = `order or take out some: a cart holds ${MOST_LINES} different items`;
  const problem = { path: 'item', received: item, message: 'does not fit into the cart', fix };
  return new RuntimeError('invalid-input', 'the cart is full', [problem]);
}
