import { KEPT_BY_PLAN, REVERTED_BY_PLAN } from '../../../lib/drift/terraform/drift';
import { compared, entry, fixture, planOf } from './plans';

const update = (before: object | null, after: object | null) => ({ actions: ['update'], before, after });
const drifted = (...drift: object[]) => ({ resource_drift: drift });
const told = (plan: Parameters<typeof compared>[0]) =>
  compared(plan)
    .changes.filter(({ source }) => source === 'terraform-drift')
    .map(({ resource, action, reason, differences }) => [
      ...[resource, action, reason, differences.map(({ path }) => path).join(' ')],
    ]);

test('BP-57: drift with equal sides is none', () => {
  const same = entry('aws_x.a', update({ a: [1], b: null }, { a: [1] }));
  expect(told(planOf([], drifted(same)))).toEqual([]);
});

test('drift is held against what a full plan does to the value', () => {
  const drift = entry(
    'aws_x.a',
    update({ kept: 1, back: 1, deep: { x: 1 } }, { kept: 2, back: 2, deep: { x: 2 } }),
  );
  const plan = entry(
    'aws_x.a',
    update({ kept: 2, back: 2, deep: { x: 2 } }, { kept: 2, back: 1, deep: { x: 1 } }),
  );
  expect(told(planOf([plan], drifted(drift)))).toEqual([
    ['aws_x.a', 'update', REVERTED_BY_PLAN, 'back deep.x'],
    ['aws_x.a', 'update', KEPT_BY_PLAN, 'kept'],
  ]);
});

test('what the plan deletes is not kept', () => {
  const drift = entry('aws_x.a', update({ a: 1 }, { a: 2 }));
  const plan = entry('aws_x.a', { actions: ['delete'], before: { a: 2 }, after: null });
  expect(told(planOf([plan], drifted(drift)))).toEqual([['aws_x.a', 'update', REVERTED_BY_PLAN, 'a']]);
});

test.each([
  ['a refresh-only plan, which lacks the list', { resource_changes: undefined }],
  ['a targeted plan', { complete: false }],
  ['an errored plan', { errored: true }],
])('%s says nothing of what is kept', (_name, more) => {
  const drift = entry('aws_x.a', update({ a: 1 }, { a: 2 }));
  expect(told(planOf([], { ...drifted(drift), ...more }))).toEqual([['aws_x.a', 'update', undefined, 'a']]);
});

test('a refresh-only plan has looked at all that stands in the state, also where nothing has drifted', () => {
  const { checked, changes, stacks } = compared(fixture('15-drift-refresh-only'));
  // Nine objects; the output is as it was.
  expect(checked).toBe(9);
  expect(changes.filter(({ source }) => source === 'terraform-drift')).toEqual([]);
  expect(stacks).toEqual([{ region: '-', stack: 'plan' }]);
});

test('an object that is gone is told beside its creation', () => {
  const drift = entry('aws_x.a', { actions: ['delete'], before: { a: 1 }, after: null });
  const plan = planOf(
    [entry('aws_x.a', { actions: ['create'], before: null, after: { a: 1 } })],
    drifted(drift),
  );
  expect(told(plan)).toEqual([['aws_x.a', 'delete', undefined, '']]);
  expect(compared(plan).changes).toHaveLength(2);
  expect(compared(plan).checked).toBe(1);
});
