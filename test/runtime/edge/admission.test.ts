import fc from 'fast-check';
import { Admission, type AdmissionOptions } from '../../../lib/runtime/edge/admission';
import { watchLoop } from '../../../lib/runtime/edge/loop-delay';
import { admittedPriority, type Priority, RecentKeys } from '../../../lib/runtime/edge/priority';
import { Random, SimulatedProcess, Simulation } from '../../helpers/simulation';
import { VirtualClock } from '../../helpers/virtual-clock';

/** What became of the requests of one class. */
interface Outcome {
  offered: number;
  served: number;
  shed: number;
}

interface Load {
  /** Requests a second of each class. */
  readonly rates: Partial<Record<Priority, number>>;
  readonly milliseconds: number;
  readonly seed: number;
  readonly servers?: number;
  readonly serviceMilliseconds?: number;
}

const TARGET = 50;
const INTERVAL = 500;

/** Poisson arrivals against servers whose times vary widely, all on virtual time. */
async function run(load: Load, options: Partial<AdmissionOptions> = {}) {
  const { servers = 4, serviceMilliseconds = 20 } = load;
  const random = new Random(load.seed);
  const simulation = new Simulation(random);
  const clock = new SimulatedProcess(simulation, 1);
  const admission = new Admission({
    clock,
    maximumInHand: servers,
    targetMilliseconds: TARGET,
    intervalMilliseconds: INTERVAL,
    ...options,
  });
  const outcomes: Partial<Record<Priority, Outcome>> = {};
  const waits: { at: number; wait: number }[] = [];
  const exponential = (mean: number) => -mean * Math.log(1 - random.next());
  const arrive = (priority: Priority, rate: number) => {
    outcomes[priority] ??= { offered: 0, served: 0, shed: 0 };
    const outcome = outcomes[priority];
    const since = simulation.time;
    outcome.offered += 1;
    admission
      .run(priority, async () => {
        waits.push({ at: simulation.time, wait: simulation.time - since });
        await simulation.delay(exponential(serviceMilliseconds));
      })
      .then(
        () => (outcome.served += 1),
        () => (outcome.shed += 1),
      );
    if (simulation.time < load.milliseconds) {
      simulation.at(simulation.time + exponential(1000 / rate), () => arrive(priority, rate));
    }
  };
  for (const [priority, rate] of Object.entries(load.rates)) {
    simulation.at(exponential(1000 / rate), () => arrive(priority as Priority, rate));
  }
  await simulation.run(load.milliseconds + 60_000);
  const served = Object.values(outcomes).reduce((sum, { served }) => sum + served, 0);
  const capacity = (servers * load.milliseconds) / serviceMilliseconds;
  return { outcomes, waits, goodput: served / capacity, admission };
}

const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('under ten times the load that can be served', () => {
  test('goodput stays near capacity, and what is admitted has waited within the bound', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async seed => {
        const { goodput, waits, outcomes, admission } = await run({
          rates: { write: 1000, read: 1000 },
          milliseconds: 4000,
          seed,
        });
        expect(goodput).toBeGreaterThan(0.88);
        expect(Math.max(...waits.map(({ wait }) => wait))).toBeLessThanOrEqual(INTERVAL);
        // Once the standing queue is known, nobody who waited longer than the target is let in. An interval ends with the
        // first look after it, half a target later at the most, and the first one does not count: it began empty.
        const known = 2 * (INTERVAL + TARGET / 2);
        const later = waits.filter(({ at }) => at > known && at < 4000);
        expect(Math.max(...later.map(({ wait }) => wait))).toBeLessThanOrEqual(TARGET);
        for (const { offered, served, shed } of Object.values(outcomes)) expect(served + shed).toBe(offered);
        expect(admission.counts.shed).toBeGreaterThan(0);
      }),
      { numRuns: 5, examples: [[366361418]] },
    );
  });

  test('no class is starved, and the weights say who goes first', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async seed => {
        const rates = { replay: 500, write: 500, read: 500, background: 500 };
        const { outcomes } = await run({ rates, milliseconds: 4000, seed });
        const [replay = 0, write = 0, read = 0, background = 0] = [
          outcomes.replay?.served,
          outcomes.write?.served,
          outcomes.read?.served,
          outcomes.background?.served,
        ];
        expect(background).toBeGreaterThan(15);
        expect(replay).toBeGreaterThan(write);
        expect(write).toBeGreaterThan(read);
        expect(read).toBeGreaterThan(background);
      }),
      { numRuns: 3 },
    );
  });

  test('a replay is hardly ever turned away while writes take the whole overload', async () => {
    const { outcomes } = await run({ rates: { replay: 40, write: 2000 }, milliseconds: 4000, seed: 5 });
    const { offered = 1, shed = 1 } = outcomes.replay ?? {};
    expect(shed / offered).toBeLessThan(0.05);
  });
});

test('below capacity nothing is turned away, and bursts are let through', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async seed => {
      const { outcomes } = await run({ rates: { write: 60, read: 60 }, milliseconds: 5000, seed });
      expect(outcomes.write?.shed).toBe(0);
      expect(outcomes.read?.shed).toBe(0);
    }),
    { numRuns: 5 },
  );
});

describe('by hand', () => {
  function world(options: Partial<AdmissionOptions> = {}) {
    const clock = new VirtualClock();
    const admission = new Admission({ clock, maximumInHand: 1, ...options });
    const log: string[] = [];
    const ask = (name: string, priority: Priority = 'read') => {
      let finish: () => void = () => undefined;
      const work = () => {
        log.push(name);
        return new Promise<void>(resolve => {
          finish = resolve;
        });
      };
      admission.run(priority, work).catch(error => log.push(`${name}: ${error.code}`));
      return () => finish();
    };
    return { clock, admission, log, ask };
  }

  test('when everything in hand is stuck, those who wait are told within the interval', async () => {
    const { clock, log, ask } = world();
    ask('stuck');
    ask('late');
    await clock.advance(530);
    expect(log).toEqual(['stuck', 'late: overloaded']);
  });

  test('one who comes after the storm meets a calm house', async () => {
    const { clock, admission, log, ask } = world();
    const finish = ask('stuck');
    ask('late');
    await clock.advance(1200);
    finish();
    await clock.advance(60_000);
    const done = ask('first');
    ask('second');
    await clock.advance(200);
    done();
    await clock.advance(0);
    expect(log).toEqual(['stuck', 'late: overloaded', 'first', 'second']);
    expect(admission.overloaded).toBe(false);
  });

  test('a full line gives the place of the least to who matters more', async () => {
    const { clock, log, ask } = world({ maximumWaiting: 2 });
    ask('busy');
    for (const name of ['a', 'b']) ask(name, 'background');
    ask('write', 'write');
    ask('c', 'background');
    await clock.advance(0);
    expect(log).toEqual(['busy', 'b: overloaded', 'c: overloaded']);
  });

  test('work that fails gives its place back', async () => {
    const { admission } = world();
    const fail = () => Promise.reject(new Error('no'));
    await expect(admission.run('read', fail)).rejects.toThrow('no');
    await expect(admission.run('read', async () => 7)).resolves.toBe(7);
  });

  test('a late event loop lowers what may be in hand, and a punctual one raises it again', async () => {
    const { clock, admission } = world({ maximumInHand: 100 });
    const observe = async (delay: number, times: number) => {
      for (let n = 0; n < times; n += 1) {
        await clock.advance(100);
        admission.observeLoop(delay);
      }
    };
    await observe(250, 25);
    const low = admission.inHandLimit;
    expect(low).toBeLessThan(40);
    await observe(250, 100);
    expect(admission.inHandLimit).toBe(10);
    await observe(150, 120);
    expect(admission.inHandLimit).toBe(100);
  });

  test('a loop that is watched is told to be late when it is', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = watchLoop(clock, stop.signal, delay => seen.push(delay));
    await clock.advance(100);
    expect(seen).toEqual([0, 0, 0, 0]);
    stop.abort();
    await watching;
  });

  test('a loop without work is looked at ten times less often', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const seen: number[] = [];
    let work = false;
    const tell = (delay: number) => void seen.push(delay);
    const watching = watchLoop(clock, stop.signal, tell, () => work);
    await clock.advance(1000);
    expect(seen).toHaveLength(4);
    work = true;
    await clock.advance(500);
    expect(seen).toHaveLength(4 + 1 + 10);
    stop.abort();
    await watching;
  });
});

test('a client may step back, never push to the front', () => {
  expect(admittedPriority('write', 'background')).toBe('background');
  expect(admittedPriority('write', 'replay')).toBe('write');
  expect(admittedPriority('write', 'highest')).toBe('write');
  expect(admittedPriority('read', undefined)).toBe('read');
});

test('recent keys are bounded', () => {
  const recent = new RecentKeys(2);
  for (const key of ['a', 'b', 'a', 'c']) recent.add(key);
  expect(['a', 'b', 'c'].map(key => recent.has(key))).toEqual([true, false, true]);
});
