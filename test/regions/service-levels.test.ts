import fc from 'fast-check';
import { BURN_RATES, burnFactor, burnThreshold, detectionMinutes, errorBudget } from '../../regions';
import { findProblems } from '../../regions/schema';
import { example } from './example';

const [fast, slow, leak] = BURN_RATES as [
  (typeof BURN_RATES)[0],
  (typeof BURN_RATES)[0],
  (typeof BURN_RATES)[0],
];

test('the factors of 30 days are those of the SRE workbook, chapter 5', () => {
  const factors = BURN_RATES.map(rate => Number(burnFactor(rate, { target: 0.999 }).toFixed(3)));
  expect(factors).toEqual([14.4, 6, 1]);
});

test('a budget is exact to what a target can say', () => {
  expect(errorBudget({ target: 0.999 })).toBe(0.001);
  expect(errorBudget({ target: 0.99999 })).toBe(0.00001);
});

test('a whole outage is known after 52 seconds at 99.9 %, and what keeps the promise never', () => {
  expect(detectionMinutes(fast, { target: 0.999 }, 1) * 60).toBeCloseTo(51.84);
  expect(detectionMinutes(leak, { target: 0.999 }, 0.001)).toBe(Number.POSITIVE_INFINITY);
  expect(detectionMinutes(slow, { target: 0.999 }, 0.0061)).toBeLessThan(360);
});

test('the faster speed always knows first, and every threshold can be reached', () => {
  const target = fc.double({ min: 0.95, max: 0.99999, noNaN: true });
  fc.assert(
    fc.property(target, fc.integer({ min: 7, max: 30 }), (value, windowDays) => {
      const objective = { target: value, windowDays };
      for (const rate of BURN_RATES) expect(burnThreshold(rate, objective)).toBeLessThan(1);
      const times = BURN_RATES.map(rate => detectionMinutes(rate, objective, 1));
      expect([...times].sort((a, b) => a - b)).toEqual(times);
    }),
  );
});

describe('in a topology', () => {
  const problems = (...serviceLevels: object[]) =>
    findProblems(example(document => Object.assign(document, { serviceLevels }))).map(({ path }) => path);
  const order = { name: 'place-order', kind: 'availability', target: 0.999 };

  test('each kind with what it is judged by', () => {
    expect(
      problems(
        { ...order, route: 'POST /orders' },
        { name: 'in-time', kind: 'latency', target: 0.99, thresholdMilliseconds: 300 },
        { name: 'fresh', kind: 'freshness', target: 0.99, thresholdSeconds: 120, windowDays: 7 },
        { name: 'durable', kind: 'durability', target: 0.99 },
      ),
    ).toEqual([]);
  });

  test.each([
    ['a name twice', [order, order], ['serviceLevels[1].name']],
    ['a target out of reach', [{ ...order, target: 0.5 }], ['serviceLevels[0].target']],
    ['a kind that is none', [{ ...order, kind: 'speed' }], ['serviceLevels[0].kind']],
    ['latency without a limit', [{ ...order, kind: 'latency' }], ['serviceLevels[0].thresholdMilliseconds']],
    ['freshness without a limit', [{ ...order, kind: 'freshness' }], ['serviceLevels[0].thresholdSeconds']],
    ['availability with a limit', [{ ...order, thresholdSeconds: 5 }], ['serviceLevels[0].thresholdSeconds']],
    ['durability of a route', [{ ...order, kind: 'durability', route: 'GET /' }], ['serviceLevels[0].route']],
    ['a route without a method', [{ ...order, route: '/orders' }], ['serviceLevels[0].route']],
    ['a window of a quarter', [{ ...order, windowDays: 90 }], ['serviceLevels[0].windowDays']],
    ['an unknown field', [{ ...order, owner: 'us' }], ['serviceLevels[0].owner']],
  ])('refuses %s', (_what, levels, paths) => {
    expect(problems(...levels)).toEqual(paths);
  });

  test('refuses more than a person can keep in mind', () => {
    const many = Array.from({ length: 21 }, (_, index) => ({ ...order, name: `level-${index}` }));
    expect(problems(...many)).toEqual(['serviceLevels']);
  });
});
