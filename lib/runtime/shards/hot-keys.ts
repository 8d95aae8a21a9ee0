/** A key that comes often. */
export interface HotKey {
  readonly key: string;
  /** Times that it came, at most: too high by `error` at worst, never too low. */
  readonly count: number;
  readonly error: number;
}

/**
 * The keys that come most often, in bounded memory: the space-saving sketch (Metwally, Agrawal, El Abbadi: "Efficient
 * Computation of Frequent and Top-k Elements in Data Streams", 2005). Each key that makes up more than 1 / `capacity` of
 * all is in it, and no count is too high by more than that share.
 */
export class HotKeys {
  private counters = new Map<string, { count: number; error: number }>();
  private seen = 0;

  /** @param capacity Counters that are kept: a few times the number of hot keys that matter. */
  constructor(private readonly capacity: number) {}

  /** Counts one coming. Constant time but for a newcomer, which looks through all counters. */
  add(key: string): void {
    this.seen += 1;
    const counter = this.counters.get(key);
    if (counter !== undefined) counter.count += 1;
    else if (this.counters.size < this.capacity) this.counters.set(key, { count: 1, error: 0 });
    else this.replaceSmallest(key);
  }

  /** Comings counted. */
  get total(): number {
    return this.seen;
  }

  /** Keys that surely make up at least `share` (0 to 1) of all that came, most frequent first. */
  above(share: number): readonly HotKey[] {
    return [...this.counters]
      .map(([key, counter]) => ({ key, ...counter }))
      .filter(({ count, error }) => this.seen > 0 && count - error >= share * this.seen)
      .sort((a, b) => b.count - a.count);
  }

  /** Forgets half of everything: called once an interval, so that what was hot yesterday cools. */
  age(): void {
    const halved = [...this.counters].map(
      ([key, { count, error }]) =>
        [key, { count: Math.floor(count / 2), error: Math.ceil(error / 2) }] as const,
    );
    this.counters = new Map(halved.filter(([, { count }]) => count > 0));
    this.seen = Math.ceil(this.seen / 2);
  }

  private replaceSmallest(key: string): void {
    let smallest = '';
    let least = Number.POSITIVE_INFINITY;
    for (const [candidate, { count }] of this.counters) {
      if (count < least) [smallest, least] = [candidate, count];
    }
    this.counters.delete(smallest);
    this.counters.set(key, { count: least + 1, error: least });
  }
}
