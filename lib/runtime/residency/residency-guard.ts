import { RuntimeError } from '../errors';
import type { ResidencyPolicy } from './residency-policy';

/** What a guard of copies stands on. */
export interface ResidencyGuardOptions<Item> {
  readonly policy: ResidencyPolicy;
  /** Every Region that what is written reaches: where the stream or table is, its replicas, and where it is read. */
  readonly targets: readonly string[];
  /** The jurisdiction that a record carries; undefined when it carries none. */
  readonly jurisdictionOf: (item: Item) => string | undefined;
  /** Name of a record for messages: its id, never its content. */
  readonly nameOf: (item: Item) => string;
}

/** Stands before whatever copies records to other places, and lets none pass that may not go to all of them. */
export class ResidencyGuard<Item> {
  constructor(private readonly options: ResidencyGuardOptions<Item>) {}

  /** The records that may go, and those that may not, each in order. */
  split(items: readonly Item[]): { readonly allowed: readonly Item[]; readonly refused: readonly Item[] } {
    const allowed: Item[] = [];
    const refused: Item[] = [];
    for (const item of items) (this.outsideOf(item).length === 0 ? allowed : refused).push(item);
    return { allowed, refused };
  }

  /**
   * Refuses all of them when one may not go.
   * @throws RuntimeError `residency` that names each refused record and where it may not go
   */
  require(items: readonly Item[]): void {
    const { jurisdictionOf, nameOf, policy } = this.options;
    const problems = items.flatMap(item => {
      const outside = this.outsideOf(item);
      const jurisdiction = jurisdictionOf(item);
      const places = policy.regionsOf(jurisdiction).join(', ') || 'no Region';
      const fix = `keep it in ${places}`;
      const message = `may not go to ${outside.join(', ')}`;
      return outside.length === 0
        ? []
        : [{ path: nameOf(item), received: jurisdiction ?? 'untagged', message, fix }];
    });
    if (problems.length > 0)
      throw new RuntimeError('residency', 'records may not leave their Regions', problems);
  }

  /** The same `publish`, that publishes nothing of a batch in which one record may not go. */
  guard<Rest extends readonly unknown[], Result>(
    publish: (items: readonly Item[], ...rest: Rest) => Promise<Result>,
  ): (items: readonly Item[], ...rest: Rest) => Promise<Result> {
    return async (items, ...rest) => {
      this.require(items);
      return publish(items, ...rest);
    };
  }

  private outsideOf(item: Item): readonly string[] {
    return this.options.policy.outside(this.options.jurisdictionOf(item), this.options.targets);
  }
}
