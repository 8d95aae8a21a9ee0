import { performance } from 'node:perf_hooks';
import * as cockatiel from 'cockatiel';
import { systemClock } from '../lib/runtime/clock';
import { constant, fullJitter } from '../lib/runtime/policy/backoff';
import { CircuitBreaker } from '../lib/runtime/policy/breaker';
import { consecutiveFailures, failureRate } from '../lib/runtime/policy/breaker-rules';
import { Budget } from '../lib/runtime/policy/budget';
import { Bulkhead } from '../lib/runtime/policy/bulkhead';
import { percentileDelay } from '../lib/runtime/policy/hedge-delay';
import { type PolicyOptions, policy } from '../lib/runtime/policy/policy';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

type Work = () => Promise<unknown>;

/** The same guard in both libraries. */
interface Pair {
  readonly name: string;
  readonly ours: Work;
  readonly theirs: Work;
}

const CALLS = 10_000;
const LONG = 3_600_000;
const random = Math.random;
const ok = async () => 1;
const fails = () => Promise.reject(new Error('down'));
const ignore = () => 0;

const breaker = (rule = failureRate()) =>
  new CircuitBreaker({ clock: systemClock, random, rule, openFor: constant(LONG) });

const stack = (more: Partial<PolicyOptions> = {}) =>
  policy({
    random,
    deadlineMilliseconds: 2000,
    retry: {
      attempts: 3,
      backoff: fullJitter({ baseMilliseconds: 50, capMilliseconds: 1000 }),
      budget: new Budget({ ratio: 0.1, reserve: 10, start: 10 }),
    },
    breaker: breaker(),
    bulkhead: new Bulkhead({ limit: 32, queue: 32 }),
    ...more,
  });

const theirBreaker = (kind: cockatiel.IBreaker = sampling()) =>
  cockatiel.circuitBreaker(cockatiel.handleAll, { halfOpenAfter: LONG, breaker: kind });
const sampling = () => new cockatiel.SamplingBreaker({ threshold: 0.5, duration: 10_000 });
const theirTimeout = (milliseconds: number) =>
  cockatiel.timeout(milliseconds, cockatiel.TimeoutStrategy.Aggressive);
const theirRetry = () =>
  cockatiel.retry(cockatiel.handleAll, { maxAttempts: 2, backoff: new cockatiel.ExponentialBackoff() });

/** Compares the policies with cockatiel: every pair in turn in one process, after a round that is thrown away. */
export async function benchPolicy(rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const { name, ours, theirs } of await pairs()) {
    const { holdfast, library } = await interleave(
      { holdfast: () => nanoseconds(ours), library: () => nanoseconds(theirs) },
      rounds,
    );
    const times = pairedRatio(library, holdfast);
    rows.push([name, median(holdfast).toFixed(0), median(library).toFixed(0), `${times.toFixed(1)} x`]);
  }
  return [
    `Policies against cockatiel 3.2.1: nanoseconds a call, median of ${rounds} rounds of ${CALLS} calls`,
    '',
    markdownTable(
      ['on the success path, unless it says otherwise', 'Holdfast', 'cockatiel', 'cheaper by'],
      rows,
    ),
  ].join('\n');
}

async function pairs(): Promise<readonly Pair[]> {
  const whole = stack();
  const theirWhole = cockatiel.wrap(
    theirTimeout(2000),
    theirRetry(),
    theirBreaker(),
    cockatiel.bulkhead(32, 32),
  );
  const timed = stack({ timeoutMilliseconds: 500 });
  const theirTimed = cockatiel.wrap(
    theirTimeout(2000),
    theirRetry(),
    theirBreaker(),
    cockatiel.bulkhead(32, 32),
    theirTimeout(500),
  );
  const hedge = {
    delay: percentileDelay({ floorMilliseconds: 50 }),
    budget: new Budget({ ratio: 0.05, reserve: 5 }),
  };
  const hedged = stack({ timeoutMilliseconds: 500, hedge });
  const rate = policy({ random, breaker: breaker() });
  const theirRate = theirBreaker();
  const counting = policy({ random, breaker: breaker(consecutiveFailures(5)) });
  const theirCounting = theirBreaker(new cockatiel.ConsecutiveBreaker(5));
  const open = stack({ breaker: await opened() });
  const theirOpenBreaker = theirBreaker();
  for (let turn = 0; turn < 100; turn += 1) await theirOpenBreaker.execute(fails).catch(ignore);
  const theirOpen = cockatiel.wrap(theirTimeout(2000), theirOpenBreaker, cockatiel.bulkhead(32, 32));
  const bareOpen = policy({ random, breaker: await opened() });
  const useSignal = async ({ signal }: { signal: AbortSignal }) => signal.aborted;
  return [
    {
      name: 'deadline, retry, breaker, bulkhead',
      ours: () => whole.run(ok),
      theirs: () => theirWhole.execute(ok),
    },
    {
      name: 'the same, and the work reads its signal',
      ours: () => whole.run(useSignal),
      theirs: () => theirWhole.execute(useSignal),
    },
    {
      name: 'the same, and a time for each attempt',
      ours: () => timed.run(ok),
      theirs: () => theirTimed.execute(ok),
    },
    {
      name: 'the same, and a hedge (cockatiel has none)',
      ours: () => hedged.run(ok),
      theirs: () => theirTimed.execute(ok),
    },
    { name: 'breaker by rate', ours: () => rate.run(ok), theirs: () => theirRate.execute(ok) },
    { name: 'breaker by count', ours: () => counting.run(ok), theirs: () => theirCounting.execute(ok) },
    {
      name: 'open circuit of the breaker alone: refusal',
      ours: () => bareOpen.run(ok).catch(ignore),
      theirs: () => theirOpenBreaker.execute(ok).catch(ignore),
    },
    {
      name: 'open circuit in the stack (without retry): refusal',
      ours: () => open.run(ok).catch(ignore),
      theirs: () => theirOpen.execute(ok).catch(ignore),
    },
  ];
}

async function opened(): Promise<CircuitBreaker> {
  const made = breaker(consecutiveFailures(1));
  made.failed(made.enter());
  return made;
}

async function nanoseconds(work: Work): Promise<number> {
  const start = performance.now();
  for (let turn = 0; turn < CALLS; turn += 1) await work();
  return ((performance.now() - start) * 1e6) / CALLS;
}
