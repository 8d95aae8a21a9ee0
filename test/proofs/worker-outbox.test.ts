// Random schedules of deaths, moves of the epoch, lost answers, repeated and late messages around the real relay,
// consumer, fulfilment, fence and parking. HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { SimulatedWorkers, type WorkerMutant } from '../helpers/simulated-workers';
import { type Death, Random, Simulation } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const REPLAYED = process.env.HOLDFAST_SEED;
const SCHEDULES = REPLAYED !== undefined ? 1 : PROVE ? 20_000 : 400;
const FIRST_SEED = Number(REPLAYED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

const schedule = (seed: number, options: { readonly mutant?: WorkerMutant; readonly death?: Death } = {}) =>
  new SimulatedWorkers(new Simulation(new Random(seed)), options).run();

test(`in ${SCHEDULES} schedules every order that is owed is fulfilled once, whatever dies and wherever the epoch goes`, async () => {
  const total = { effects: 0, parked: 0, deaths: 0, epochs: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
    const result = await schedule(seed);
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/worker-outbox.test.ts --selectProjects proofs`;
    if (result.violations.length > 0) throw new Error(`${result.violations.join('; ')}; replay: ${replay}`);
    total.effects += result.effects;
    total.parked += result.parked;
    total.deaths += result.deaths;
    total.epochs += result.epochs;
  }
  if (REPLAYED === undefined) {
    // A world in which nothing happens proves nothing.
    expect(total.effects).toBeGreaterThan(SCHEDULES * 2);
    expect(total.deaths).toBeGreaterThan(SCHEDULES / 2);
    expect(total.epochs).toBeGreaterThan(SCHEDULES * 1.5);
    expect(total.parked).toBeGreaterThan(SCHEDULES / 10);
  }
  process.stderr.write(
    `outbox and queue: seeds ${FIRST_SEED} to ${FIRST_SEED + SCHEDULES - 1}: ${total.effects} effects, ${total.parked} parked, ${total.deaths} deaths, ${total.epochs} epochs; 0 lost, 0 duplicate\n`,
  );
});

test('a death at every call of a worker, before it and after it, changes nothing', async () => {
  let deaths = 0;
  for (let seed = 1; seed <= (PROVE ? 100 : 4); seed += 1) {
    const { steps } = await schedule(seed, { death: { step: Number.POSITIVE_INFINITY, when: 'after' } });
    for (let step = 1; step <= Math.min(steps, 60); step += 1) {
      for (const when of ['before', 'after'] as const) {
        const { violations } = await schedule(seed, { death: { step, when } });
        if (violations.length > 0) throw new Error(`seed ${seed}, ${when} ${step}: ${violations.join('; ')}`);
        deaths += 1;
      }
    }
  }
  process.stderr.write(`outbox and queue, each call: ${deaths} deaths, 0 violations\n`);
  expect(deaths).toBeGreaterThan(100);
});

test.each<WorkerMutant>(['ack before commit', 'fence removed'])(
  'the mutant "%s" is caught in fewer than 1000 schedules',
  async mutant => {
    let seed = 1;
    while (seed < 1000 && (await schedule(seed, { mutant })).violations.length === 0) seed += 1;
    process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
    expect(seed).toBeLessThan(1000);
  },
);
