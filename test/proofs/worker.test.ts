// Random schedules of deaths, lost answers, repeated and late messages around the real batch, idempotency and parking,
// and around Powertools' idempotency in the same place. HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED replays one.
import {
  type FunctionMutant,
  type FunctionScheduleOptions,
  SimulatedFunctions,
} from '../helpers/simulated-functions';
import { Random, Simulation } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const REPLAYED = process.env.HOLDFAST_SEED;
const SCHEDULES = REPLAYED !== undefined ? 1 : PROVE ? 100_000 : 1500;
const FIRST_SEED = Number(REPLAYED ?? 1);
const START = Date.UTC(2026, 0, 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);
afterEach(() => jest.restoreAllMocks());

/** Runs one schedule; Powertools reads the machine's clock, which is that of the schedule meanwhile. */
async function schedule(seed: number, options: FunctionScheduleOptions) {
  const simulation = new Simulation(new Random(seed));
  jest.spyOn(Date, 'now').mockImplementation(() => START + simulation.time);
  return new SimulatedFunctions(simulation, options).run();
}

async function many(
  options: FunctionScheduleOptions,
  check: (seed: number, violations: readonly string[]) => void,
) {
  const total = { effects: 0, parked: 0, deaths: 0, lost: 0, duplicated: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
    const result = await schedule(seed, options);
    total.effects += result.effects;
    total.parked += result.parked;
    total.deaths += result.deaths;
    total.lost += result.lost.length > 0 ? 1 : 0;
    total.duplicated += result.duplicated.length > 0 ? 1 : 0;
    check(seed, result.violations);
  }
  return total;
}

const percent = (part: number): string => `${((100 * part) / SCHEDULES).toFixed(1)} %`;

test(`in ${SCHEDULES} schedules every message takes effect once, in order, or is parked`, async () => {
  const total = await many({ idempotency: 'holdfast' }, (seed, violations) => {
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/worker.test.ts --selectProjects proofs`;
    if (violations.length > 0) throw new Error(`${violations.join('; ')}; replay: ${replay}`);
  });
  if (REPLAYED === undefined) {
    // A world in which nothing happens proves nothing.
    expect(total.effects).toBeGreaterThan(SCHEDULES * 2);
    expect(total.deaths).toBeGreaterThan(SCHEDULES / 2);
    expect(total.parked).toBeGreaterThan(SCHEDULES / 10);
  }
  process.stderr.write(
    `functions, Holdfast: seeds ${FIRST_SEED} to ${FIRST_SEED + SCHEDULES - 1}: ${total.effects} effects, ${total.parked} parked, ${total.deaths} deaths; schedules with lost effects 0, with duplicate effects 0\n`,
  );
});

test('Powertools in the same schedules has duplicate effects in many', async () => {
  const total = await many({ idempotency: 'powertools' }, () => undefined);
  process.stderr.write(
    `functions, Powertools: seeds ${FIRST_SEED} to ${FIRST_SEED + SCHEDULES - 1}: ${total.effects} effects; schedules with lost effects ${total.lost} (${percent(total.lost)}), with duplicate effects ${total.duplicated} (${percent(total.duplicated)})\n`,
  );
  if (REPLAYED === undefined) expect(total.duplicated).toBeGreaterThan(SCHEDULES / 10);
});

test('a death at every call, before it and after it, changes nothing', async () => {
  let deaths = 0;
  for (let seed = 1; seed <= (PROVE ? 500 : 20); seed += 1) {
    const whole = { step: Number.POSITIVE_INFINITY, when: 'after' } as const;
    const { steps } = await schedule(seed, { idempotency: 'holdfast', death: whole });
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const { violations } = await schedule(seed, { idempotency: 'holdfast', death: { step, when } });
        if (violations.length > 0) throw new Error(`seed ${seed}, ${when} ${step}: ${violations.join('; ')}`);
        deaths += 1;
      }
    }
  }
  process.stderr.write(`functions, each call: ${deaths} deaths, 0 violations\n`);
  expect(deaths).toBeGreaterThan(50);
});

test.each<FunctionMutant>([
  'record written after the effect',
  'later message run after a failed one',
  'removed before it is parked',
])('the mutant "%s" is caught in fewer than 1000 schedules', async mutant => {
  let seed = 1;
  const options = { idempotency: 'holdfast', mutant } as const;
  while (seed < 1000 && (await schedule(seed, options)).violations.length === 0) seed += 1;
  process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
  expect(seed).toBeLessThan(1000);
});
