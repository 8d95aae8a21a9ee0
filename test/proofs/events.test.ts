// Random schedules of appends, crashes, pauses, raises and rebuilds around the real projector.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import type { EventMutant } from '../helpers/simulated-event-database';
import { type EventScheduleResult, SimulatedEvents } from '../helpers/simulated-events';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SCHEDULES = PROVE ? 3_000 : 15;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

const schedule = (seed: number, mutant?: EventMutant): Promise<EventScheduleResult> =>
  new SimulatedEvents(seed, mutant).run();

test(`in ${SCHEDULES} schedules each event is in the read model once and in order, and readers never go back`, async () => {
  const count = process.env.HOLDFAST_SEED === undefined ? SCHEDULES : 1;
  const total = { events: 0, conflicts: 0, swaps: 0, fenced: 0, crashes: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const result = await schedule(seed);
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += result[name];
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/events.test.ts --selectProjects proofs`;
    if (result.violations.length > 0) throw new Error(`${result.violations.join('; ')}; replay: ${replay}`);
  }
  if (count > 1) {
    // A world in which nothing happens proves nothing.
    expect(total.events).toBeGreaterThan(count * 10);
    expect(total.conflicts).toBeGreaterThan(count);
    expect(total.swaps).toBeGreaterThan(count * 2);
    expect(total.fenced).toBeGreaterThan(count / 2);
    expect(total.crashes).toBeGreaterThan(count);
  }
  const figures = Object.entries(total).map(([name, value]) => `${value} ${name}`);
  process.stderr.write(
    `events: seeds ${FIRST_SEED} to ${FIRST_SEED + count - 1}: ${figures.join(', ')}, 0 violations\n`,
  );
});

test.each<EventMutant>([
  'checkpoint in another transaction than the effect',
  'swap before caught up',
  'order by insertion number',
  'no fence',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  while (seed < 1000 && (await schedule(seed, mutant)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
