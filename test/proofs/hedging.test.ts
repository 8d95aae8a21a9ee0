// The real hedge on a model of a service in which 2 % of the answers straggle.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { Budget } from '../../lib/runtime/policy/budget';
import { percentileDelay } from '../../lib/runtime/policy/hedge-delay';
import { policy } from '../../lib/runtime/policy/policy';
import { EventClock } from '../helpers/event-clock';
import { Random, Simulation } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SEEDS = PROVE ? 20 : 2;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const CALLS = PROVE ? 50_000 : 6_000;
const STRAGGLERS = 0.02;

jest.setTimeout(PROVE ? 3_600_000 : 60_000);

interface Result {
  readonly p50: number;
  readonly p99: number;
  /** Attempts for each call. */
  readonly load: number;
}

/** `mutant`: hedges without a budget. */
async function measure(seed: number, hedging: boolean, slow = STRAGGLERS, mutant = false): Promise<Result> {
  const random = new Random(seed);
  const simulation = new Simulation(random);
  const clock = new EventClock(simulation);
  const budget = new Budget({ ratio: 0.05, reserve: 10 });
  if (mutant) budget.take = () => true;
  const call = policy({
    clock,
    random: () => random.next(),
    hedge: hedging ? { delay: percentileDelay(), budget } : undefined,
  });
  let attempts = 0;
  const work = ({ signal }: { signal: AbortSignal }) => {
    attempts += 1;
    // 5 to 15 ms, with a tail of its own; a straggler takes half a second to one and a half.
    const usual = 5 + 10 * random.next() ** 2;
    const milliseconds = random.chance(slow) ? random.between(500, 1500) : usual;
    return clock.sleep(milliseconds, signal);
  };
  const latencies: number[] = [];
  for (let turn = 0; turn < CALLS; turn += 1) {
    simulation.at(turn * 3 * random.between(0.5, 1.5), () => {
      const startedAt = simulation.time;
      void call.run(work).then(() => latencies.push(simulation.time - startedAt));
    });
  }
  await simulation.run(CALLS * 10 + 10_000);
  expect(latencies).toHaveLength(CALLS);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * CALLS)] as number;
  return { p50: at(0.5), p99: at(0.99), load: attempts / CALLS };
}

test(`with ${100 * STRAGGLERS} % stragglers, p99 is at least 3 times lower for at most 5 % more load`, async () => {
  const seeds = process.env.HOLDFAST_SEED === undefined ? SEEDS : 1;
  let least = Number.POSITIVE_INFINITY;
  let load = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const without = await measure(seed, false);
    const hedged = await measure(seed, true);
    least = Math.min(least, without.p99 / hedged.p99);
    load = Math.max(load, hedged.load);
    if (without.p99 < 3 * hedged.p99 || hedged.load > 1.05) {
      const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/hedging.test.ts --selectProjects proofs`;
      const found = `p99 ${without.p99} against ${hedged.p99} ms, load ${hedged.load}`;
      throw new Error(`${found}; replay: ${replay}`);
    }
  }
  const range = `seeds ${FIRST_SEED} to ${FIRST_SEED + seeds - 1}, ${CALLS} calls each`;
  process.stderr.write(
    `hedging, ${range}: p99 at least ${least.toFixed(1)} x lower, load at most ${load.toFixed(4)}\n`,
  );
});

test('when everything straggles, hedges stay within their budget; without one they double the load', async () => {
  const bound = await measure(1, true, 0.5);
  expect(bound.load).toBeLessThanOrEqual(1.05);
  const mutant = await measure(1, true, 0.5, true);
  process.stderr.write(
    `hedging at 50 % stragglers: load ${bound.load.toFixed(4)}; mutant "no budget" ${mutant.load.toFixed(4)}\n`,
  );
  expect(mutant.load).toBeGreaterThan(1.05);
});
