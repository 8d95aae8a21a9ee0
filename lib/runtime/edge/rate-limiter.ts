import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import { LocalLimits } from './local-limits';
import { checkPolicies, type LimitDecision, type RatePolicy } from './rate-policy';

/** Counts that every clone shares. */
export interface SharedLimits {
  /** Charges one request to a client. Rejects when the counts are out of reach, soon. */
  take(client: string, policies: readonly RatePolicy[]): Promise<LimitDecision>;
}

/** What a rate limiter needs. */
export interface RateLimiterOptions {
  readonly shared: SharedLimits;
  readonly policies: readonly RatePolicy[];
  /**
   * Part of each limit that this process gives out by itself while the shared counts are out of reach: one divided
   * by the number of clones that the Region promises to run.
   */
  readonly localShare: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the shared counts are left alone after they failed, in milliseconds. @default 1000 */
  readonly pauseMilliseconds?: number;
}

/**
 * Limits each client by counts in the shared cache. While the cache is away it fails neither open nor closed: each
 * clone gives out its own share, so that together they give about the limit, and a client that stays within its
 * share notices nothing. After a failure the cache is left alone for a moment, so that a slow one costs one request
 * in a second and not every one.
 */
export class RateLimiter {
  private readonly local: LocalLimits;
  private quietUntil = Number.NEGATIVE_INFINITY;
  private failure: string | undefined;

  constructor(private readonly options: RateLimiterOptions) {
    const { clock, localShare: share } = options;
    this.local = new LocalLimits({ clock, policies: checkPolicies(options.policies), share });
  }

  /** Why the shared counts are out of reach; undefined while they answer. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** Charges one request to a client. Never rejects. */
  async take(client: string): Promise<LimitDecision> {
    const { shared, policies, clock } = this.options;
    if (clock.monotonic() >= this.quietUntil) {
      try {
        const decision = await shared.take(client, policies);
        this.note(undefined);
        return decision;
      } catch (error) {
        this.quietUntil = clock.monotonic() + (this.options.pauseMilliseconds ?? 1000);
        this.note(reasonOf(error));
      }
    }
    return this.local.take(client);
  }

  private note(failure: string | undefined): void {
    if ((failure === undefined) !== (this.failure === undefined)) {
      this.options.logger.warn('limits.changed', { problem: failure });
    }
    this.failure = failure;
  }
}
