import fc from 'fast-check';
import { longestSeconds, type SagaPlan, sagaDefinition } from '../../../constructs/async/saga-definition';
import { type Call, type RegisterAnswer, type SagaWorld, simulate } from './saga-simulator';

const HERE: RegisterAnswer = { epoch: 7, phase: 'active', region: 'us-east-2' };

/** A plan of steps; those in `traceless` leave nothing to undo. */
function planOf(count: number, traceless: readonly number[] = []): SagaPlan {
  const steps = Array.from({ length: count }, (_, index) => ({
    name: `s${index}`,
    action: `take-${index}`,
    ...(traceless.includes(index) ? {} : { compensation: `undo-${index}` }),
    timeout: 10,
    retries: 2,
    compensationRetries: 4,
  }));
  return { region: 'us-east-2', registerTable: 't', registerKey: 'register', partition: 'aws', steps };
}

const named = (name: string) => Object.assign(new Error(name), { name });

/** Runs a plan; `failing` says how a call fails, if it does. Tells each attempt that got through, in order. */
function run(
  plan: SagaPlan,
  failing: (call: Call, attempt: number) => string | undefined = () => undefined,
  register: SagaWorld['register'] = () => HERE,
) {
  const calls: Call[] = [];
  const attempts = new Map<string, number>();
  const ending = simulate(
    sagaDefinition(plan),
    {
      register,
      call: call => {
        const attempt = (attempts.get(call.token) ?? 0) + 1;
        attempts.set(call.token, attempt);
        const error = failing(call, attempt);
        if (error !== undefined) throw named(error);
        calls.push(call);
        return { made: call.step };
      },
    },
    { order: 1 },
  );
  const did = calls.map(({ step, direction }) => `${direction} ${step}`);
  return { ending, calls, did, attempts };
}

test('takes every step in order, each told what came before it', () => {
  const { ending, did, calls } = run(planOf(3));
  expect(did).toEqual(['take s0', 'take s1', 'take s2']);
  expect(ending).toMatchObject({ output: { outcome: 'done', results: { s2: { value: { made: 's2' } } } } });
  expect(calls[1]).toEqual({
    step: 's1',
    direction: 'take',
    token: 'run-1/s1/take',
    epoch: 7,
    input: { order: 1 },
    results: { s0: { value: { made: 's0' } } },
  });
});

test('at any point of failure exactly the completed steps are undone, in reverse', () => {
  const plans = fc.integer({ min: 1, max: 6 }).chain(count =>
    fc.record({
      count: fc.constant(count),
      point: fc.integer({ min: 0, max: count - 1 }),
      traceless: fc.subarray(Array.from({ length: count }, (_, index) => index)),
      error: fc.constantFrom('Refused', 'Error', 'States.TaskFailed', 'States.Timeout', 'Lambda.Unknown'),
    }),
  );
  fc.assert(
    fc.property(plans, ({ count, point, traceless, error }) => {
      const plan = planOf(count, traceless);
      const { ending, did } = run(plan, ({ step, direction }) =>
        step === `s${point}` && direction === 'take' ? error : undefined,
      );
      // A step whose outcome nobody knows may have been taken, so it is undone as if it had.
      const unknown = error === 'States.Timeout' || error === 'Lambda.Unknown';
      const last = unknown ? point : point - 1;
      const undone = Array.from({ length: last + 1 }, (_, index) => last - index);
      expect(did).toEqual([
        ...Array.from({ length: point }, (_, index) => `take s${index}`),
        ...undone.filter(index => !traceless.includes(index)).map(index => `undo s${index}`),
      ]);
      expect(ending).toMatchObject({ output: { outcome: 'undone', failure: { Error: error } } });
    }),
    { numRuns: 100 },
  );
});

test('a step that fails for a while is tried again under one token; one that is refused is not', () => {
  const shaky = run(planOf(2), ({ step }, attempt) => (step === 's1' && attempt < 3 ? 'Error' : undefined));
  expect(shaky.ending).toMatchObject({ output: { outcome: 'done' } });
  expect(shaky.attempts.get('run-1/s1/take')).toBe(3);
  const refused = run(planOf(2), ({ step }) => (step === 's1' ? 'Refused' : undefined));
  expect(refused.attempts.get('run-1/s1/take')).toBe(1);
});

test.each<[string, RegisterAnswer | undefined]>([
  ['another Region is active', { ...HERE, region: 'us-west-2' }],
  ['this Region is not active yet', { ...HERE, phase: 'promoting' }],
  ['the register does not answer', undefined],
])('takes no step when %s', (_case, answer) => {
  const { ending, did } = run(planOf(3), undefined, () => answer);
  expect(did).toEqual([]);
  expect(ending).toEqual({ output: { outcome: 'not-active' } });
});

test('before each undoing the register is asked: once the epoch was raised nothing more is undone', () => {
  const moved = [
    { ...HERE, region: 'us-west-2', epoch: 8 },
    { ...HERE, epoch: 9 },
  ];
  for (const after of moved) {
    const answers = [HERE, HERE, after];
    const { ending, did } = run(
      planOf(4),
      ({ step }) => (step === 's3' ? 'Error' : undefined),
      () => answers.shift(),
    );
    expect(did).toEqual(['take s0', 'take s1', 'take s2', 'undo s2']);
    expect(ending).toEqual({ error: 'Fenced' });
  }
});

test('what cannot be undone stops the run for a person to see, after its own number of attempts', () => {
  const { ending, attempts } = run(planOf(3), ({ step, direction }) =>
    step === 's2' || (step === 's1' && direction === 'undo') ? 'Error' : undefined,
  );
  expect(ending).toEqual({ error: 'NotUndone' });
  expect(attempts.get('run-1/s1/undo')).toBe(5);
});

test('retries spread: they wait longer each time, at random, and not for ever', () => {
  const { States } = sagaDefinition(planOf(1));
  expect(States.s0?.Retry).toContainEqual(
    expect.objectContaining({ JitterStrategy: 'FULL', BackoffRate: 2, MaxDelaySeconds: 30, MaxAttempts: 2 }),
  );
  expect(States.s0?.TimeoutSeconds).toBe(10);
});

test('the whole run has time for all its attempts, forward and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), count => {
      const { steps } = planOf(count);
      const attempts = steps.reduce(
        (sum, step) => sum + step.timeout * (step.retries + step.compensationRetries + 2),
        0,
      );
      expect(longestSeconds(steps)).toBeGreaterThan(attempts);
      expect(sagaDefinition(planOf(count)).TimeoutSeconds).toBe(longestSeconds(steps));
    }),
    { numRuns: 8 },
  );
});
