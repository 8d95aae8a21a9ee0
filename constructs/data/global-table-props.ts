/** An attribute that is part of a key: text, number or bytes. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** Capacity units each second between which a table scales. */
export interface CapacityRange {
  /** Least units, from 1; what a Region has when traffic arrives, so a standby's is the promise. */
  readonly minimum: number;
  /** Most units. */
  readonly maximum: number;
  /**
   * Use at which more is added, in percent, 20 to 90.
   * @default 70
   */
  readonly targetUtilization?: number;
}

/** How reads and writes are paid for. Writes cost the same units in every Region, since each is replayed there. */
export type GlobalTableCapacity =
  | {
      /** By request, without a plan. */
      readonly kind: 'on-demand';
      /**
       * Most read units each second in a Region: a bound of the bill, beyond which requests are refused.
       * @default - none
       */
      readonly maximumReads?: number;
      /**
       * Most write units each second.
       * @default - none
       */
      readonly maximumWrites?: number;
    }
  | {
      /** In advance, scaled between bounds in every Region. */
      readonly kind: 'provisioned';
      readonly reads: CapacityRange;
      readonly writes: CapacityRange;
    };

/** Another order in which the table may be read. */
export interface GlobalTableIndex {
  /** 3 to 255 characters. */
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  /**
   * @default - none
   */
  readonly sortKey?: KeyAttribute;
  /**
   * Attributes that the index holds beside its keys: all, none, or those named.
   * @default 'all'
   */
  readonly attributes?: 'all' | 'keys-only' | readonly string[];
}

/** What may be chosen about a table; its keys are fixed when it is born. */
export interface GlobalTableOptions {
  /** Attribute that places an item. */
  readonly partitionKey: KeyAttribute;
  /**
   * Attribute that orders the items of one place.
   * @default - none; the partition key alone names an item
   */
  readonly sortKey?: KeyAttribute;
  /**
   * Other orders of reading, at most 20.
   * @default - none
   */
  readonly indexes?: readonly GlobalTableIndex[];
  /**
   * How reads and writes are paid for.
   * @default - on demand, without a bound
   */
  readonly capacity?: GlobalTableCapacity;
  /**
   * Attribute that holds the time, in seconds since 1970, after which DynamoDB may delete an item, mostly within days.
   * @default - none; nothing is deleted by itself
   */
  readonly timeToLiveAttribute?: string;
  /**
   * ARN of each Region's own key, by Region, stated in the topology.
   * @default - the key that DynamoDB owns, in every Region
   */
  readonly keyArns?: Readonly<Record<string, string>>;
  /**
   * Tags of the copy in every Region, beside those that `Tags.of` gives.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Properties of a {@link GlobalTable}. */
export interface GlobalTableProps extends GlobalTableOptions {
  /** Name on which all Regions agree. */
  readonly tableName: string;
  /** Regions that hold a copy, that of this stack among them. */
  readonly regions: readonly string[];
}
