import type { LimitDecision, PolicyState } from './rate-policy';

/**
 * The headers of a limited answer, as in draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` lists every policy
 * (`q` requests in `w` seconds), `RateLimit` the one that is nearest to its end (`r` left, all there again in `t`
 * seconds). A refusal carries `Retry-After` (RFC 9110, 10.2.3) too, which takes precedence.
 */
export function rateHeaders(decision: LimitDecision): Readonly<Record<string, string>> {
  const tightest = tightestOf(decision.states);
  if (tightest === undefined) return {};
  const headers: Record<string, string> = {
    'ratelimit-policy': decision.states
      .map(({ policy }) => `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`)
      .join(', '),
    ratelimit: `"${tightest.policy.name}";r=${tightest.remaining};t=${seconds(tightest.resetMilliseconds)}`,
  };
  if (!decision.allowed) headers['retry-after'] = String(retryAfterSeconds(decision));
  return headers;
}

/** When a refused client may come again, in whole seconds, at least 1: when the last policy lets it through. */
export function retryAfterSeconds(decision: LimitDecision): number {
  const waits = decision.states.map(({ waitMilliseconds }) => seconds(waitMilliseconds));
  return Math.max(1, ...waits);
}

/** Who refuses longest, else who has the smallest part left. */
function tightestOf(states: readonly PolicyState[]): PolicyState | undefined {
  const part = ({ remaining, policy }: PolicyState) => remaining / policy.limit;
  return states.reduce<PolicyState | undefined>((first, state) => {
    if (first === undefined) return state;
    if (first.waitMilliseconds !== state.waitMilliseconds) {
      return first.waitMilliseconds > state.waitMilliseconds ? first : state;
    }
    return part(state) < part(first) ? state : first;
  }, undefined);
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
