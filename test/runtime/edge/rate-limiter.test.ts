import fc from 'fast-check';
import { LocalLimits } from '../../../lib/runtime/edge/local-limits';
import { rateHeaders } from '../../../lib/runtime/edge/rate-headers';
import { RateLimiter } from '../../../lib/runtime/edge/rate-limiter';
import { checkPolicies, type RatePolicy } from '../../../lib/runtime/edge/rate-policy';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';
import { VirtualClock } from '../../helpers/virtual-clock';

const RATE: RatePolicy = { name: 'second', kind: 'rate', limit: 10, windowSeconds: 1 };
const DAY: RatePolicy = { name: 'day', kind: 'quota', limit: 25, windowSeconds: 86_400 };

function limits(policies: readonly RatePolicy[], share = 1, maximumClients?: number) {
  const clock = new VirtualClock();
  return { clock, local: new LocalLimits({ clock, policies, share, maximumClients }) };
}

describe('a bucket in this process', () => {
  test('gives its limit at once, then one each tenth of its window', async () => {
    const { clock, local } = limits([RATE]);
    const first = Array.from({ length: 11 }, () => local.take('a'));
    expect(first.map(({ allowed }) => allowed)).toEqual([...Array(10).fill(true), false]);
    expect(first[9]?.states[0]).toMatchObject({ remaining: 0, resetMilliseconds: 1000 });
    expect(first[10]?.states[0]?.waitMilliseconds).toBe(100);
    await clock.advance(100);
    expect([local.take('a').allowed, local.take('a').allowed]).toEqual([true, false]);
    expect(local.take('b').allowed).toBe(true);
  });

  test('a quota is spent until its day is over, and a refusal is charged to no policy', async () => {
    const { clock, local } = limits([RATE, DAY]);
    let taken = 0;
    for (let second = 0; second < 5; second += 1) {
      for (let n = 0; n < 12; n += 1) if (local.take('a').allowed) taken += 1;
      await clock.advance(1000);
    }
    expect(taken).toBe(25);
    const refused = local.take('a');
    // The bucket of the second is untouched by what the day refused.
    expect(refused.states.map(({ remaining }) => remaining)).toEqual([10, 0]);
    expect(refused.states[1]?.waitMilliseconds).toBe(86_400_000 - 5000);
    await clock.advance(86_400_000 - 5000);
    expect(local.take('a').allowed).toBe(true);
  });

  test('never gives more than limit + limit * time / window, whatever the times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), async pauses => {
        const { clock, local } = limits([RATE]);
        const times: number[] = [];
        for (const pause of pauses) {
          await clock.advance(pause);
          if (local.take('a').allowed) times.push(clock.monotonic());
        }
        for (const [from, start] of times.entries()) {
          for (const [to, end] of times.entries()) {
            if (to >= from) expect(to - from + 1).toBeLessThanOrEqual(10 + (end - start) / 100 + 1e-6);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('remembers so many clients, and forgets who was quiet for longest', () => {
    const { local } = limits([{ ...RATE, limit: 1 }], 1, 2);
    for (const client of ['a', 'b', 'a', 'c']) local.take(client);
    expect(local.take('a').allowed).toBe(false);
    expect(local.take('b').allowed).toBe(true);
  });
});

describe('when the shared counts are away', () => {
  function limiter() {
    const clock = new VirtualClock();
    const world = { up: true, calls: 0 };
    const shared = {
      async take() {
        world.calls += 1;
        if (!world.up) throw new Error('away');
        return { allowed: true, states: [], source: 'shared' as const };
      },
    };
    const options = { shared, policies: [RATE], localShare: 0.5, clock, logger: silentLogger };
    return { clock, world, limiter: new RateLimiter(options) };
  }

  test('each clone gives out its share, neither everything nor nothing', async () => {
    const { limiter: edge, world } = limiter();
    world.up = false;
    const decisions = [];
    for (let n = 0; n < 7; n += 1) decisions.push(await edge.take('a'));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, true, true, true, false, false]);
    expect(decisions.every(({ source }) => source === 'local')).toBe(true);
    expect(edge.problem).toBe('away');
  });

  test('it is asked again after a pause, not at each request', async () => {
    const { limiter: edge, world, clock } = limiter();
    world.up = false;
    await edge.take('a');
    await edge.take('a');
    expect(world.calls).toBe(1);
    world.up = true;
    await clock.advance(1000);
    expect((await edge.take('a')).source).toBe('shared');
    expect(edge.problem).toBeUndefined();
  });
});

test('headers name every policy, and the one nearest to its end', () => {
  const { local } = limits([RATE, DAY]);
  expect(rateHeaders(local.take('a'))).toEqual({
    'ratelimit-policy': '"second";q=10;w=1, "day";q=25;w=86400',
    ratelimit: '"second";r=9;t=1',
  });
  for (let n = 0; n < 9; n += 1) local.take('a');
  expect(rateHeaders(local.take('a'))).toMatchObject({ ratelimit: '"second";r=0;t=1', 'retry-after': '1' });
});

test('policies are checked whole', () => {
  const wrong = [
    { ...RATE, name: 'a b' },
    { ...RATE, limit: 0 },
    { ...DAY, limit: 1.5, windowSeconds: 0 },
    DAY,
  ];
  expect(() => checkPolicies(wrong)).toThrow(
    /policies\[0\]\.name.*policies\[1\]\.limit.*policies\[2\]\.limit.*policies\[2\]\.windowSeconds.*policies\[3\]\.name/s,
  );
  expect(() => checkPolicies([RATE, RATE])).toThrow(/stands twice/);
  expect(checkPolicies([RATE, DAY])).toHaveLength(2);
});
