// The world of a drill on virtual time: Regions, register, lock, database, names, and the laws that it watches.
import type { CapacityGroup, DrillLock, JournalCopy, RegisterRaise, RegisterState } from '../../../lib/ports';
import { mayFollow, type RegisterRecord } from '../../../lib/runtime/register/register';
import { Random, Simulation } from '../simulation';
import { DrillRegion } from './drill-region';
import { GlobalDatabase, PERSON } from './global-database';
import { EAST, Network, otherThan, REGIONS, type Region, WEST } from './network';
import { ThirdRegion } from './third-region';

/** What is taken out, to see that the proof notices. */
export const MUTANTS = [
  'skips the lease check',
  'acknowledges without the register',
  'moves the database before the fence',
  'moves the database before the lease has ended',
  'becomes active before the database writes',
  'repeats an unrepeatable step',
  'resume forgets the journal',
  'acts without the lock',
  'sends without a last look at the lock',
  'lets another move begin while a call may be late',
  'counts what a superseded process writes',
] as const;
export type Mutant = (typeof MUTANTS)[number];

const CHECK_INTERVAL = 10_000;
const BOOT = 30_000;
/** What a person did this long ago a drill may not have seen yet. */
const UNSEEN = 5000;

/** Everything outside the drill's own process. */
export class DrillWorld {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly regions: Readonly<Record<Region, DrillRegion>>;
  readonly database: GlobalDatabase;
  readonly groups: Record<Region, CapacityGroup[]> = { [EAST]: fleet(4), [WEST]: fleet(2) };
  readonly violations: string[] = [];
  readonly history: RegisterRecord[];
  register: RegisterState;
  lock: DrillLock | undefined;
  /** The journal beside the register. */
  journalCopy: JournalCopy | undefined;
  /** Who took each drill up last. */
  readonly drivers = new Map<string, string>();
  /** Whether new instances come. */
  shortfall = false;
  /** Whether names, instances and moves stay as they are. */
  frozen = false;
  clonesTellLag = true;
  /** Where the witness stands, a third Region of the application in its place; it takes no part in moves. */
  third: ThirdRegion | undefined;
  /** Where the service's name leads. */
  answered: Region;
  private frozenGroups: Record<Region, readonly CapacityGroup[]> | undefined;
  private ids = 0;
  /** Newest epoch under which each Region acknowledged. */
  private readonly newest: Record<Region, number> = { [EAST]: 0, [WEST]: 0 };
  private readonly acknowledged: { readonly region: Region; readonly epoch: number; readonly id: number }[] =
    [];

  constructor(
    seed: number,
    readonly active: Region,
    readonly mutant?: Mutant,
  ) {
    this.simulation = new Simulation(new Random(seed));
    this.network = new Network(this.simulation);
    const record = { epoch: active === EAST ? 1 : 3, phase: 'active', region: active } as const;
    this.register = { record, updatedBy: 'birth', updatedAt: '' };
    this.history = [record];
    this.regions = { [EAST]: new DrillRegion(this, EAST), [WEST]: new DrillRegion(this, WEST) };
    const databases = { [EAST]: this.regions[EAST].database, [WEST]: this.regions[WEST].database };
    this.database = new GlobalDatabase(this, databases, active);
    this.groups[active] = fleet(4);
    this.groups[otherThan(active)] = fleet(2);
    this.answered = active;
    for (const region of REGIONS) this.regions[region].start();
    void this.check();
  }

  /** The application has three Regions from now on. */
  addThird(): void {
    this.third = new ThirdRegion(this);
  }

  violate(text: string): void {
    this.violations.push(`${(this.simulation.time / 1000).toFixed(1)} s: ${text}`);
  }

  nextId(): number {
    this.ids += 1;
    return this.ids;
  }

  /** Acknowledgements so far under an epoch. */
  acknowledgedUnder(epoch: number): number {
    return this.acknowledged.filter(ack => ack.epoch === epoch).length;
  }

  get acknowledgements(): number {
    return this.acknowledged.length;
  }

  /** A client is told that its write is safe. */
  acknowledge(region: Region, epoch: number, id: number): void {
    const other = this.newest[otherThan(region)];
    if (other >= epoch) this.violate(`${region} acknowledged under epoch ${epoch}, its peer under ${other}`);
    const move = this.database.moves.findLast(each => each.state !== 'undone');
    // Whom a person cut off by moving the database by hand may have a lease still.
    if (move !== undefined && move.by !== PERSON && move.to !== region && epoch <= move.epoch) {
      this.violate(`${region} acknowledged under epoch ${epoch} after the database left for ${move.to}`);
    }
    this.newest[region] = Math.max(this.newest[region], epoch);
    this.acknowledged.push({ region, epoch, id });
  }

  /** A move of the database is accepted. */
  judgeMove(to: Region): void {
    const { phase, region, epoch } = this.register.record;
    if (phase !== 'promoting' || region !== to) {
      this.violate(`the database moves to ${to} while the register says ${phase} in ${region}`);
    }
    const from = this.regions[otherThan(to)];
    const lease = from.lease();
    if (from.mayAcknowledge && lease.held && lease.epoch <= epoch) {
      this.violate(`the database moves to ${to} while ${from.name} may acknowledge`);
    }
  }

  raise({ from, to, by }: RegisterRaise): boolean {
    const { record } = this.register;
    const stands =
      from.epoch === record.epoch && from.phase === record.phase && from.region === record.region;
    if (!stands) return false;
    if (!mayFollow(from, to)) this.violate(`the register went from ${say(from)} to ${say(to)}`);
    if (to.phase === 'active' && this.database.writable !== to.region && !this.meddlingUnseen) {
      this.violate(`${to.region} is active and cannot write`);
    }
    this.register = { record: to, updatedBy: by, updatedAt: '' };
    this.history.push(to);
    return true;
  }

  /** Whether a person moved the database so lately that no look need have shown it. */
  get meddlingUnseen(): boolean {
    return this.simulation.time - this.database.touchedAt <= UNSEEN + this.database.staleness;
  }

  raiseFloor(region: Region, name: string, minimum: number): void {
    this.groups[region] = this.groups[region].map(group =>
      group.name === name ? { ...group, minimum, desired: Math.max(group.desired, minimum) } : group,
    );
    this.simulation.at(this.simulation.time + BOOT, () => this.boot(region, name));
  }

  /** Acknowledged writes that the database of now does not have. */
  lostWrites(): { readonly all: number; readonly unexplained: number } {
    const kept = new Set(this.regions[this.database.writer].database.commits.map(commit => commit.id));
    const missing = this.acknowledged.filter(ack => !kept.has(ack.id));
    const explained = missing.filter(ack => this.database.lost.has(ack.id));
    return { all: missing.length, unexplained: missing.length - explained.length };
  }

  /** The groups as the provider describes them. */
  capacity(region: Region): readonly CapacityGroup[] {
    return this.frozenGroups?.[region] ?? this.groups[region];
  }

  /** Descriptions show what is true now, or again the truth. */
  freezeViews(on: boolean): void {
    this.database.freezeView(on);
    this.frozenGroups = on ? { ...this.groups } : undefined;
  }

  /** Instances that were asked for come up. */
  boot(region: Region, name: string): void {
    if (this.shortfall || this.frozen) {
      this.simulation.at(this.simulation.time + 5000, () => this.boot(region, name));
      return;
    }
    this.groups[region] = this.groups[region].map(group =>
      group.name === name
        ? {
            ...group,
            inService: group.desired,
            targets: group.targets && { healthy: group.desired, total: group.desired },
          }
        : group,
    );
  }

  /** Route 53: two looks that agree turn a check, and the checks turn the name. */
  private async check(): Promise<void> {
    const last = { [EAST]: false, [WEST]: false };
    const healthy = { [EAST]: this.active === EAST, [WEST]: this.active === WEST };
    for (;;) {
      await this.simulation.delay(CHECK_INTERVAL);
      for (const region of REGIONS) {
        const seen = await this.askGate(region);
        if (seen === last[region]) healthy[region] = seen;
        last[region] = seen;
      }
      if (!this.frozen) this.answered = healthy[EAST] && !healthy[WEST] ? EAST : WEST;
    }
  }

  private async askGate(region: Region): Promise<boolean> {
    if (this.regions[region].dead || !this.network.connects('checkers', region)) return false;
    return (await this.regions[region].gate.answer()).status === 200;
  }
}

const say = (record: RegisterRecord): string => `epoch ${record.epoch} ${record.phase} ${record.region}`;

function fleet(size: number): CapacityGroup[] {
  const of = { minimum: 2, desired: size, maximum: 12, inService: size };
  return [
    { ...of, name: 'orders-blue', kind: 'clones', weight: 100, targets: { healthy: size, total: size } },
    { ...of, name: 'orders-worker', kind: 'workers', minimum: 1, desired: 2, inService: 2 },
  ];
}
