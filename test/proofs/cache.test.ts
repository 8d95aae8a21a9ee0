// Random schedules of reads, writes, lost and late messages, cuts and deaths around the real cache-aside.
// HOLDFAST_PROVE=1 runs many more; HOLDFAST_SEED=<seed> replays one.
import { FastSimulation } from '../helpers/fast-simulation';
import { type CacheMutant, SimulatedCaches } from '../helpers/simulated-caches';
import { Random } from '../helpers/simulation';

const PROVE = process.env.HOLDFAST_PROVE === '1';
const SCHEDULES = PROVE ? 50_000 : 300;
const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1);

jest.setTimeout(PROVE ? 3_600_000 : 120_000);

const schedule = (seed: number, mutant?: CacheMutant): Promise<SimulatedCaches> =>
  new SimulatedCaches(new FastSimulation(new Random(seed)), mutant).run();

test(`in ${SCHEDULES} schedules no read gets what was invalidated before it began`, async () => {
  const count = process.env.HOLDFAST_SEED === undefined ? SCHEDULES : 1;
  const total = { reads: 0, hits: 0, stale: 0, writes: 0, failures: 0, unconfirmed: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const { violations, counts } = await schedule(seed);
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counts[name];
    const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/cache.test.ts --selectProjects proofs`;
    if (violations.length > 0) throw new Error(`${violations.slice(0, 5).join('; ')}; replay: ${replay}`);
  }
  // A world in which nothing happens proves nothing.
  expect(total.hits).toBeGreaterThan(count * 20);
  expect(total.unconfirmed).toBeGreaterThan(count / 10);
  const said = Object.entries(total).map(([name, value]) => `${value} ${name}`);
  process.stderr.write(
    `cache: seeds ${FIRST_SEED} to ${FIRST_SEED + count - 1}: ${count} schedules, ${said.join(', ')}, 0 violations\n`,
  );
});

test.each<CacheMutant>(['a fill needs no lease', 'whoever comes joins any load', 'removals are not owed'])(
  'the mutant "%s" is caught in fewer than 1000 schedules',
  async mutant => {
    let seed = 1;
    while (seed < 1000 && (await schedule(seed, mutant)).violations.length === 0) seed += 1;
    process.stderr.write(`mutant "${mutant}": caught at seed ${seed}\n`);
    expect(seed).toBeLessThan(1000);
  },
);
