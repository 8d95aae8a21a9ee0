/** How requests move to the new build. */
export type ReleaseStrategy = 'canary' | 'linear' | 'all-at-once';

/** What a release may be told. Times are unscaled. */
export interface ReleaseOptions {
  /** @default 'canary' */
  readonly strategy?: ReleaseStrategy;
  /** Percent of the first step of a canary. @default 10 */
  readonly canaryPercent?: number;
  /** Equal steps of a linear release, 2 to 20. @default 4 */
  readonly steps?: number;
  /** Minutes of each step. @default 5 */
  readonly stepMinutes?: number;
  /** Minutes of the whole load on the new build, before the next Region. @default 10 */
  readonly bakeMinutes?: number;
  /** Minutes for which the old clones stay, after the last Region. @default 60 */
  readonly keepWarmMinutes?: number;
  /** Percent of failed requests beyond which an alarm goes off. @default 5 */
  readonly errorPercent?: number;
  /** Seconds of an answer (99th percentile) beyond which an alarm goes off, in two periods of three. @default 1 */
  readonly latencySeconds?: number;
  /** Requests to the new build in a period, without which it says nothing. @default 10, in the lab 1 */
  readonly minimumRequests?: number;
}
