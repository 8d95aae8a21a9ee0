// Regions, workers and an outside party around the real saga engine, by seed.
import { isOver } from '../../lib/runtime/saga/saga-machine';
import { SimulatedParty } from './simulated-party';
import { SimulatedSagaProcess } from './simulated-saga-process';
import { SimulatedSagaDatabase } from './simulated-saga-store';
import { Random, Simulation } from './simulation';

/** What is taken out of the design, to see that a proof notices. */
export type SagaMutant =
  | 'key changes on retry'
  | 'no answer is taken for no'
  | 'undone unasked'
  | 'record written after the effect'
  | 'no fence'
  | 'no repetition after a raise';

/** `asked`: its key can be asked about; `repeated`: it can only be taken again; `last`: there is no way back. */
export type StepKind = 'check' | 'asked' | 'repeated' | 'last';

/** What a schedule did, and what it did wrong. */
export interface SagaScheduleResult {
  readonly done: number;
  readonly undone: number;
  readonly calls: number;
  readonly effects: number;
  readonly moves: number;
  readonly crashes: number;
  readonly violations: readonly string[];
}

const LEASE = 5_000;
/**
 * Longest way of a call: far beyond a lease, so that it arrives when nobody thinks of it any more. Where commits are lost
 * it is shorter than the failover takes: an undoing of which no record is left must not arrive later than that.
 */
const SLOWEST = { lossless: 60_000, lossy: 15_000 };
/** Faults end here; what is left then has time to end. */
const FAULTS_END = 60_000;
const END = 3_600_000;
const SAGAS = 2;

/** The whole. */
export class SimulatedSagas {
  readonly random: Random;
  readonly party: SimulatedParty;
  readonly kinds: readonly (readonly StepKind[])[];
  /** 1 while there are faults, then 0. */
  faults = 1;
  partyIsDown = false;
  /** Calls that have not arrived yet. */
  underWay = 0;
  private readonly simulation: Simulation;
  private readonly databases = { a: new SimulatedSagaDatabase(), b: new SimulatedSagaDatabase() };
  private readonly lossy: boolean;
  private epoch = 1;
  private active: 'a' | 'b' | undefined = 'a';
  private holder: { readonly region: string; readonly epoch: number; readonly until: number };
  private movesLeft = 0;
  private moves = 0;
  private crashes = 0;

  constructor(
    seed: number,
    readonly mutant?: SagaMutant,
  ) {
    this.random = new Random(seed);
    this.simulation = new Simulation(this.random);
    this.lossy = this.random.chance(0.5);
    this.party = new SimulatedParty(this.random, this.random.pick([0, 0.1, 0.4]));
    this.kinds = Array.from({ length: SAGAS }, () => this.steps());
    this.holder = { region: 'a', epoch: 1, until: Number.POSITIVE_INFINITY };
  }

  get time(): number {
    return this.simulation.time;
  }

  at(time: number, happen: () => void): void {
    this.simulation.at(time, happen);
  }

  wait(milliseconds: number): Promise<void> {
    return this.simulation.delay(milliseconds);
  }

  database(region: string): SimulatedSagaDatabase {
    return this.databases[region as 'a' | 'b'];
  }

  /** The epoch under which a Region's processes may write at this moment. */
  epochOf(region: string): number | undefined {
    const { holder } = this;
    return holder.region === region && this.time < holder.until ? holder.epoch : undefined;
  }

  delay(): number {
    const { random } = this;
    const slow = random.chance(this.faults * 0.1);
    return slow ? random.between(0, SLOWEST[this.lossy ? 'lossy' : 'lossless']) : random.between(5, 100);
  }

  async run(): Promise<SagaScheduleResult> {
    this.submit();
    for (const region of ['a', 'a', 'b', 'b'] as const) this.spawn(region);
    this.schedule();
    // What is still under way arrives before the account is made up.
    await this.simulation.runFast(
      END,
      () => this.movesLeft === 0 && this.underWay === 0 && this.active !== undefined && this.allOver(),
    );
    return this.account();
  }

  private steps(): readonly StepKind[] {
    const { random } = this;
    const some = Array.from({ length: 1 + Math.floor(random.next() * 3) }, () =>
      random.pick<StepKind>(['asked', 'repeated', 'asked', 'repeated', 'check']),
    );
    return random.chance(0.5) ? [...some, 'last'] : some;
  }

  /** Clients ask until they are told yes: what a failover lost is asked for again, under the same id. */
  private submit(): void {
    if (this.active === undefined) return;
    for (let index = 0; index < SAGAS; index += 1)
      this.database(this.active).start(`saga-${index}`, `kind-${index}`, this.epoch, this.time);
  }

  private spawn(region: 'a' | 'b'): void {
    const process = new SimulatedSagaProcess(this, region);
    void process.run();
    const suffer = () => {
      if (this.faults === 0) return;
      const { random } = this;
      const fate = random.next();
      if (fate < 0.4) process.pause(random.between(0, 15_000));
      else if (fate < 0.7) {
        process.crash();
        this.crashes += 1;
        return this.at(this.time + random.between(100, 3000), () => this.spawn(region));
      }
      this.at(this.time + random.between(500, 8000), suffer);
    };
    this.at(this.time + this.random.between(0, 6000), suffer);
  }

  private schedule(): void {
    const { random } = this;
    this.at(FAULTS_END, () => {
      this.faults = 0;
      this.partyIsDown = false;
    });
    const outage = () => {
      if (this.faults === 0) return;
      this.partyIsDown = !this.partyIsDown && random.chance(0.3);
      this.at(this.time + random.between(1000, 12_000), outage);
    };
    outage();
    this.movesLeft = Math.floor(random.next() * 3);
    for (let index = 0; index < this.movesLeft; index += 1)
      this.at(random.between(500, FAULTS_END), () => this.move());
  }

  /** A switchover loses nothing; a failover loses the last commits, and takes longer than any call. */
  private move(): void {
    this.movesLeft -= 1;
    if (this.active === undefined) return;
    const from = this.active;
    const to = from === 'a' ? 'b' : 'a';
    this.active = undefined;
    this.moves += 1;
    const before = this.lossy && this.random.chance(0.7) ? this.copyOf(from) : undefined;
    this.holder = { ...this.holder, until: this.time + LEASE };
    const wait = LEASE + (this.lossy ? SLOWEST.lossy : 0) + 1;
    this.at(this.time + wait, () => {
      if (before !== undefined) this.databases[to] = before;
      else this.databases[to].becomeCopyOf(this.databases[from], 0);
      this.epoch += 1;
      this.active = to;
      this.holder = { region: to, epoch: this.epoch, until: Number.POSITIVE_INFINITY };
      this.submit();
    });
  }

  private copyOf(region: 'a' | 'b'): SimulatedSagaDatabase {
    const copy = new SimulatedSagaDatabase();
    copy.becomeCopyOf(this.databases[region], Math.floor(this.random.between(0, 8)));
    return copy;
  }

  private allOver(): boolean {
    return [...this.database(this.active ?? 'a').rows.values()].every(row => isOver(row.state));
  }

  private account(): SagaScheduleResult {
    const violations: string[] = [];
    const rows = [...this.database(this.active ?? 'a').rows.values()];
    for (const { id, name, state } of rows) {
      if (!isOver(state)) violations.push(`${id} is ${state.status} at step ${state.step} for ever`);
      const kinds = this.kinds[Number(name.slice(5))] as readonly StepKind[];
      const effects = this.party.effects.filter(effect => effect.saga === id);
      const of = (step: number, kind: string) =>
        effects.filter(effect => effect.step === step && effect.kind === kind).length;
      for (const [step, kind] of kinds.entries()) {
        if (kind === 'check') continue;
        const counts = `${of(step, 'taken')}/${of(step, 'undone')}`;
        const right = state.status === 'done' ? counts === '1/0' : counts === '0/0' || counts === '1/1';
        if (!right)
          violations.push(`${id} is ${state.status}, step ${step} was taken/undone ${counts} times`);
      }
      const undone = effects.filter(effect => effect.kind === 'undone').map(effect => effect.step);
      if (undone.some((step, index) => index > 0 && step >= (undone[index - 1] as number)))
        violations.push(`${id} was undone in the order ${undone}`);
      const firstUndone = effects.findIndex(effect => effect.kind === 'undone');
      if (firstUndone >= 0 && effects.slice(firstUndone).some(effect => effect.kind === 'taken'))
        violations.push(`${id} took a step after it had begun to undo`);
    }
    const { calls, effects } = this.party;
    const count = (status: string) => rows.filter(row => row.state.status === status).length;
    const { moves, crashes } = this;
    return {
      done: count('done'),
      undone: count('undone'),
      calls,
      effects: effects.length,
      moves,
      crashes,
      violations,
    };
  }
}
