// Random schedules of rollouts, poison, outages, lost and cut answers, rollbacks and restarts around the real client.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { FastSimulation } from '../helpers/fast-simulation';
import { type ConfigMutant, SimulatedConfig } from '../helpers/simulated-config';
import { Random } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SCHEDULES = PROVE ? 100_000 : 500;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

async function schedule(seed: number, mutant?: ConfigMutant): Promise<SimulatedConfig> {
  const world = new SimulatedConfig(new FastSimulation(new Random(seed)), mutant);
  await world.run();
  return world;
}

test(`BP-28: in ${SCHEDULES} schedules no invalid value is served, a valid one arrives in time, and ages are true`, async () => {
  const count = process.env.HOLDFAST_SEED === undefined ? SCHEDULES : 1;
  const total = { polls: 0, restarts: 0, adopted: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const { violations, polls, restarts, adopted } = await schedule(seed);
    total.polls += polls;
    total.restarts += restarts;
    total.adopted += adopted;
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/config.test.ts --selectProjects proofs`;
    if (violations.length > 0) throw new Error(`${violations.slice(0, 5).join('; ')}; replay: ${replay}`);
  }
  // A world in which nothing happens proves nothing.
  expect(total.polls).toBeGreaterThan(count * 15);
  expect(total.adopted).toBeGreaterThan(count * 20);
  const figures = `seeds ${FIRST_SEED} to ${FIRST_SEED + count - 1}: ${count} schedules, ${total.polls} polls, ${total.restarts} lives, ${total.adopted} looks at a document, 0 violations`;
  process.stderr.write(`config: ${figures}\n`);
});

test.each<ConfigMutant>([
  'empty is an empty document',
  'a bad document is adopted',
  'a token is used again after a failure',
  'polls at its own pace',
  'a lost document counts as unchanged',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await schedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
