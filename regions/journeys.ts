/** What users do, and what is promised to them. */

/** What is promised to the users of one journey, as a share of what happens. */
export interface ServiceLevelSpec {
  /** Name of the journey and part of its alarms' names: lower case, digits and hyphens, such as `place-order`. */
  readonly name: string;
  /**
   * `availability`: requests that are answered without an error of ours. `latency`: requests answered within
   * `thresholdMilliseconds`. `freshness`: minutes in which read models are no older than `thresholdSeconds`.
   * `durability`: minutes in which a failover would lose no more than `thresholdSeconds` of writes.
   */
  readonly kind: 'availability' | 'latency' | 'freshness' | 'durability';
  /** Share that is good, from 0.95 to 0.99999. */
  readonly target: number;
  /**
   * Route whose requests count, as clones tell it, such as `POST /orders`; for availability and latency.
   * @default - every request, as the load balancer sees it
   */
  readonly route?: string;
  /** Required for latency, and for nothing else. */
  readonly thresholdMilliseconds?: number;
  /** Required for freshness. @default - for durability the RPO; not allowed elsewhere */
  readonly thresholdSeconds?: number;
  /** Length of the rolling window of the error budget, 7 to 30 days. @default 30 */
  readonly windowDays?: number;
}

/** One kind of request that users make, as a load test makes it. */
export interface JourneySpec {
  /** Name of the journey: lower case, digits and hyphens, such as `place-order`. */
  readonly name: string;
  /** Method and pattern as clones tell them, such as `POST /orders`; service levels of this route judge it. */
  readonly route: string;
  /**
   * Path that is asked. `{uuid}` stands for a new identifier, `{number}` for the number of the request.
   * @default - the path of the route
   */
  readonly path?: string;
  /** Share of all requests, above 0; shares are taken by their sum. @default 1 */
  readonly share?: number;
  /** Headers, with the same placeholders. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body, sent as JSON, with the same placeholders in its texts. @default - none */
  readonly body?: Readonly<Record<string, unknown>>;
}
