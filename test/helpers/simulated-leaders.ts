// Candidates, the store of their lease and what they write to, around the real election. Synchronous but for the
// real code's own promises, so that a million schedules are a matter of minutes.
import { LeaderLease } from '../../lib/runtime/leader/leader-lease';
import { compareTokens, type FencingToken } from '../../lib/runtime/leader/token';
import type { FastSimulation } from './fast-simulation';
import { LateLease, type LeaderMutant, TrustingLease } from './leader-mutants';
import { LeaderOracle } from './leader-oracle';
import { Candidate, DRIFT, LONGEST_PAUSE } from './simulated-candidate';
import { HEARTBEAT, LEASE, SimulatedLeaderStore } from './simulated-leader-store';

/** The register's own lease and margin, which an epoch waits out before the next one begins. */
const REGISTER_WAIT = { lease: 10_000, margin: 2_000 };

/** What a schedule did, and what it did wrong. */
export interface LeaderScheduleResult {
  readonly writes: number;
  readonly refused: number;
  readonly wins: number;
  /** True milliseconds from the death of the last leader to the next one's belief. */
  readonly takeover: number;
  readonly violations: readonly string[];
}

/** The whole: candidates, store, resource, and what befalls them. */
export class SimulatedLeaders {
  readonly store: SimulatedLeaderStore;
  readonly oracle: LeaderOracle;
  readonly candidates: readonly Candidate[];
  isCalm = false;
  /** What a message takes that is not late: within a Region, or to a quorum of Regions. */
  private readonly slowest: number;
  private fence: FencingToken = { epoch: 0, term: 0 };

  constructor(
    readonly simulation: FastSimulation,
    /** When the storm ends, in true milliseconds. */
    readonly calmAt: number,
    readonly mutant?: LeaderMutant,
  ) {
    this.store = new SimulatedLeaderStore(this);
    this.oracle = new LeaderOracle(simulation);
    this.slowest = simulation.random.pick([10, 150]);
    const moves = simulation.random.chance(0.3);
    const names = moves ? ['a1', 'a2', 'b1', 'b2'] : ['a1', 'a2', 'a3'];
    this.candidates = names.map(name => new Candidate(this, name));
    this.setEpochs(moves);
  }

  /** At most one move of the Region: the old one's leases end before the new epoch begins, as the register sees to. */
  private setEpochs(moves: boolean): void {
    const { random } = this.simulation;
    const raisedAt = moves ? random.between(10_000, 50_000) : Number.POSITIVE_INFINITY;
    const begins = raisedAt + REGISTER_WAIT.lease + REGISTER_WAIT.margin;
    for (const candidate of this.candidates) {
      const old = candidate.name.startsWith('a');
      candidate.epochs = old
        ? [{ epoch: 1, from: 0, until: raisedAt + random.between(0, REGISTER_WAIT.lease / (1 - DRIFT)) }]
        : [{ epoch: 2, from: begins + random.between(0, 3_000), until: Number.POSITIVE_INFINITY }];
    }
  }

  /** The lease of one holder, or a mutant of it. */
  lease(holder: string, process: Candidate): LeaderLease {
    const options = { holder, leaseMilliseconds: LEASE };
    if (this.mutant === 'no margin') return new LeaderLease({ ...options, marginMilliseconds: 0 });
    if (this.mutant === 'lease from the end of the write') return new LateLease(options, process);
    if (this.mutant === "trust in the record's own time") return new TrustingLease(options, process);
    return new LeaderLease(options);
  }

  /** A write on its way to the resource, which refuses what is older than what it has taken. */
  send(holder: string, token: FencingToken): void {
    const { simulation, mutant } = this;
    if (!this.isCalm && simulation.random.chance(0.05)) return;
    simulation.at(simulation.time + this.latency(), () => {
      const admitted = mutant === 'no fence' || compareTokens(token, this.fence) >= 0;
      if (admitted) this.fence = token;
      this.oracle.wrote(holder, token, admitted);
    });
  }

  /** Time that a message takes, in milliseconds: mostly little, at times longer than a lease. */
  latency(): number {
    const { random } = this.simulation;
    return !this.isCalm && random.chance(0.05) ? random.between(0, 12_000) : random.between(1, this.slowest);
  }

  /** Nobody else may believe while `believer` does. */
  checkBelievers(believer: Candidate): void {
    for (const other of this.candidates) {
      if (other !== believer && other.election?.current() !== undefined)
        this.oracle.accuse(`${believer.name} and ${other.name} both believe that they lead`);
    }
  }

  /** Nemesis, then calm, then the death of the leader; the next one must be there in time. */
  async run(): Promise<LeaderScheduleResult> {
    const { simulation, oracle } = this;
    for (const candidate of this.candidates)
      candidate.after(simulation.random.between(0, 2_000), () => {
        if (!candidate.isUp) candidate.start();
      });
    this.suffer();
    await simulation.run(this.calmAt);
    this.isCalm = true;
    for (const candidate of this.candidates) {
      candidate.heal();
      if (!candidate.isUp) candidate.crash();
    }
    // What was sent in the storm has arrived by then, and who was down is up and has had a lease's time.
    await simulation.run(this.calmAt + 13_000 + LEASE + 2 * HEARTBEAT);
    const takeover = await this.killLeader();
    return { ...oracle.figures, takeover, violations: oracle.violations };
  }

  private async killLeader(): Promise<number> {
    const { simulation, oracle } = this;
    const leader = this.candidates.find(candidate => candidate.election?.current() !== undefined);
    if (leader === undefined) {
      oracle.accuse('nobody leads in calm');
      return Number.NaN;
    }
    const diedAt = simulation.time;
    leader.crash(false);
    const end = diedAt + LEASE + 2 * HEARTBEAT;
    oracle.nextWinAt = undefined;
    await simulation.run(end, () => oracle.nextWinAt !== undefined);
    if (oracle.nextWinAt === undefined)
      oracle.accuse(`nobody leads ${end - diedAt} ms after the leader died`);
    return (oracle.nextWinAt ?? Number.NaN) - diedAt;
  }

  private suffer(): void {
    const { simulation } = this;
    const { random } = simulation;
    if (this.isCalm) return;
    const leader = this.candidates.find(candidate => candidate.election?.current() !== undefined);
    const victim = leader !== undefined && random.chance(0.5) ? leader : random.pick(this.candidates);
    const fate = random.next();
    if (fate < 0.3) victim.pause(random.between(0, LONGEST_PAUSE));
    else if (fate < 0.6) victim.cutUntil = simulation.time + random.between(0, 30_000);
    else if (fate < 0.75) victim.jump();
    else if (fate < 0.85 && victim.isUp) victim.stop();
    else if (victim.isUp) victim.crash();
    simulation.at(simulation.time + random.between(500, 8_000), () => this.suffer());
  }
}
