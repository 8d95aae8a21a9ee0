import type { Duration } from 'aws-cdk-lib';
import type { GateCheckOptions } from './gate-checks';

/** Seconds for which resolvers keep the alias of a load balancer; AWS offers no other. */
export const ALIAS_TTL_SECONDS = 60;
/** Seconds that clients keep an answer beyond its TTL, where nothing else is known. */
const CLIENT_CACHE_SECONDS = 10;

/** What decides how long a turn takes. */
export interface TurnTimeProps extends GateCheckOptions {
  readonly clientDnsCache?: Duration;
  readonly turn?: unknown;
}

/**
 * Longest seconds from the word of the register until clients have the new answer: interval x failures, the TTL of an
 * alias and the clients' own caches. A routing control takes effect without checks in between.
 */
export function turnSeconds(props: TurnTimeProps): number {
  const checks =
    props.turn === undefined ? (props.checkIntervalSeconds ?? 10) * (props.checkFailures ?? 2) : 0;
  return checks + ALIAS_TTL_SECONDS + (props.clientDnsCache?.toSeconds() ?? CLIENT_CACHE_SECONDS);
}
