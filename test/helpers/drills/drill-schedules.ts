// Random schedules of many faults at once, from a seed.
import type { Random } from '../simulation';
import { CALL_FAULTS, FAULTS } from './drill-faults';
import { MODES } from './drill-matrix';
import type { DrillRunner } from './drill-runner';
import { type Command, DrillStory, type LifeEnding, type StoryResult } from './drill-story';
import type { Mutant } from './drill-world';
import { arnOf, PERSON } from './global-database';
import { CHECKERS, OPERATOR, otherThan, REGIONS, type Region, SITES, WITNESS } from './network';

const METHODS = [
  'readRegister',
  'raiseRegister',
  'readLock',
  'takeLock',
  'renewLock',
  'databaseState',
  'startSwitchover',
  'startFailover',
  'capacity',
  'raiseFloor',
  'replicationLag',
  'readJournalCopy',
  'writeJournalCopy',
] as const;
const MINUTE = 60_000;

/** One schedule. Its seed is its name; one in five has a third Region. */
export function drillSchedule(seed: number, mutant?: Mutant): Promise<StoryResult> {
  const story = new DrillStory(seed, MODES[seed % MODES.length] as (typeof MODES)[number], mutant);
  return new DrillSchedule(story).play();
}

class DrillSchedule {
  private readonly random: Random;
  private readonly lifts: Array<() => void> = [];
  private over = false;
  private current: DrillRunner | undefined;

  constructor(private readonly story: DrillStory) {
    this.random = story.world.simulation.random;
  }

  play(): Promise<StoryResult> {
    const { story, random } = this;
    const { world, seed } = story;
    if (seed % 5 === 4) world.addThird();
    world.clonesTellLag = random.chance(0.5);
    world.database.promotion = random.between(1000, random.pick([5000, 40_000, 300_000]));
    world.database.rolesEarly = random.chance(0.3);
    world.database.staleness = random.pick([0, random.between(0, 45_000), 45_000]);
    return story.play(async () => {
      await story.warmUp();
      if (story.mode === 'failover') this.lose(story.from);
      for (let left = random.pick([0, 1, 2, 3, 5]); left > 0; left -= 1) void this.strikeLater();
      for (let left = random.pick([0, 0, 1, 2, 3]); left > 0; left -= 1) void this.cutLater();
      for (let left = random.pick([0, 1, 2]); left > 0; left -= 1) void this.pauseLater();
      if (random.chance(0.15)) void this.meddleLater();
      const overlapping: Promise<unknown>[] = [];
      for (let left = random.pick([1, 1, 2, 3, 4]), first = true; left > 0; left -= 1, first = false) {
        const life = this.life(first ? 'run' : random.pick(['run', 'resume', 'resume', 'abort'] as const));
        // A process that stands still, or is slow, may meet the next one.
        if (random.chance(0.7)) await life;
        else {
          overlapping.push(life);
          await world.simulation.delay(random.between(0, 3 * MINUTE));
        }
      }
      await Promise.all(overlapping);
      // The way home, while what an earlier process sent may still be on its way.
      if (random.chance(0.3)) await this.life('home');
      this.over = true;
      for (const lift of this.lifts) lift();
    });
  }

  /** What befalls the Region that a failover leaves. */
  private lose(region: Region): void {
    const { world } = this.story;
    const { random } = this;
    const milliseconds = random.pick([random.between(MINUTE, 20 * MINUTE), 600 * MINUTE]);
    switch (random.pick(['dies', 'isolated', 'unheard', 'mute', 'nothing'] as const)) {
      case 'dies':
        void world.regions[region].die(milliseconds);
        world.network.isolate(region, milliseconds);
        break;
      case 'isolated':
        world.network.isolate(region, milliseconds);
        break;
      case 'unheard':
        for (const site of [...SITES, OPERATOR]) world.network.cut(region, site, milliseconds);
        break;
      case 'mute':
        for (const site of [...SITES, OPERATOR]) world.network.cut(site, region, milliseconds);
        break;
      default:
    }
  }

  private async life(command: Exclude<Command, 'fail over'>): Promise<LifeEnding> {
    const { story, random } = this;
    const { simulation } = story.world;
    const runner = story.process(
      random.pick([story.disks[0], story.disks[0], story.disks[0], story.disks[1]]),
    );
    this.current = runner;
    const later = (probability: number, act: () => void) => {
      const after = random.between(1, random.pick([20_000, 200_000]));
      if (random.chance(probability)) simulation.at(simulation.time + after, () => runner.dead || act());
    };
    later(0.3, () => runner.kill());
    later(0.2, () => runner.stop.abort());
    later(0.2, () => runner.jumpWallClock(random.between(-3_600_000, 3_600_000)));
    later(0.3, () => runner.pause(random.between(1000, 2 * MINUTE)));
    this.strikeAtRecord(runner);
    return story.live(runner, command);
  }

  /** It dies, or stands still past its lease, right after a record: any, or that of an act that may not be repeated. */
  private strikeAtRecord(runner: DrillRunner): void {
    const { random } = this;
    const { simulation } = this.story.world;
    if (random.chance(0.6)) return;
    let left = Math.ceil(random.between(0, 30));
    const atAct = random.chance(0.5);
    const how = random.pick(['dies', 'dies', 'pauses', 'stalls'] as const);
    const after = random.pick([0, 50, random.between(1, 100)]);
    runner.onRecord = ({ type, step = '' }) => {
      left -= 1;
      if (atAct ? type !== 'act' || !step.endsWith('database') : left !== 0) return;
      if (how === 'stalls') {
        // With its request signed: until the next process has come, and maybe gone, or the provider refuses it.
        runner.stall = random.between(31_000, random.pick([2, 12]) * MINUTE);
        return;
      }
      const strike = () =>
        how === 'dies' ? runner.kill() : runner.pause(random.between(31_000, 2 * MINUTE));
      if (after === 0) strike();
      else simulation.at(simulation.time + after, strike);
    };
  }

  private async strikeLater(): Promise<void> {
    const { story, random } = this;
    const { world, faults } = story;
    await world.simulation.delay(random.between(0, random.pick([30_000, 5 * MINUTE])));
    const runner = this.current;
    if (this.over || runner === undefined) return;
    const fault = random.pick(FAULTS);
    const narrow = random.chance(0.6) ? [random.pick(METHODS), random.pick(METHODS)] : undefined;
    const lift =
      random.chance(0.6) || fault === 'SIGKILL'
        ? faults.hit({ fault: random.pick(CALL_FAULTS), methods: narrow, lock: random.chance(0.3) })
        : faults.strike(fault, runner, story.to, random.chance(0.3));
    this.lifts.push(lift);
    world.simulation.at(world.simulation.time + random.between(500, random.pick([10_000, 4 * MINUTE])), lift);
  }

  /** One link, or all of one Region, in one direction or both. */
  private async cutLater(): Promise<void> {
    const { random } = this;
    const { network, simulation } = this.story.world;
    await simulation.delay(random.between(0, 3 * MINUTE));
    if (this.over) return;
    const milliseconds = random.between(1000, random.pick([20_000, 5 * MINUTE]));
    const sites = [...REGIONS, WITNESS, OPERATOR, CHECKERS];
    const one = random.pick(sites);
    const region = random.pick(REGIONS);
    switch (random.pick(['link', 'one way', 'isolated', 'Regions', 'register'] as const)) {
      case 'link':
        network.cut(one, region, milliseconds);
        network.cut(region, one, milliseconds);
        break;
      case 'one way':
        if (random.chance(0.5)) network.cut(one, region, milliseconds);
        else network.cut(region, one, milliseconds);
        break;
      case 'isolated':
        network.isolate(region, milliseconds);
        break;
      case 'Regions':
        network.cut(region, otherThan(region), milliseconds);
        break;
      default:
        // Without the register, and heard by everybody else.
        for (const site of SITES) network.cut(region, site, milliseconds);
    }
  }

  /** A person moves the database by hand while the drill is about to, or on its way back. */
  private async meddleLater(): Promise<void> {
    const { story, random } = this;
    const { simulation, database } = story.world;
    const wait = random.between(0, MINUTE);
    for (let left = 600; left > 0 && story.world.register.record.phase !== 'promoting'; left -= 1) {
      await simulation.delay(random.between(10, 1000));
    }
    await simulation.delay(random.chance(0.5) ? wait : wait / 1000);
    const { phase } = story.world.register.record;
    if (this.over || phase === 'active' || database.moving || database.writer === story.to) return;
    database.start('failover', arnOf(story.to), story.to, PERSON);
  }

  /** A clone stands still past its lease. */
  private async pauseLater(): Promise<void> {
    const { random } = this;
    const { simulation, regions } = this.story.world;
    await simulation.delay(random.between(0, 3 * MINUTE));
    if (!this.over) regions[random.pick(REGIONS)].process.pause(random.between(5000, 40_000));
  }
}
