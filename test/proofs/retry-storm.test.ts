// A whole fleet of clients around the real policies, against a dependency that fails every call.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { RuntimeError } from '../../lib/runtime/errors';
import { equalJitter, fullJitter } from '../../lib/runtime/policy/backoff';
import { CircuitBreaker } from '../../lib/runtime/policy/breaker';
import { failureRate } from '../../lib/runtime/policy/breaker-rules';
import { Budget } from '../../lib/runtime/policy/budget';
import { type Policy, policy } from '../../lib/runtime/policy/policy';
import { EventClock } from '../helpers/event-clock';
import { Random, Simulation } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SEEDS = PROVE ? 20 : 1;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const CLIENTS = PROVE ? 100 : 20;
const SERVERS = 5;
const CALLS_PER_SECOND = 5;
const HEALTHY_MILLISECONDS = 20_000;
const STORM_MILLISECONDS = 60_000;

jest.setTimeout(PROVE ? 3_600_000 : 60_000);

interface Fleet {
  readonly layers: 1 | 2;
  readonly breaker: boolean;
  /** What is broken on purpose. */
  readonly mutant?: 'no budget' | 'no mark';
}

interface Storm {
  readonly calls: number;
  readonly attempts: number;
  /** Worst amplification of one second. */
  readonly worst: number;
}

async function storm(seed: number, fleet: Fleet): Promise<Storm> {
  const random = new Random(seed);
  const simulation = new Simulation(random);
  const clock = new EventClock(simulation);
  const roll = () => random.next();
  const guard = (): Policy =>
    policy({
      clock,
      random: roll,
      deadlineMilliseconds: 5000,
      retry: {
        backoff: fullJitter({ baseMilliseconds: 50, capMilliseconds: 1000 }),
        budget: fleet.mutant === 'no budget' ? unlimited() : new Budget({ ratio: 0.1, reserve: 3, start: 3 }),
      },
      breaker: fleet.breaker
        ? new CircuitBreaker({
            clock,
            random: roll,
            rule: failureRate(),
            openFor: equalJitter({ baseMilliseconds: 1000, capMilliseconds: 10_000 }),
          })
        : undefined,
    });
  const ill = () => simulation.time >= HEALTHY_MILLISECONDS;
  const seconds = new Map<number, { calls: number; attempts: number }>();
  const count = (what: 'calls' | 'attempts') => {
    if (!ill()) return;
    const second = Math.floor(simulation.time / 1000);
    const entry = seconds.get(second) ?? { calls: 0, attempts: 0 };
    entry[what] += 1;
    seconds.set(second, entry);
  };
  const dependency = async () => {
    count('attempts');
    await clock.sleep(random.between(1, 20));
    if (ill()) throw new RuntimeError('unavailable', 'every call fails');
  };
  const servers = Array.from({ length: SERVERS }, guard);
  const middle = async () => {
    const result = await random.pick(servers).outcome(dependency);
    // A new error, as one that came over the wire, unless the answer says that it was retried already.
    if (!result.ok) throw fleet.mutant === 'no mark' ? new RuntimeError('unavailable', 'copy') : result.error;
  };
  for (let client = 0; client < CLIENTS; client += 1) {
    const call = guard();
    const ask = () => {
      count('calls');
      void call.outcome(fleet.layers === 1 ? dependency : middle);
      simulation.at(simulation.time + (1000 / CALLS_PER_SECOND) * random.between(0.5, 1.5), ask);
    };
    simulation.at(random.between(0, 1000), ask);
  }
  await simulation.run(HEALTHY_MILLISECONDS + STORM_MILLISECONDS);
  const all = [...seconds.values()];
  const sum = (what: 'calls' | 'attempts') => all.reduce((total, second) => total + second[what], 0);
  // Each second of the edge is cut off, so only whole ones count.
  const whole = all.filter(({ calls }) => calls > (CLIENTS * CALLS_PER_SECOND) / 2);
  const worst = Math.max(...whole.map(({ calls, attempts }) => attempts / calls));
  return { calls: sum('calls'), attempts: sum('attempts'), worst };
}

/** A budget that says yes: what a retry without a budget is. */
function unlimited(): Budget {
  const budget = new Budget({ ratio: 1, reserve: 1e6, start: 1e6 });
  budget.take = () => true;
  return budget;
}

test.each<[string, Fleet]>([
  ['retry and budget alone, one layer', { layers: 1, breaker: false }],
  ['retry and budget alone, two layers', { layers: 2, breaker: false }],
  ['with the circuit breaker, one layer', { layers: 1, breaker: true }],
  ['with the circuit breaker, two layers', { layers: 2, breaker: true }],
])('a dependency that fails every call sees at most 1.1 attempts a call: %s', async (name, fleet) => {
  const seeds = process.env.HOLDFAST_SEED === undefined ? SEEDS : 1;
  let most = 0;
  let worst = 0;
  let calls = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const result = await storm(seed, fleet);
    calls += result.calls;
    most = Math.max(most, result.attempts / result.calls);
    worst = Math.max(worst, result.worst);
    if (result.attempts > 1.1 * result.calls) {
      const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/retry-storm.test.ts --selectProjects proofs`;
      throw new Error(`${result.attempts} attempts for ${result.calls} calls; replay: ${replay}`);
    }
  }
  // A storm in which nobody calls proves nothing.
  expect(calls).toBeGreaterThan(seeds * CLIENTS * CALLS_PER_SECOND * 50);
  process.stderr.write(
    `retry storm, ${name}: seeds ${FIRST_SEED} to ${FIRST_SEED + seeds - 1}, ${calls} calls, amplification at most ${most.toFixed(4)}, in the worst second ${worst.toFixed(3)}\n`,
  );
});

test.each<[NonNullable<Fleet['mutant']>, 1 | 2]>([
  ['no budget', 1],
  ['no budget', 2],
])('the mutant "%s" with %d layers is caught by the first schedule', async (mutant, layers) => {
  const { calls, attempts } = await storm(1, { layers, breaker: false, mutant });
  process.stderr.write(
    `mutant "${mutant}", ${layers} layers: amplification ${(attempts / calls).toFixed(3)}\n`,
  );
  expect(attempts).toBeGreaterThan(1.1 * calls);
});

test('even when the mark of a retried error is lost on the way, two budgets hold', async () => {
  const { calls, attempts } = await storm(1, { layers: 2, breaker: false, mutant: 'no mark' });
  expect(attempts).toBeLessThanOrEqual(1.1 * calls);
});
