import * as fc from 'fast-check';
import type { Json } from '../../../lib/drift/model';
import { runDrift } from '../../../lib/drift/run';
import { comparePlan } from '../../../lib/drift/terraform/compare-plan';
import { exitCodeOf } from '../../../lib/drift/verdict';
import { fixture, planOf } from './plans';
import { CASES } from './rule-cases';

const run = (...plans: readonly Json[]) =>
  runDrift(
    plans.map((plan, at) => ({
      ...{ name: `plan-${at}`, kind: 'terraform' as const },
      read: () => comparePlan(plan, { stack: 'plan' }),
    })),
  );

test.each([
  ['02-noop', 'clean', 0],
  ['15-drift-refresh-only', 'clean', 0],
  ['16-data-read-deferred', 'changes', 2],
  ['10-delete', 'changes', 2],
  ['11-moved', 'changes', 2],
  ['12-forget', 'changes', 2],
  ['13-import', 'changes', 2],
  ['08-check-failed', 'unchecked', 2],
  ['07-targeted', 'unchecked', 2],
  ['17-errored', 'unchecked', 2],
] as const)('%s is %s', (name, verdict, exitCode) => {
  const report = run(fixture(name));
  expect(report.verdict).toBe(verdict);
  expect(exitCodeOf(report.counts, 'change')).toBe(exitCode);
});

/** The same document with its keys, and its lists of resources, in another order. */
function shuffled(value: Json, random: () => number, name = ''): Json {
  const turned = <T>(items: readonly T[]): T[] =>
    items
      .map(item => [random(), item] as const)
      .sort(([left], [right]) => left - right)
      .map(([, item]) => item);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(item => shuffled(item, random));
    return /^(?:resource_changes|resource_drift|relevant_attributes|checks|child_modules|resources)$/.test(
      name,
    )
      ? turned(items)
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    turned(Object.entries(value)).map(([key, item]) => [key, shuffled(item, random, key)]),
  );
}

test('BP-57: the report is the same for any order of keys, resources and plans', () => {
  const parts = CASES.map(([, , plan]) => plan as { readonly [list: string]: Json | undefined });
  const lists = (name: string) =>
    parts.flatMap((part, at) =>
      // A plan has each address once.
      ((part[name] ?? []) as unknown as readonly { address: string }[]).map(each =>
        typeof each.address === 'string' ? { ...each, address: `module.m${at}.${each.address}` } : each,
      ),
    );
  const relevant = [1, 2, 3].map(at => ({ resource: `r${at}`, attribute: ['a'] }));
  const whole = planOf(lists('resource_changes') as never, {
    ...{ resource_drift: lists('resource_drift'), checks: lists('checks'), relevant_attributes: relevant },
  });
  const plans = [whole, fixture('03-update-and-replace'), fixture('07-targeted')];
  const expected = run(...plans);
  expect(expected.verdict).toBe('danger');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 2 }), seed => {
      let state = seed;
      const random = () => {
        state = (state * 48_271) % (2 ** 31 - 1);
        return state / (2 ** 31 - 1);
      };
      const turned = plans.map(plan => shuffled(plan, random));
      expect(run(...(seed % 2 === 0 ? turned : [...turned].reverse()))).toEqual(expected);
    }),
    { numRuns: 6 },
  );
});

test('a secret of a plan is in no part of a report', () => {
  for (const name of ['06-destroy-all', '07-targeted', '08-check-failed', '09-sensitive-update']) {
    expect(JSON.stringify(run(fixture(name)))).not.toContain('s3cret');
  }
});
