import { EventEmitter } from 'node:events';
import { RuntimeError } from '../../../lib/runtime/errors';
import { constant, fullJitter } from '../../../lib/runtime/policy/backoff';
import { CircuitBreaker } from '../../../lib/runtime/policy/breaker';
import { consecutiveFailures } from '../../../lib/runtime/policy/breaker-rules';
import { Budget } from '../../../lib/runtime/policy/budget';
import { Bulkhead } from '../../../lib/runtime/policy/bulkhead';
import { remaining, withDeadline } from '../../../lib/runtime/policy/deadline';
import { fixedDelay } from '../../../lib/runtime/policy/hedge-delay';
import { type PolicyOptions, policy } from '../../../lib/runtime/policy/policy';
import { EventClock } from '../../helpers/event-clock';
import { Random, Simulation } from '../../helpers/simulation';

const away = () => new RuntimeError('unavailable', 'away');
const never = () => new Promise<never>(() => undefined);

/** A world at a standstill, with a policy whose every wait is an event. */
function world(options: Partial<PolicyOptions> = {}) {
  const simulation = new Simulation(new Random(1));
  const clock = new EventClock(simulation);
  const call = policy({ clock, random: () => 0.5, ...options });
  const finish = async () => {
    await new Promise(resolve => setImmediate(resolve));
    await simulation.run(1e9);
  };
  return { simulation, clock, call, finish };
}

const retry = (options = {}) => ({
  backoff: constant(100),
  budget: new Budget({ ratio: 0.1, reserve: 10, start: 10 }),
  ...options,
});

describe('retry', () => {
  test('a failed attempt is made again after its pause', async () => {
    const { call, finish, simulation } = world({ retry: retry() });
    const at: number[] = [];
    const done = call.run(async ({ number }) => {
      at.push(simulation.time);
      if (number < 3) throw away();
      return number;
    });
    await finish();
    expect(await done).toBe(3);
    expect(at).toEqual([0, 100, 200]);
  });

  test('the pause respects what the dependency asked for, and comes after it', async () => {
    const { call, finish, simulation } = world({
      retry: retry(),
      transient: () => ({ afterMilliseconds: 2000 }),
    });
    let second = 0;
    const done = call.run(async ({ number }) => {
      if (number === 1) throw away();
      second = simulation.time;
    });
    await finish();
    await done;
    expect(second).toBe(2100);
  });

  test('a pause that would outlast the deadline is not begun', async () => {
    const { call, simulation } = world({ deadlineMilliseconds: 90, retry: retry() });
    expect(await call.outcome(() => Promise.reject(away()))).toMatchObject({
      error: { code: 'unavailable' },
    });
    expect(simulation.time).toBe(0);
  });

  test('what will be refused again is not tried again', async () => {
    const { call } = world({ retry: retry() });
    const work = jest.fn(() => Promise.reject(new RuntimeError('conflict', 'no')));
    await call.outcome(work);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('one layer alone retries: what an inner policy gave up, the outer one passes on', async () => {
    const inner = world({ retry: retry() });
    const outer = policy({ clock: inner.clock, random: () => 0, retry: retry() });
    const work = jest.fn(() => Promise.reject(away()));
    const done = outer.outcome(() => inner.call.run(work));
    await inner.finish();
    expect(await done).toMatchObject({ ok: false });
    expect(work).toHaveBeenCalledTimes(3);
  });

  test('without tokens there is no retry; successes earn them', async () => {
    const budget = new Budget({ ratio: 0.5, reserve: 10 });
    const { call, finish } = world({ retry: retry({ budget }) });
    const work = jest.fn(() => Promise.reject(away()));
    await call.outcome(work);
    expect(work).toHaveBeenCalledTimes(1);
    await call.run(async () => 1);
    await call.run(async () => 1);
    const done = call.outcome(work);
    await finish();
    await done;
    expect(work).toHaveBeenCalledTimes(3);
  });
});

describe('time', () => {
  test('an attempt that is silent for too long is given up, and the next one has its own time', async () => {
    const { call, finish, simulation } = world({ timeoutMilliseconds: 50, retry: retry() });
    const signals: AbortSignal[] = [];
    const done = call.outcome(({ signal }) => {
      signals.push(signal);
      return never();
    });
    await finish();
    expect(await done).toMatchObject({ error: { name: 'AttemptTimeoutError' } });
    expect(signals.map(signal => signal.aborted)).toEqual([true, true, true]);
    expect(simulation.time).toBe(350);
  });

  test('the work sees the deadline of the call, which a hurried caller shortens', async () => {
    const { call, clock } = world({ deadlineMilliseconds: 500 });
    const look = () => call.run(async () => remaining());
    expect(await look()).toBe(500);
    expect(await withDeadline(30, look, { clock })).toBe(30);
  });

  test('only a time that was ours to give says that the dependency is not well', async () => {
    const make = () => {
      const made = world();
      const breaker = new CircuitBreaker({
        clock: made.clock,
        random: () => 0,
        rule: consecutiveFailures(1),
        openFor: constant(1e6),
      });
      const call = policy({ clock: made.clock, random: () => 0, deadlineMilliseconds: 100, breaker });
      return { ...made, breaker, call };
    };
    const own = make();
    const late = own.call.outcome(never);
    await own.finish();
    expect([await late, own.breaker.state]).toMatchObject([{ error: { code: 'deadline' } }, 'open']);
    const hurried = make();
    const given = withDeadline(10, () => hurried.call.run(never), { clock: hurried.clock }).catch(() => 0);
    await hurried.finish();
    expect([await given, hurried.breaker.state]).toEqual([0, 'closed']);
  });
});

describe('hedge', () => {
  const hedge = (tokens: number, delay = 20) => ({
    delay: fixedDelay(delay),
    budget: new Budget({ ratio: 0, reserve: 10, start: tokens }),
  });

  test('a slow attempt gets company, the first answer wins, the other is cancelled', async () => {
    const { call, finish, clock } = world({ hedge: hedge(1) });
    let loser: AbortSignal | undefined;
    const done = call.run(async ({ hedge: second, signal }) => {
      if (!second) loser = signal;
      await clock.sleep(second ? 5 : 1000);
      return second ? 'hedge' : 'first';
    });
    await finish();
    expect(await done).toBe('hedge');
    expect(loser?.reason).toMatchObject({ code: 'aborted' });
  });

  test.each([
    ['without tokens', world({ hedge: hedge(0) })],
    ['when the bulkhead is full', world({ hedge: hedge(5), bulkhead: new Bulkhead({ limit: 1, queue: 5 }) })],
    ['for one that is fast enough', world({ hedge: hedge(5, 2000) })],
  ])('there is none %s', async (_when, { call, clock, finish }) => {
    const work = jest.fn(() => clock.sleep(1000));
    const done = call.run(work);
    await finish();
    await done;
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('of two that fail the last error counts; one that fails alone is the result at once', async () => {
    const { call, finish, clock } = world({ hedge: hedge(1) });
    const both = call.outcome(async ({ hedge: second }) => {
      await clock.sleep(second ? 10 : 50);
      throw new Error(second ? 'hedge' : 'first');
    });
    await finish();
    expect(await both).toMatchObject({ error: { message: 'first' } });
    expect(await call.outcome(() => Promise.reject(new Error('at once')))).toMatchObject({ ok: false });
  });
});

describe('fallback', () => {
  const fallback = () => 'stale';

  test('answers for a dependency that is away, refused or late', async () => {
    const { call, finish } = world({ deadlineMilliseconds: 10 });
    expect(await call.run(() => Promise.reject(away()), { fallback })).toBe('stale');
    const late = call.run<string>(never, { fallback });
    await finish();
    expect(await late).toBe('stale');
  });

  test('does not hide a bug, nor answer a client that has gone', async () => {
    const { call } = world();
    const bug = new TypeError('a bug');
    await expect(call.run<string>(() => Promise.reject(bug), { fallback })).rejects.toBe(bug);
    const client = new AbortController();
    const done = call.run<string>(never, { fallback, signal: client.signal });
    const gone = away();
    client.abort(gone);
    await expect(done).rejects.toBe(gone);
  });
});

test('a slot of the bulkhead is kept until the work has really ended, however long ago its caller left', async () => {
  const bulkhead = new Bulkhead({ limit: 1 });
  const { call, clock, finish } = world({ bulkhead, timeoutMilliseconds: 10 });
  const done = call.outcome(() => clock.sleep(1000));
  const meanwhile = clock.sleep(500).then(() => call.outcome(async () => 1));
  await finish();
  expect(await done).toMatchObject({ error: { name: 'AttemptTimeoutError' } });
  expect(await meanwhile).toMatchObject({ error: { name: 'BulkheadFullError' } });
  expect(bulkhead.running).toBe(0);
});

test.each<[string, () => Promise<unknown>]>([
  ['succeeded', async () => 1],
  ['failed', () => Promise.reject(new Error('failed'))],
])('a call that has %s leaves no timer and no listener behind, at that very moment', async (_how, work) => {
  const client = new AbortController();
  const { call, clock } = world({
    deadlineMilliseconds: 300,
    timeoutMilliseconds: 80,
    retry: retry(),
    hedge: { delay: fixedDelay(30), budget: new Budget({ ratio: 0.05, reserve: 1 }) },
  });
  await call.outcome(work, { signal: client.signal });
  expect(clock.timers).toBe(0);
  expect(EventEmitter.getEventListeners(client.signal, 'abort')).toEqual([]);
});

/** One call after another meets success, failure, silence, refusal and clients that leave, at any moment. */
async function schedule(seed: number): Promise<void> {
  const random = new Random(seed);
  const simulation = new Simulation(random);
  const clock = new EventClock(simulation);
  const probes = 2;
  const breaker = new CircuitBreaker({
    clock,
    random: () => random.next(),
    rule: consecutiveFailures(4),
    openFor: constant(200),
    probes,
  });
  const bulkhead = new Bulkhead({ limit: 3, queue: 3 });
  const retries = new Budget({ ratio: 0.1, reserve: 1000, start: 20 });
  const hedges = new Budget({ ratio: 0.05, reserve: 1000, start: 20 });
  const call = policy({
    clock,
    random: () => random.next(),
    deadlineMilliseconds: 300,
    timeoutMilliseconds: 80,
    retry: { backoff: fullJitter({ baseMilliseconds: 20, capMilliseconds: 100 }), budget: retries },
    breaker,
    bulkhead,
    hedge: { delay: fixedDelay(30), budget: hedges },
  });
  const seen = { calls: 0, good: 0, firsts: 0, retries: 0, hedges: 0, running: 0 };
  const client = new AbortController();
  const work = async (attempt: { number: number; hedge: boolean; signal: AbortSignal }) => {
    seen.running += 1;
    expect(seen.running).toBeLessThanOrEqual(3);
    expect(breaker.probesInFlight).toBeLessThanOrEqual(probes);
    if (attempt.hedge) seen.hedges += 1;
    else if (attempt.number > 1) seen.retries += 1;
    else seen.firsts += 1;
    const listens = random.chance(0.7);
    try {
      await clock.sleep(random.between(0, 130), listens ? attempt.signal : undefined);
      if (random.chance(0.4)) throw random.chance(0.8) ? away() : new RuntimeError('conflict', 'no');
    } finally {
      seen.running -= 1;
    }
  };
  for (let turn = 0; turn < 25; turn += 1) {
    simulation.at(random.between(0, 1500), () => {
      const leaving = new AbortController();
      const signal = random.chance(0.5) ? client.signal : leaving.signal;
      if (random.chance(0.4)) simulation.at(simulation.time + random.between(0, 300), () => leaving.abort());
      void call.outcome(work, { signal }).then(({ ok }) => {
        seen.calls += 1;
        if (ok) seen.good += 1;
      });
    });
  }
  await simulation.run(1e6);
  expect(seen.calls).toBe(25);
  expect([bulkhead.running, bulkhead.waiting, breaker.probesInFlight, clock.timers]).toEqual([0, 0, 0, 0]);
  expect(EventEmitter.getEventListeners(client.signal, 'abort')).toEqual([]);
  expect(retries.tokens).toBeCloseTo(20 + 0.1 * seen.good - seen.retries, 6);
  expect(hedges.tokens).toBeLessThanOrEqual(20 + 0.05 * (seen.firsts + seen.retries) - seen.hedges + 1e-6);
  expect(hedges.tokens).toBeGreaterThanOrEqual(20 - seen.hedges);
}

test('whoever leaves, at whatever moment: no slot, probe, token, timer or listener is lost', async () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    try {
      await schedule(seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`);
    }
  }
});
