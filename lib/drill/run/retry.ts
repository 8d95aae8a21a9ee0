import type { Clock } from '../../ports';

const BASE_MILLISECONDS = 50;

/** Pause before the next attempt: full jitter under an exponential bound (AWS Builders' Library, "Timeouts, retries, and backoff with jitter"). */
export function retryDelay(options: {
  attempt: number;
  random: () => number;
  capMilliseconds: number;
}): number {
  const bound = Math.min(options.capMilliseconds, BASE_MILLISECONDS * 2 ** Math.min(options.attempt, 16));
  return options.random() * bound;
}

/** Token bucket: all retries of a client together are no more than its rate, however many writes wait. */
export class RetryBudget {
  private tokens: number;
  private at: number;

  constructor(
    private readonly clock: Clock,
    /** Retries a second, and the most that are saved up. */
    private readonly rate: number,
  ) {
    this.tokens = rate;
    this.at = clock.monotonic();
  }

  /** Takes a token if there is one. */
  take(): boolean {
    const now = this.clock.monotonic();
    this.tokens = Math.min(this.rate, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
