// One seed is one schedule: a plan, a build, what happens to the world, and what becomes of its controllers.
import type { AlarmRule } from '../../../lib/runtime/release/alarm-arithmetic';
import { followRelease, type ReleaseLoopOptions } from '../../../lib/runtime/release/release-loop';
import type { ReleasePlan } from '../../../lib/runtime/release/release-plan';
import { beginRelease, hasEnded } from '../../../lib/runtime/release/release-state';
import { turnRelease } from '../../../lib/runtime/release/release-turn';
import { NO_FAULTS, Random, SimulatedLife, Simulation } from '../simulation';
import { type Mutant, mutated } from './release-mutants';
import { LEASE_SECONDS, ReleaseWorld } from './release-world';
import { type BadBuild, PERIOD, SimulatedRegion } from './simulated-regions';

/** What one schedule showed. */
export interface ReleaseOutcome {
  readonly violations: readonly string[];
  readonly stage: string;
  readonly reason?: string;
  readonly acts: number;
  readonly raises: number;
  readonly isBad: boolean;
  readonly isCalm: boolean;
  readonly deaths: number;
  /** Milliseconds from the moment at which the alarm could be seen until all weights were home. */
  readonly backAfter?: number;
}

const GOOD = 'a'.repeat(64);
const SHARES = [[100], [10, 100], [5, 25, 100], [25, 50, 75, 100]] as const;
const KINDS: readonly BadBuild[] = ['errors', 'latency', 'crash', 'health', 'silence'];
/** Virtual time that any release may take. */
const END = 5 * 3_600_000;

const rule = (threshold: number, n: number, m: number): AlarmRule => ({
  ...{ threshold, evaluationPeriods: n, datapointsToAlarm: m },
  comparison: 'GreaterThanThreshold',
  missingData: 'missing',
});

function drawPlan(random: Random): ReleasePlan {
  const region = (name: string, probed: boolean) =>
    ({ region: name, from: 'blue', to: 'green', clones: 2, probed }) as const;
  return {
    ...{ version: 1, id: 'release-1', by: 'prove', build: { objectKey: 'key', sha256: GOOD } },
    regions: [region('west', true), region('east', false)],
    shares: random.pick(SHARES),
    stepSeconds: random.pick([60, 120, 300]),
    bakeSeconds: random.pick([0, 120, 600]),
    ...{ warmSeconds: 900, drainSeconds: 30, launchSeconds: 600, periodSeconds: PERIOD / 1000 },
    ...{ patienceSeconds: 600, minimumRequests: 5, acceptedAlarms: [] },
    rules: { errors: rule(5, 1, 1), latency: rule(1, 3, 2) },
  };
}

/** Runs one schedule. */
export async function releaseSchedule(seed: number, mutant?: Mutant): Promise<ReleaseOutcome> {
  const random = new Random(seed);
  const simulation = new Simulation(random);
  const plan = drawPlan(random);
  const isBad = random.chance(0.6);
  const isCalm = random.chance(0.3);
  const badIn = random.pick(['west', 'east']);
  const after = random.between(0, 30 * 60_000);
  const bad = { sha256: GOOD, kind: random.pick(KINDS), after };
  const regions = new Map(
    plan.regions.map(({ region }) => {
      const noise = isCalm
        ? { lost: 0, late: 0 }
        : { lost: random.between(0, 0.1), late: random.between(0, 0.2) };
      const character = {
        isActive: region === 'east',
        bad: isBad && region === badIn ? bad : undefined,
        ...noise,
      };
      return [region, new SimulatedRegion(region, simulation, character)] as const;
    }),
  );
  const world = new ReleaseWorld(simulation, plan, regions);
  world.item = { version: 1, holder: 'c0', state: beginRelease(plan, world.register), notes: [] };
  world.watch();
  const deaths = isCalm ? 0 : disturb(world);
  startControllers(world, isCalm, deaths, mutant);
  await simulation.run(END, () => world.item !== undefined && hasEnded(world.item.state));
  judgeEnd(world, { isBad, isCalm });
  return {
    violations: world.violations,
    stage: world.item.state.stage,
    reason: world.item.state.reason,
    ...{ acts: world.acts, raises: world.raises, isBad, isCalm, deaths },
    ...(world.alarm !== undefined && world.rolledBackAt !== undefined
      ? { backAfter: world.rolledBackAt - world.alarm.at }
      : {}),
  };
}

/** Drills, degraded Regions, deploys. Returns how many controllers are to die. */
function disturb(world: ReleaseWorld): number {
  const { simulation } = world;
  const { random } = simulation;
  const busy = (length: number, begin: () => void, end: () => void) => {
    const at = random.between(0, 40 * 60_000);
    simulation.at(at, begin);
    simulation.at(at + length, () => {
      world.disturbedUntil = simulation.time;
      end();
    });
  };
  if (random.chance(0.3)) {
    const begin = () => {
      world.drillSince = simulation.time;
    };
    busy(random.between(60_000, 400_000), begin, () => {
      world.drillSince = undefined;
    });
  }
  if (random.chance(0.3)) {
    const region = world.region(random.pick(['west', 'east']));
    const begin = () => {
      region.degraded = true;
      region.degradedSince = simulation.time;
    };
    busy(random.between(60_000, 600_000), begin, () => {
      region.degraded = false;
      region.degradedSince = undefined;
    });
  }
  if (random.chance(0.4)) {
    const region = world.region(random.pick(['west', 'east']));
    simulation.at(random.between(0, 40 * 60_000), () => region.deploy());
  }
  return random.pick([0, 1, 1, 2, 3]);
}

/** One controller after the other, each of which may die or stand still, and one that looks on from the beginning. */
function startControllers(world: ReleaseWorld, isCalm: boolean, deaths: number, mutant?: Mutant): void {
  const { simulation } = world;
  const { random } = simulation;
  const faults = isCalm ? NO_FAULTS : { lost: 0.01, answerLost: 0.01, slow: 0.02, slowMilliseconds: 12_000 };
  for (let index = 0; index <= deaths + (isCalm ? 0 : 1); index += 1) {
    const holder = `c${index}`;
    const dies = index < deaths;
    const when = random.pick(['before', 'after'] as const);
    const death = dies ? { step: 1 + Math.floor(random.between(0, 900)), when } : undefined;
    const life = new SimulatedLife(simulation, { rate: random.between(0.999, 1.001), faults, death });
    // A state machine keeps nothing between two steps but what it waited for, and waits whole seconds.
    const isStateMachine = random.chance(0.4);
    const begin = index === 0 ? 0 : random.between(0, index === deaths + 1 ? 60_000 : 30 * 60_000);
    simulation.at(begin, () => {
      const loop = mutated(mutant, {
        store: world.store(life, isCalm ? 0 : 0.01),
        target: world.target(life, holder),
        clock: life,
        holder,
        leaseSeconds: LEASE_SECONDS,
      });
      void followRelease(isStateMachine ? asStateMachine(loop) : loop);
    });
    if (isCalm) continue;
    for (let pause = 0; pause < 3; pause += 1) {
      simulation.at(random.between(0, 60 * 60_000), () => {
        const length = random.between(5_000, 150_000);
        life.pause(length);
        world.disturbedUntil = Math.max(world.disturbedUntil, simulation.time + length);
      });
    }
  }
}

/** The same controller as steps of a state machine. */
const asStateMachine = (loop: ReleaseLoopOptions): ReleaseLoopOptions => ({
  ...loop,
  turn: async (own, memory) => {
    const made = await (loop.turn ?? turnRelease)(own, { waited: memory?.waited });
    return made && { ...made, waitSeconds: Math.max(1, Math.ceil(made.waitSeconds)) };
  },
});

/** What must be true in the end. */
function judgeEnd(world: ReleaseWorld, { isBad, isCalm }: { isBad: boolean; isCalm: boolean }): void {
  const { item, alarm, rolledBackAt, violations } = world;
  const stage = item?.state.stage ?? 'none';
  if (stage !== 'done' && stage !== 'rolled-back') {
    violations.push(`stands in ${stage} after five hours: ${item?.state.waitingFor}`);
  }
  if (isCalm && !isBad && stage !== 'done')
    violations.push(`a good build was rolled back: ${item?.state.reason}`);
  if (alarm === undefined) return;
  if (stage !== 'rolled-back') violations.push(`an alarm that could be seen (${alarm.why}) led to ${stage}`);
  else if (isCalm && (rolledBackAt ?? Number.POSITIVE_INFINITY) - alarm.at > PERIOD) {
    const seconds = ((rolledBackAt ?? 0) - alarm.at) / 1000;
    violations.push(`back ${seconds.toFixed(1)} s after the alarm: more than one period`);
  }
}

/** Totals of many schedules. */
export interface ReleaseTotals {
  readonly schedules: number;
  readonly acts: number;
  readonly raises: number;
  readonly done: number;
  readonly rolledBack: number;
  readonly deaths: number;
  /** The longest that a calm controller needed from the alarm until all weights were home, in milliseconds. */
  readonly slowestBack: number;
}

/**
 * Runs `count` schedules from `first` on.
 * @throws Error with the seed of the first violation, and the command that replays it
 */
export async function proveReleases(first: number, count: number): Promise<ReleaseTotals> {
  const totals = { schedules: count, acts: 0, raises: 0, done: 0, rolledBack: 0, deaths: 0, slowestBack: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = await releaseSchedule(seed);
    if (outcome.violations.length > 0) {
      const replay = `HOLDFAST_SEED=${seed} npx jest test/proofs/release.test.ts --selectProjects proofs`;
      throw new Error(`seed ${seed}: ${outcome.violations.join('; ')}\nreplay: ${replay}`);
    }
    totals.acts += outcome.acts;
    totals.raises += outcome.raises;
    totals.deaths += outcome.deaths;
    if (outcome.stage === 'done') totals.done += 1;
    else totals.rolledBack += 1;
    totals.slowestBack = Math.max(totals.slowestBack, outcome.isCalm ? (outcome.backAfter ?? 0) : 0);
  }
  return totals;
}
