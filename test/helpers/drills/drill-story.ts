// One schedule: lives of drill processes in one world, what is demanded of each ending, and of the end of all.
import {
  abortDrill,
  type DrillMode,
  type DrillResult,
  resumeDrill,
  runDrill,
  unfinishedDrill,
} from '../../../lib/drill';
import { HoldfastError } from '../../../lib/errors';
import { DrillFaults } from './drill-faults';
import { withMutant } from './drill-mutants';
import { DrillJournals, DrillRunner, Killed } from './drill-runner';
import { DrillWorld, type Mutant } from './drill-world';
import { EAST, otherThan, type Region, WEST } from './network';

/** A schedule that is not over by then hangs. */
const END = 24 * 3_600_000;
const CALM = 60_000;
/** Longest move of the database. */
const LONGEST_MOVE = 300_000;
/** Times that a drill may be resumed after every fault was lifted. */
const RESUMES = 3;

/** What a process is told to do. */
export type Command = 'run' | 'resume' | 'abort' | 'fail over' | 'home';

/** How a life ended. */
export type LifeEnding = DrillResult['report']['outcome'] | 'killed' | `error: ${string}`;

/** What a schedule did, and what it did wrong. */
export interface StoryResult {
  readonly endings: readonly LifeEnding[];
  readonly violations: readonly string[];
  readonly acknowledged: number;
  readonly lost: number;
  readonly moves: number;
}

/** A world with the processes that work on it. */
export class DrillStory {
  readonly world: DrillWorld;
  readonly faults: DrillFaults;
  /** The disks of two machines: a drill that began on one may be taken up on the other. */
  readonly disks = [new DrillJournals(), new DrillJournals()] as const;
  readonly endings: LifeEnding[] = [];
  readonly from: Region;
  readonly to: Region;
  private lives = 0;

  constructor(
    readonly seed: number,
    readonly mode: DrillMode,
    readonly mutant?: Mutant,
  ) {
    this.from = mode === 'failback' ? WEST : EAST;
    this.to = otherThan(this.from);
    this.world = new DrillWorld(seed, this.from, mutant);
    this.faults = new DrillFaults(this.world);
  }

  /** Until the active Region serves. */
  async warmUp(): Promise<void> {
    const { simulation, regions } = this.world;
    await simulation.delay(10_000);
    while (!regions[this.from].mayAcknowledge) await simulation.delay(1000);
  }

  /** A process that has not begun. */
  process(disk: DrillJournals = this.disks[0]): DrillRunner {
    this.lives += 1;
    return new DrillRunner(this.world, this.faults, disk, `process-${this.lives}`);
  }

  /** Lets a process carry out one command, until it ends or is killed. */
  async live(runner: DrillRunner, command: Command): Promise<LifeEnding> {
    const ended = this.command(runner, command).then(
      result => this.judgeEnding(result),
      error => this.judgeError(error),
    );
    const ending = await Promise.race([ended, runner.killed.then(() => 'killed' as const)]);
    runner.kill();
    this.endings.push(ending);
    return ending;
  }

  /** Plays a schedule and judges what is left of the world when all faults are lifted. */
  async play(script: () => Promise<void>): Promise<StoryResult> {
    const { world } = this;
    let over = false;
    await withMutant(this.mutant, async () => {
      void script()
        .then(() => this.calm())
        .catch(error => world.violate(`the schedule failed: ${String((error as Error).stack ?? error)}`))
        .finally(() => {
          over = true;
        });
      await world.simulation.run(END, () => over || world.violations.length > 0);
    });
    if (!over && world.violations.length === 0) world.violate('the drill hangs');
    const { moves } = world.database;
    return {
      endings: this.endings,
      violations: world.violations,
      acknowledged: world.acknowledgements,
      lost: world.lostWrites().all,
      moves: moves.filter(move => move.state === 'moved').length,
    };
  }

  private command(runner: DrillRunner, command: Command): Promise<DrillResult> {
    const context = runner.context();
    if (command === 'resume') return resumeDrill(context);
    if (command === 'abort') return abortDrill(context);
    if (command === 'home') return runDrill(context, { mode: 'switchover', to: this.from });
    const { to } = this;
    const mode = command === 'fail over' ? 'failover' : this.mode;
    return runDrill(context, {
      ...{ mode, to },
      acceptDataLoss: mode === 'failover',
      // Named at once, as by one who does not trust the answers of a Region that still gives some.
      acceptUnknown: mode === 'failover' ? ['active', 'alarms', 'database', 'config', 'capacity'] : [],
    });
  }

  /** An ending must be true: who it says may write does, and where nobody may it says so. */
  private judgeEnding({ report }: DrillResult): LifeEnding {
    const { world } = this;
    const { record } = world.register;
    const { outcome, reason = '', next, from, to } = report;
    const writes = record.phase === 'active' && world.database.writable === record.region;
    const where = { done: to, aborted: from, 'rolled-back': from }[outcome as string];
    const isThere = record.phase === 'active' && record.region === where && (writes || world.meddlingUnseen);
    if (where !== undefined && !isThere) {
      world.violate(`${outcome}, and ${record.region} is ${record.phase}`);
    }
    if (outcome !== 'safe-stop') return outcome;
    if (next === undefined) world.violate('a safe stop names no next command');
    const told = /(?:^|; )(\S+) accepts writes$/.exec(reason)?.[1];
    if (told === 'Region' ? record.phase === 'active' : told !== undefined && told !== record.region) {
      world.violate(`a safe stop says: ${reason}; the register: ${record.phase} ${record.region}`);
    }
    if (!writes && !/no Region accepts|unknown|not verified|moved by|gone|held by/.test(reason)) {
      world.violate(`nobody writes, and a safe stop says: ${reason}`);
    }
    return outcome;
  }

  private judgeError(error: unknown): LifeEnding {
    if (error instanceof HoldfastError) return `error: ${error.code}`;
    if (!(error instanceof Killed)) this.world.violate(`it crashed: ${String((error as Error).stack)}`);
    return 'killed';
  }

  /** Everything works again; then each drill that is open must come to its end, and the world be one that serves. */
  private async calm(): Promise<void> {
    const { world } = this;
    world.network.heal();
    for (const region of [EAST, WEST] as const) world.regions[region].revive();
    await this.finish();
    await this.follow();
    await world.simulation.delay(CALM);
    const { record } = world.register;
    const before = world.acknowledgedUnder(record.epoch);
    for (let left = 5; left > 0 && world.acknowledgedUnder(record.epoch) === before; left -= 1) {
      await world.simulation.delay(CALM);
    }
    if (record.phase !== 'active' || world.database.writable !== record.region) {
      world.violate(
        `at the end ${record.region} is ${record.phase}, and ${world.database.writable} can write`,
      );
    } else if (world.acknowledgedUnder(record.epoch) === before) {
      world.violate(`at the end nobody acknowledges writes under epoch ${record.epoch}`);
    }
    const { all, unexplained } = world.lostWrites();
    // What a person loses by moving the database by hand, past the drill, is not the drill's.
    const meddled = world.database.touchedAt > 0;
    if (unexplained > 0 && !meddled) world.violate(`${unexplained} acknowledged writes lost`);
    if (this.mode !== 'failover' && !meddled && all > 0)
      world.violate(`a ${this.mode} lost ${all} acknowledged writes`);
  }

  /**
   * Where a person moved the database in the last moment of a way back, a failover is the next command. It is refused
   * while that move is under way, and says to wait until it has settled: a move takes 300 s at most.
   */
  private async follow(): Promise<void> {
    const { world } = this;
    const isAstray = () => world.database.writable !== world.register.record.region;
    for (let tries = 3; tries > 0 && world.database.touchedAt >= 0 && isAstray(); tries -= 1) {
      await this.live(this.process(), 'fail over');
      await this.finish();
      if (isAstray()) await world.simulation.delay(LONGEST_MOVE);
    }
  }

  /** Resumes what is open, as a safe stop says. */
  async finish(): Promise<void> {
    for (const disk of this.disks) await this.finishOn(disk);
  }

  /** On one machine, which learns of what the other did meanwhile. */
  private async finishOn(disk: DrillJournals): Promise<void> {
    for (let left = RESUMES; left >= 0; left -= 1) {
      const runner = this.process(disk);
      const open = unfinishedDrill(runner.context());
      if (open === undefined) return;
      if (left < RESUMES) await this.world.simulation.delay(CALM);
      if (left === 0) this.world.violate(`${RESUMES} resumes did not finish ${open.plan.id}`);
      else await this.live(runner, 'resume');
    }
  }
}
