// Random schedules of reads, pauses, clock drift, losses and moves around the real lease, keeper and fence.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { type Mutant, type ScheduleResult, SimulatedRegions } from '../helpers/simulated-regions';
import { Random, Simulation } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SCHEDULES = PROVE ? 20_000 : 150;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const SCHEDULE_MILLISECONDS = 90_000;

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

function schedule(seed: number, mutant?: Mutant): Promise<ScheduleResult> {
  return new SimulatedRegions(new Simulation(new Random(seed)), mutant).run(SCHEDULE_MILLISECONDS);
}

test(`in ${SCHEDULES} schedules no write is acknowledged by two Regions' time, lost, or taken from an older epoch`, async () => {
  const count = process.env.HOLDFAST_SEED === undefined ? SCHEDULES : 1;
  const total = { acknowledged: 0, moves: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const result = await schedule(seed);
    total.acknowledged += result.acknowledged;
    total.moves += result.moves;
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/lease-and-fence.test.ts --selectProjects proofs`;
    if (result.violations.length > 0) throw new Error(`${result.violations.join('; ')}; replay: ${replay}`);
  }
  // A world in which nothing happens proves nothing.
  expect(total.acknowledged).toBeGreaterThan(count * 5);
  expect(total.moves).toBeGreaterThan(count);
  const figures = `seeds ${FIRST_SEED} to ${FIRST_SEED + count - 1}: ${count} schedules, ${total.moves} moves, ${total.acknowledged} acknowledged writes, 0 violations`;
  process.stderr.write(`lease and fence: ${figures}\n`);
});

test.each<Mutant>([
  'no margin',
  'lease from the end of the read',
  'wall clock',
  'no check before the answer',
  'no fence',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await schedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
