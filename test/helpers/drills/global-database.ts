// The global database: one writer, a replica that lags, moves that take their time, and descriptions that are stale.
import { HoldfastError } from '../../../lib/errors';
import type { DatabaseState } from '../../../lib/ports';
import type { SimulatedDatabase } from '../simulated-database';
import type { DrillWorld } from './drill-world';
import { otherThan, REGIONS, type Region } from './network';

const TICK = 500;
/** Replication when nothing holds it back, milliseconds. */
const USUAL_LAG = 200;
const REJOIN = 30_000;

interface Move {
  readonly kind: 'switchover' | 'failover';
  readonly to: Region;
  readonly by: string;
  /** Epoch of the register when it was accepted. */
  readonly epoch: number;
  state: 'moving' | 'moved' | 'undone';
}

/** Somebody who moves the database by hand, beside the drill. */
export const PERSON = 'a person';

export const arnOf = (region: string): string =>
  `arn:aws:rds:${region}:000000000000:cluster:orders-${region}`;

/** State and behaviour of the two clusters. */
export class GlobalDatabase {
  /** Milliseconds that a move takes. */
  promotion = 20_000;
  /** Milliseconds for which a description still shows the state of before a move that was accepted. */
  staleness = 0;
  /** Lag that a spike adds, milliseconds. */
  spike = 0;
  /** Whether a description names the new writer while the move is still under way. */
  rolesEarly = false;
  /** When a person last moved it; a look of the drill may be older by a moment. */
  touchedAt = Number.NEGATIVE_INFINITY;
  /** Whether moves get anywhere. */
  frozen = false;
  /** Whether the next moves end where they began, as a switchover does that the provider gives up. */
  givesUp = false;
  /** Moves that were accepted. */
  readonly moves: Move[] = [];
  /** Commits of the old writer that a failover did not carry over. */
  readonly lost = new Set<number>();
  /** Whether a lost writer has not been made a reader of the new one yet, and when it will be. */
  private strayed = false;
  private rejoinsAt = Number.POSITIVE_INFINITY;
  private appliedUntil = 0;
  private readonly samples: { readonly at: number; readonly commits: number }[] = [];
  private applied = 0;
  private staleUntil = 0;
  private staleView: DatabaseState | undefined;
  private frozenView: DatabaseState | undefined;

  constructor(
    private readonly world: DrillWorld,
    readonly databases: Readonly<Record<Region, SimulatedDatabase>>,
    public writer: Region,
  ) {
    databases[writer].writable = true;
    void this.replicate();
  }

  get moving(): boolean {
    return this.moves.at(-1)?.state === 'moving';
  }

  /** The Region whose cluster takes writes by the provider's own word. */
  get writable(): Region | undefined {
    return this.moving ? undefined : this.writer;
  }

  /** Seconds by which a reader is behind. */
  lagSeconds(region: Region): number {
    return region === this.writer ? 0 : (this.world.simulation.time - this.appliedUntil) / 1000;
  }

  /** Shows from now on what is true now, or the truth again. */
  freezeView(on: boolean): void {
    this.frozenView = on ? this.truth() : undefined;
  }

  describe(): DatabaseState {
    if (this.frozenView !== undefined) return this.frozenView;
    return this.staleView !== undefined && this.world.simulation.time < this.staleUntil
      ? this.staleView
      : this.truth();
  }

  start(kind: Move['kind'], arn: string, asked: string, sender: string): void {
    const { world } = this;
    const to = arn.split(':')[3] as Region;
    // Late: sent by a process that stood still until another drove on; or by a person.
    const late = world.lock?.holder !== sender;
    const by = late ? sender : world.register.updatedBy;
    if (sender === PERSON) this.touchedAt = world.simulation.time;
    const standing = this.moves.some(move => move.by === by && move.state !== 'undone');
    if (standing && !late) world.violate(`${kind} to ${to} sent again while the first stands`);
    const askedRight = kind === 'switchover' ? asked === this.writer : asked === to;
    const joined = kind === 'failover' || world.network.connects(this.writer, to);
    if (this.moving || !askedRight || to === this.writer || !joined) {
      throw new HoldfastError('refused', 'InvalidGlobalClusterStateFault');
    }
    if (sender !== PERSON) world.judgeMove(to);
    this.staleView = this.truth();
    this.staleUntil = world.simulation.time + this.staleness;
    const move: Move = { kind, to, by, epoch: world.register.record.epoch, state: 'moving' };
    this.moves.push(move);
    const from = this.writer;
    if (kind === 'switchover' || world.network.connects(from, to)) this.databases[from].writable = false;
    const replicated = this.applied;
    const wait = this.promotion + (kind === 'switchover' ? this.lagSeconds(to) * 1000 : 0);
    world.simulation.at(world.simulation.time + wait, () => this.finish(move, from, replicated));
  }

  private finish(move: Move, from: Region, replicated: number): void {
    const { world, databases } = this;
    const held = this.frozen || (move.kind === 'switchover' && !world.network.connects(from, move.to));
    if (held) {
      world.simulation.at(world.simulation.time + 1000, () => this.finish(move, from, replicated));
      return;
    }
    if (this.givesUp) {
      move.state = 'undone';
      databases[from].writable = true;
      return;
    }
    const before = databases[from].commits;
    databases[move.to].becomeWriterFrom(databases[from]);
    if (move.kind === 'failover') {
      for (const { id } of before.slice(replicated)) this.lost.add(id);
      const kept = before.slice(0, replicated);
      databases[move.to].commits = kept;
      databases[move.to].fence = Math.max(0, ...kept.map(commit => commit.epoch));
      this.strayed = true;
      this.rejoinsAt = Number.POSITIVE_INFINITY;
    }
    this.writer = move.to;
    this.samples.length = 0;
    this.applied = databases[move.to].commits.length;
    this.appliedUntil = world.simulation.time;
    move.state = 'moved';
  }

  /** What reaches the replica, and when a writer that was lost is a reader again. */
  private async replicate(): Promise<void> {
    const { simulation, network } = this.world;
    for (;;) {
      await simulation.delay(TICK);
      const reader = otherThan(this.writer);
      if (this.moving || !network.connects(this.writer, reader)) continue;
      this.databases[reader].writable = false;
      if (this.strayed) {
        this.rejoinsAt = Math.min(this.rejoinsAt, simulation.time + REJOIN);
        this.strayed = simulation.time < this.rejoinsAt;
        continue;
      }
      this.samples.push({ at: simulation.time, commits: this.databases[this.writer].commits.length });
      this.appliedUntil = Math.max(this.appliedUntil, simulation.time - USUAL_LAG - this.spike);
      while ((this.samples[0]?.at ?? Number.POSITIVE_INFINITY) <= this.appliedUntil) {
        this.applied = this.samples.shift()?.commits ?? this.applied;
      }
    }
  }

  private truth(): DatabaseState {
    const writer = this.rolesEarly && this.moving ? this.moves.at(-1)?.to : this.writer;
    const late = this.moving && this.moves.at(-1)?.kind === 'switchover';
    return {
      moving: this.moving,
      members: [
        ...REGIONS.map(region => ({
          region,
          clusterArn: arnOf(region),
          role: region === writer ? ('writer' as const) : ('reader' as const),
          status: late || (region !== this.writer && this.strayed) ? 'modifying' : 'available',
        })),
        ...(this.world.third === undefined ? [] : [this.world.third.member()]),
      ],
    };
  }
}
