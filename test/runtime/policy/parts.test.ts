import fc from 'fast-check';
import { RuntimeError } from '../../../lib/runtime/errors';
import { constant, equalJitter, fullJitter } from '../../../lib/runtime/policy/backoff';
import { Budget } from '../../../lib/runtime/policy/budget';
import { withDeadline } from '../../../lib/runtime/policy/deadline';
import { fanOut } from '../../../lib/runtime/policy/fan-out';
import { percentileDelay } from '../../../lib/runtime/policy/hedge-delay';
import { retryAfterMilliseconds } from '../../../lib/runtime/policy/retry-after';
import { isTransient } from '../../../lib/runtime/policy/transient';
import { Random } from '../../helpers/simulation';
import { VirtualClock } from '../../helpers/virtual-clock';

describe('back-off', () => {
  const bounds = { baseMilliseconds: 50, capMilliseconds: 1000 };

  test('full jitter draws from the whole span, half of it is for what must not come back at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (turn, random) => {
          const span = Math.min(1000, 50 * 2 ** (turn - 1));
          expect(fullJitter(bounds)(turn, () => random)).toBeCloseTo(random * span, 6);
          expect(equalJitter(bounds)(turn, () => random)).toBeCloseTo((0.5 + random / 2) * span, 6);
        },
      ),
    );
    expect(constant(7)(3, () => 0)).toBe(7);
  });
});

describe('Budget', () => {
  test('never gives more than the start, a share of the calls, and no more than the reserve at once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('earn', 'take')),
        fc.constantFrom(0.05, 0.1, 0.33),
        (steps, ratio) => {
          const budget = new Budget({ ratio, reserve: 3, start: 2 });
          let earned = 0;
          let taken = 0;
          for (const step of steps) {
            if (step === 'earn') {
              budget.earn();
              earned += 1;
            } else if (budget.take()) taken += 1;
            if (taken > 2 + ratio * earned + 1e-9 || budget.tokens > 3) return false;
          }
          return true;
        },
      ),
    );
  });

  test('twenty twentieths are one', () => {
    const budget = new Budget({ ratio: 0.05, reserve: 1 });
    for (let turn = 0; turn < 20; turn += 1) budget.earn();
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });

  test.each([
    { ratio: 2, reserve: 1 },
    { ratio: 0.1, reserve: 1, start: 2 },
    { ratio: Number.NaN, reserve: 1 },
  ])('%j is no budget', options => {
    expect(() => new Budget(options)).toThrow(RangeError);
  });
});

describe('percentileDelay', () => {
  test('is unknown at first, then within a tenth of the true percentile, and follows a change', () => {
    const random = new Random(7);
    const delay = percentileDelay({ percentile: 0.95 });
    const feed = (count: number, scale: number) => {
      for (let turn = 0; turn < count; turn += 1) delay.observe(scale * random.next());
    };
    feed(49, 100);
    expect(delay.current()).toBe(Number.POSITIVE_INFINITY);
    feed(5000, 100);
    expect(delay.current()).toBeGreaterThan(90);
    expect(delay.current()).toBeLessThan(95 * 1.11);
    feed(30_000, 10);
    expect(delay.current()).toBeLessThan(9.5 * 1.11);
  });

  test('takes any duration, and never goes below its floor', () => {
    const delay = percentileDelay({ floorMilliseconds: 5, minimumAnswers: 1 });
    for (const milliseconds of [0, 1e-9, 1e12]) delay.observe(milliseconds);
    expect(delay.current()).toBeGreaterThanOrEqual(5);
  });
});

describe('retryAfterMilliseconds', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  test.each([
    ['2', 2000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (header, expected) => {
    expect(retryAfterMilliseconds(header, now)).toBe(expected);
  });

  test('a date means nothing without a clock', () => {
    expect(retryAfterMilliseconds('Thu, 01 Jan 2026 00:00:05 GMT')).toBeUndefined();
  });
});

describe('isTransient', () => {
  test.each([
    [new RuntimeError('unavailable', 'away'), true],
    [new RuntimeError('not-active', 'elsewhere'), false],
    [new RuntimeError('deadline', 'late'), false],
    [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), true],
    [Object.assign(new Error('shutting down'), { code: '57P01' }), true],
    [Object.assign(new Error('unique'), { code: '23505' }), false],
    [{ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }, true],
    [{ name: 'ValidationException', $metadata: { httpStatusCode: 400 } }, false],
    [{ status: 503 }, true],
    [{ status: 501 }, false],
    [
      { $metadata: { httpStatusCode: 503 }, $response: { headers: { 'retry-after': '3' } } },
      { afterMilliseconds: 3000 },
    ],
    [new TypeError('a bug'), false],
    ['text', false],
    [null, false],
  ])('%p: %j', (error, expected) => {
    expect(isTransient(error)).toEqual(expected);
  });
});

describe('fanOut', () => {
  test('keeps the order, the limit, and what failed in its place', async () => {
    let running = 0;
    let most = 0;
    const results = await fanOut([1, 2, 3, 4, 5, 6, 7], 3, async item => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setImmediate(resolve));
      running -= 1;
      if (item === 4) throw new Error('four');
      return item * 10;
    });
    expect(most).toBe(3);
    expect(results.map(result => (result.ok ? result.value : 'failed'))).toEqual([
      10,
      20,
      30,
      'failed',
      50,
      60,
      70,
    ]);
  });

  test('at the deadline it answers with what it has and starts nothing more', async () => {
    const clock = new VirtualClock();
    const started: number[] = [];
    let signal: AbortSignal | undefined;
    let results: Awaited<ReturnType<typeof fanOut>> = [];
    const done = withDeadline(
      100,
      async () => {
        results = await fanOut([10, 1000, 20, 30], 2, async (milliseconds, call) => {
          started.push(milliseconds);
          signal = call.signal;
          await clock.sleep(milliseconds === 30 ? 1000 : milliseconds);
        });
      },
      { clock },
    ).catch(() => undefined);
    await clock.advance(100);
    await done;
    await new Promise(resolve => setImmediate(resolve));
    expect(results.map(result => result.ok)).toEqual([true, false, true, false]);
    expect(started).toEqual([10, 1000, 20, 30]);
    expect(signal?.aborted).toBe(true);
  });

  test('nothing at all is a result, and a limit of none is refused', async () => {
    expect(await fanOut([], 3, async () => 1)).toEqual([]);
    await expect(fanOut([1], 0, async () => 1)).rejects.toThrow(RangeError);
  });
});
