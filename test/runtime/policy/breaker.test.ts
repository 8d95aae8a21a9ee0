import fc from 'fast-check';
import { constant } from '../../../lib/runtime/policy/backoff';
import { type BreakerOptions, CircuitBreaker, REFUSED } from '../../../lib/runtime/policy/breaker';
import { consecutiveFailures, failureRate } from '../../../lib/runtime/policy/breaker-rules';
import { VirtualClock } from '../../helpers/virtual-clock';

class SettableClock extends VirtualClock {
  at = 0;
  override monotonic(): number {
    return this.at;
  }
}

function make(options: Partial<BreakerOptions> = {}) {
  const clock = new SettableClock();
  const random = () => 0.5;
  const breaker = new CircuitBreaker({
    clock,
    random,
    rule: consecutiveFailures(3),
    openFor: constant(1000),
    ...options,
  });
  return { clock, breaker };
}

const fail = (breaker: CircuitBreaker, times: number) => {
  for (let turn = 0; turn < times; turn += 1) breaker.failed(breaker.enter());
};

test('it opens, refuses for its time, lets the probes through, and closes when all succeed', () => {
  const changes: string[] = [];
  const { clock, breaker } = make({ probes: 2, onChange: state => changes.push(state) });
  fail(breaker, 3);
  expect(breaker.enter()).toBe(REFUSED);
  clock.at = 400;
  expect(breaker.refusal().afterMilliseconds).toBe(600);
  clock.at = 1000;
  const [first, second, third] = [breaker.enter(), breaker.enter(), breaker.enter()];
  expect(third).toBe(REFUSED);
  breaker.succeeded(first);
  // One has passed and one is on its way: no third.
  expect(breaker.enter()).toBe(REFUSED);
  breaker.succeeded(second);
  expect(changes).toEqual(['open', 'half-open', 'closed']);
  expect(breaker.enter()).not.toBe(REFUSED);
});

test('a failed probe opens it again, for longer each time when the back-off says so', () => {
  const { clock, breaker } = make({ openFor: turn => 1000 * turn });
  fail(breaker, 3);
  clock.at = 1000;
  fail(breaker, 1);
  expect(breaker.refusal().afterMilliseconds).toBe(2000);
});

test('a probe that is given up frees its place and says nothing', () => {
  const { clock, breaker } = make();
  fail(breaker, 3);
  clock.at = 1000;
  breaker.ignored(breaker.enter());
  expect(breaker.state).toBe('half-open');
  breaker.succeeded(breaker.enter());
  expect(breaker.state).toBe('closed');
});

test('outcomes of calls from before a change count for nothing', () => {
  const { clock, breaker } = make();
  const early = breaker.enter();
  fail(breaker, 3);
  clock.at = 1000;
  const probe = breaker.enter();
  breaker.succeeded(early);
  breaker.ignored(early);
  expect([breaker.state, breaker.probesInFlight]).toEqual(['half-open', 1]);
  breaker.succeeded(probe);
  expect(breaker.state).toBe('closed');
  breaker.failed(early);
  fail(breaker, 2);
  expect(breaker.state).toBe('closed');
});

test('its state goes through JSON to another process; what was half-open probes anew', () => {
  const { clock, breaker } = make();
  fail(breaker, 3);
  clock.at = 250;
  const snapshot = JSON.parse(JSON.stringify(breaker));
  expect(snapshot).toEqual({ state: 'open', openMilliseconds: 750, openings: 1 });
  const other = make({ initial: snapshot });
  expect(other.breaker.enter()).toBe(REFUSED);
  other.clock.at = 750;
  expect(other.breaker.enter()).not.toBe(REFUSED);
  const again = make({ initial: JSON.parse(JSON.stringify(other.breaker)) });
  expect(again.breaker.enter()).not.toBe(REFUSED);
  expect(make({ initial: { state: 'closed', openMilliseconds: 0, openings: 0 } }).breaker.state).toBe(
    'closed',
  );
});

test('whatever happens: never more probes than agreed, and refused for the whole of its time', () => {
  const step = fc.record({ kind: fc.constantFrom('enter', 'ok', 'fail', 'ignore', 'wait'), pick: fc.nat() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 200 }), (probes, steps) => {
      const { clock, breaker } = make({ probes });
      const held: number[] = [];
      let openedAt = Number.NEGATIVE_INFINITY;
      let admittedInHalfOpen = 0;
      for (const { kind, pick } of steps) {
        const before = breaker.state;
        if (kind === 'wait') clock.at += pick % 700;
        else if (kind === 'enter') {
          const ticket = breaker.enter();
          if (before === 'open' && clock.at < openedAt + 1000 && ticket !== REFUSED) return false;
          if (before === 'open' && clock.at >= openedAt + 1000 && ticket === REFUSED) return false;
          if (before === 'closed' && ticket === REFUSED) return false;
          if (ticket !== REFUSED) held.push(ticket);
          if (breaker.state === 'half-open' && ticket !== REFUSED) admittedInHalfOpen += 1;
        } else if (held.length > 0) {
          const [ticket] = held.splice(pick % held.length, 1) as [number];
          const probing = breaker.probesInFlight;
          if (kind === 'ok') breaker.succeeded(ticket);
          else if (kind === 'fail') breaker.failed(ticket);
          else breaker.ignored(ticket);
          if (kind === 'ignore' && breaker.probesInFlight < probing) admittedInHalfOpen -= 1;
        }
        if (breaker.state !== 'half-open') admittedInHalfOpen = 0;
        if (breaker.state === 'open' && before !== 'open') openedAt = clock.at;
        if (breaker.probesInFlight > probes || breaker.probesInFlight < 0 || admittedInHalfOpen > probes)
          return false;
      }
      return true;
    }),
    { numRuns: 500 },
  );
});

describe('failureRate', () => {
  const windowMilliseconds = 10_000;

  test('agrees with a count of the calls in the window, to a tenth of it', () => {
    const call = fc.record({ gap: fc.integer({ min: 0, max: 900 }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 150 }), calls => {
        const rule = failureRate({ threshold: 0.5, minimumCalls: 5, windowMilliseconds });
        const seen: { at: number; failed: boolean }[] = [];
        let now = 0;
        for (const { gap, failed } of calls) {
          now += gap;
          seen.push({ at: now, failed });
          if (!failed) {
            rule.succeeded(now);
            continue;
          }
          const oldest = (Math.floor(now / 1000) - 9) * 1000;
          const inside = seen.filter(one => one.at >= oldest);
          const failures = inside.filter(one => one.failed).length;
          if (rule.failed(now) !== (inside.length >= 5 && failures >= inside.length / 2)) return false;
        }
        return true;
      }),
    );
  });

  test.each([0, 0.3, 0.49])(
    'whatever came before, a dependency that is dead opens it within the window (%d bad)',
    bad => {
      const { clock, breaker } = make({ rule: failureRate({ windowMilliseconds }) });
      for (; clock.at < 60_000; clock.at += 100) {
        const ticket = breaker.enter();
        if (((clock.at / 100) % 100) / 100 < bad) breaker.failed(ticket);
        else breaker.succeeded(ticket);
        if (breaker.state !== 'closed') break;
      }
      const died = clock.at;
      while (breaker.state === 'closed') {
        clock.at += 100;
        breaker.failed(breaker.enter());
      }
      expect(clock.at - died).toBeLessThanOrEqual(windowMilliseconds);
    },
  );

  test('a long silence forgets everything', () => {
    const rule = failureRate({ minimumCalls: 2 });
    rule.failed(0);
    expect(rule.failed(1e7)).toBe(false);
  });
});
