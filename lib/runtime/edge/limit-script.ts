import { RuntimeError } from '../errors';
import type { LimitDecision, PolicyState, RatePolicy } from './rate-policy';

/**
 * One client, all its policies, one step. All or nothing: a request that one policy refuses is charged to none. The
 * time is the server's own, so that clones whose clocks differ count alike. It touches the one key that it is given,
 * so it runs on a cluster, and the key expires by itself once every policy is as if the client had never been there.
 *
 * KEYS[1]: the client. ARGV: cost, then name, kind, limit and window (microseconds) of each policy.
 * Answer: 1 or 0, then remaining, reset and wait (microseconds) of each policy.
 *
 * A field that lies further ahead than its policy allows comes from a longer window or another clock (a replica that
 * took over): it is cut to what this policy could have made, so that nobody is locked out by it.
 */
export const LIMIT_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local cost = tonumber(ARGV[1])
local count = (#ARGV - 1) / 4
local found, allowed = {}, 1
for index = 1, count do
  local base = 1 + (index - 1) * 4
  local name, kind = ARGV[base + 1], ARGV[base + 2]
  local limit, window = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4])
  local policy = { name = name, kind = kind, limit = limit, window = window, wait = 0 }
  local stored = redis.call('HMGET', KEYS[1], name, name .. ':used')
  if kind == 'rate' then
    policy.full = math.min(math.max(tonumber(stored[1] or 0), now), now + window)
    policy.wait = math.max(0, math.ceil(policy.full + cost * window / limit - now - window))
  else
    local start = math.floor(now / window) * window
    policy.start = start
    policy.used = 0
    if tonumber(stored[1] or -1) >= start then policy.used = math.min(limit, tonumber(stored[2] or 0)) end
    if policy.used + cost > limit then policy.wait = start + window - now end
  end
  if policy.wait > 0 then allowed = 0 end
  found[index] = policy
end
local answer, lives = { allowed }, 0
for _, policy in ipairs(found) do
  local remaining, reset
  if policy.kind == 'rate' then
    if allowed == 1 then
      policy.full = policy.full + cost * policy.window / policy.limit
      redis.call('HSET', KEYS[1], policy.name, string.format('%.0f', policy.full))
    end
    reset = policy.full - now
    remaining = math.floor((policy.window - reset) * policy.limit / policy.window + 0.000001)
  else
    if allowed == 1 then
      policy.used = policy.used + cost
      redis.call('HSET', KEYS[1], policy.name, string.format('%.0f', policy.start), policy.name .. ':used', policy.used)
    end
    reset = policy.start + policy.window - now
    remaining = policy.limit - policy.used
  end
  lives = math.max(lives, reset)
  answer[#answer + 1] = remaining
  answer[#answer + 1] = math.ceil(reset)
  answer[#answer + 1] = policy.wait
end
if allowed == 1 then redis.call('PEXPIRE', KEYS[1], math.ceil(lives / 1000) + 1) end
return answer
`;

/** The arguments of the script after its key. */
export function scriptArguments(policies: readonly RatePolicy[], cost: number): readonly (string | number)[] {
  const each = policies.flatMap(({ name, kind, limit, windowSeconds }) => [
    name,
    kind,
    limit,
    windowSeconds * 1_000_000,
  ]);
  return [cost, ...each];
}

/** Reads the script's answer. @throws RuntimeError `unavailable` when it has another shape */
export function readAnswer(policies: readonly RatePolicy[], answer: unknown): LimitDecision {
  const numbers = Array.isArray(answer) ? answer.map(Number) : [];
  if (numbers.length !== 1 + policies.length * 3 || numbers.some(Number.isNaN)) {
    throw new RuntimeError('unavailable', 'the cache gave an answer of another shape to a rate limit');
  }
  const states: PolicyState[] = policies.map((policy, index) => {
    const [remaining = 0, reset = 0, wait = 0] = numbers.slice(1 + index * 3);
    return {
      policy,
      remaining: Math.max(0, remaining),
      resetMilliseconds: reset / 1000,
      waitMilliseconds: wait / 1000,
    };
  });
  return { allowed: numbers[0] === 1, states, source: 'shared' };
}
