import fc from 'fast-check';
import type { SagaDefinition, SagaStep } from '../../../lib/runtime/saga/saga';
import { sagaToken, validateSaga } from '../../../lib/runtime/saga/saga';
import {
  type AttemptResult,
  begin,
  FIRST_STATE,
  isOver,
  after as next,
  type SagaState,
} from '../../../lib/runtime/saga/saga-machine';

const step = (name: string, more: Partial<SagaStep> = {}): SagaStep => ({
  name,
  action: async () => undefined,
  compensation: async () => undefined,
  settle: async () => 'taken',
  timeoutMilliseconds: 1000,
  ...more,
});
const PLAN = { steps: [step('a'), step('b', { retries: 1 }), step('c')] };
const ok = (value?: unknown): AttemptResult => ({ kind: 'ok', value });
const refused: AttemptResult = { kind: 'refused', reason: 'no' };
const unknown: AttemptResult = { kind: 'unknown', reason: 'no answer' };
const run = (plan: Pick<SagaDefinition, 'steps' | 'stuckAfter'>, results: readonly AttemptResult[]) =>
  results.reduce<SagaState>((state, result) => next(plan, begin(state, false), result), FIRST_STATE);

describe('forward', () => {
  test('steps are taken in order, their answers are kept, and the last one ends the saga', () => {
    const state = run(PLAN, [ok(1), ok(2), ok(3)]);
    expect(state).toMatchObject({ status: 'done', outcomes: { a: { value: 1 }, c: { value: 3 } } });
    expect(isOver(state)).toBe(true);
  });

  test('a step of which nobody knows is taken again, and given up after its retries', () => {
    expect(run(PLAN, [ok(), unknown])).toMatchObject({ direction: 'take', step: 1, attempts: 1 });
    // Nobody knows whether b was taken: that is asked before a is undone.
    expect(run(PLAN, [ok(), unknown, unknown])).toMatchObject({ direction: 'settle', step: 1 });
  });

  test('a step without a way back is never given up; it is stuck, and goes on when it is answered', () => {
    const plan = { steps: [step('a', { retries: Infinity })], stuckAfter: 2 };
    expect(run(plan, [unknown]).status).toBe('running');
    expect(run(plan, [unknown, unknown]).status).toBe('stuck');
    expect(run(plan, [unknown, unknown, unknown, ok()]).status).toBe('done');
  });
});

describe('back', () => {
  test('a refusal undoes what was taken, in reverse, and not what was refused', () => {
    const back = run(PLAN, [ok(), ok(), refused]);
    expect(back).toMatchObject({ direction: 'undo', step: 1 });
    expect(run(PLAN, [ok(), ok(), refused, ok()])).toMatchObject({ direction: 'undo', step: 0 });
    expect(run(PLAN, [ok(), ok(), refused, ok(), ok()]).status).toBe('undone');
  });

  test('what was found out decides: taken is undone, not taken is passed over', () => {
    const lost = [ok(), unknown, unknown];
    expect(run(PLAN, [...lost, ok('taken')])).toMatchObject({ direction: 'undo', step: 1 });
    expect(run(PLAN, [...lost, ok('not-taken')])).toMatchObject({ direction: 'undo', step: 0 });
    expect(run(PLAN, [...lost, unknown])).toMatchObject({ direction: 'settle', step: 1 });
  });

  test('an undoing that is refused is tried on, aloud, and ends well later', () => {
    const plan = { ...PLAN, stuckAfter: 2 };
    const stuck = [ok(), refused, refused, refused];
    expect(run(plan, stuck)).toMatchObject({ status: 'stuck', direction: 'undo', step: 0 });
    expect(run(plan, [...stuck, ok()]).status).toBe('undone');
  });

  test('a step that leaves nothing behind is not undone', () => {
    const plan = { steps: [step('check', { compensation: 'nothing' }), step('b')] };
    expect(run(plan, [ok(), refused]).status).toBe('undone');
  });
});

describe('a raise of the epoch', () => {
  test('asks every step again from the first, and silence turns nothing back any more', () => {
    const before = run(PLAN, [ok(), ok()]);
    const raised = begin(before, true);
    expect(raised).toMatchObject({ step: 0, attempts: 1, moved: true, reached: 2 });
    const silent = [unknown, unknown, unknown, unknown, unknown].reduce<SagaState>(
      (state, result) => next(PLAN, begin(state, false), result),
      before.moved ? before : { ...before, moved: true },
    );
    expect(silent).toMatchObject({ direction: 'take', step: 2 });
    // A refusal does, and then also what lies above the step in hand is asked about.
    const refusedAgain = next(PLAN, { ...raised, outcomes: {} }, refused);
    expect(refusedAgain).toMatchObject({ direction: 'settle', step: 2 });
  });

  test('leaves an undoing where it is', () => {
    const undoing = run(PLAN, [ok(), ok(), refused]);
    expect(begin(undoing, true)).toMatchObject({ direction: 'undo', step: 1, moved: true });
  });
});

test('for any answers that end in yes it ends, with nothing undone twice', () => {
  const result = fc.constantFrom(ok('taken'), ok('not-taken'), refused, unknown);
  fc.assert(
    fc.property(fc.array(result, { maxLength: 30 }), results => {
      const undone: number[] = [];
      let state = FIRST_STATE;
      const attempt = (answer: AttemptResult) => {
        if (isOver(state)) return;
        const begun = begin(state, false);
        if (begun.direction === 'undo' && answer.kind === 'ok') undone.push(begun.step);
        state = next(PLAN, begun, answer);
      };
      for (const each of results) attempt(each);
      for (let more = 0; more < 10; more += 1) attempt(ok('taken'));
      expect(isOver(state)).toBe(true);
      expect(new Set(undone).size).toBe(undone.length);
      expect([...undone].sort((a, b) => b - a)).toEqual(undone);
    }),
  );
});

describe('validateSaga', () => {
  test('names everything that is wrong at once, with place, value and fix', () => {
    const wrong = {
      name: 'bad',
      stuckAfter: 0,
      steps: [step('a b'), step('x', { timeoutMilliseconds: 0 }), step('x', { retries: 1.5 })],
    };
    expect(() => validateSaga(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        problems: [
          expect.objectContaining({ path: 'stuckAfter', received: 0 }),
          expect.objectContaining({ path: 'steps[0].name', received: 'a b' }),
          expect.objectContaining({ path: 'steps[1].timeoutMilliseconds', received: 0 }),
          expect.objectContaining({ path: 'steps[2].name', received: 'x' }),
          expect.objectContaining({ path: 'steps[2].retries', received: 1.5 }),
        ],
      }),
    );
    expect(() => validateSaga({ name: 'empty', steps: [] })).toThrow(/a saga without a step/);
  });

  test('takes one that is right, without end where there is no way back', () => {
    expect(() => validateSaga({ name: 'good', steps: [step('a', { retries: Infinity })] })).not.toThrow();
  });
});

test('a token is of the saga, the step and the way, and a settling asks under that of the taking', () => {
  expect(sagaToken('s', 'a', 'take')).toBe('s/a/take');
  expect(sagaToken('s', 'a', 'settle')).toBe('s/a/take');
  expect(sagaToken('s', 'a', 'undo')).toBe('s/a/undo');
});
