// Random schedules of crashes, pauses, lost and doubled calls, outages and moves around the real saga engine.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { type SagaMutant, type SagaScheduleResult, SimulatedSagas } from '../helpers/simulated-sagas';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SCHEDULES = PROVE ? 100_000 : 300;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

function schedule(seed: number, mutant?: SagaMutant): Promise<SagaScheduleResult> {
  return new SimulatedSagas(seed, mutant).run();
}

test(`in ${SCHEDULES} schedules every saga ends with all steps done or all undone, once each`, async () => {
  const count = process.env.HOLDFAST_SEED === undefined ? SCHEDULES : 1;
  const total = { done: 0, undone: 0, calls: 0, effects: 0, moves: 0, crashes: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const result = await schedule(seed);
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += result[name];
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/saga.test.ts --selectProjects proofs`;
    if (result.violations.length > 0) throw new Error(`${result.violations.join('; ')}; replay: ${replay}`);
  }
  if (count > 1) {
    // A world in which nothing happens proves nothing.
    expect(total.done).toBeGreaterThan(count / 4);
    expect(total.undone).toBeGreaterThan(count / 4);
    expect(total.calls).toBeGreaterThan(total.effects * 1.2);
    expect(total.moves).toBeGreaterThan(count / 2);
  }
  const { done, undone, calls, effects, moves, crashes } = total;
  const figures = `seeds ${FIRST_SEED} to ${FIRST_SEED + count - 1}: ${count} schedules, ${done} sagas done, ${undone} undone, ${effects} effects of ${calls} calls, ${crashes} crashes, ${moves} moves, 0 violations`;
  process.stderr.write(`saga: ${figures}\n`);
});

test.each<SagaMutant>([
  'key changes on retry',
  'no answer is taken for no',
  'undone unasked',
  'record written after the effect',
  'no fence',
  'no repetition after a raise',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await schedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
