// Two Regions as a release sees them: weights that follow what is stored, clones that take time to start, and metrics
// that come a period at a time, late, or never.
import type { ColourWeights } from '../../../lib/runtime/live-settings/live-settings';
import type { ReleaseBuild, ReleaseColour } from '../../../lib/runtime/release/release-plan';
import type { PeriodMetrics, RegionView } from '../../../lib/runtime/release/release-view';
import type { Simulation } from '../simulation';

/** What is wrong with the new build, once it has got requests for a while. */
export type BadBuild = 'errors' | 'latency' | 'crash' | 'health' | 'silence';

/** Milliseconds of one period, and between two steps of the world. */
export const PERIOD = 60_000;
const TICK = 5_000;
/** Requests a second that clients send to the active Region. */
const RATE = 20;

/** A period as the world knows it, and from when it can be read. */
export interface Published extends PeriodMetrics {
  readonly colour: ReleaseColour;
  readonly visibleAt: number;
  readonly isBad: boolean;
}

interface Colour {
  build?: ReleaseBuild;
  desired: number;
  /** When each clone is ready. */
  clones: number[];
  counted: { requests: number; bad: number };
}

/** How a Region behaves in one schedule. */
export interface RegionCharacter {
  readonly isActive: boolean;
  /** SHA-256 of the bad build, and what is wrong with it after how many milliseconds of requests. */
  readonly bad?: { readonly sha256: string; readonly kind: BadBuild; readonly after: number };
  /** Probability that a period is lost, and that it comes several periods late. */
  readonly lost: number;
  readonly late: number;
}

/** One Region. */
export class SimulatedRegion {
  stored: ColourWeights = { blue: 100, green: 0 };
  live: ColourWeights = { blue: 100, green: 0 };
  readonly colours: Record<ReleaseColour, Colour> = {
    blue: { desired: 2, clones: [0, 0], counted: { requests: 0, bad: 0 } },
    green: { desired: 0, clones: [], counted: { requests: 0, bad: 0 } },
  };
  readonly published: Published[] = [];
  /** Since when the present weights are live. */
  liveSince = 0;
  /** When the new colour got its first request. */
  firstRequestAt: number | undefined;
  /** Since when a clone of the serving colour is missing. */
  degradedSince: number | undefined;
  degraded = false;
  private probes = 0;

  constructor(
    readonly name: string,
    private readonly simulation: Simulation,
    private readonly character: RegionCharacter,
  ) {
    this.tick();
  }

  /** Since when the bad build shows what is wrong with it. */
  get badSince(): number | undefined {
    const { bad } = this.character;
    if (bad === undefined || this.firstRequestAt === undefined) return undefined;
    const at = this.firstRequestAt + bad.after;
    return at <= this.simulation.time ? at : undefined;
  }

  /** Since when the bad build loses clones; `undefined` where that is not what is wrong with it. */
  get brokenSince(): number | undefined {
    const kind = this.character.bad?.kind;
    return kind === 'health' || kind === 'crash' ? this.badSince : undefined;
  }

  view(): RegionView {
    const colourView = (colour: ReleaseColour) => {
      const { build, desired, clones } = this.colours[colour];
      return { build, desired, maximum: 8, instances: clones.length, healthy: this.healthy(colour) };
    };
    return {
      ...{ stored: this.stored, live: this.live, ringing: [], silent: [] },
      colours: { blue: colourView('blue'), green: colourView('green') },
    };
  }

  metrics(colour: ReleaseColour, from: number, to: number): PeriodMetrics[] {
    const { time } = this.simulation;
    return this.published
      .filter(each => each.colour === colour && each.at >= from && each.at + PERIOD <= to)
      .filter(each => each.visibleAt <= time)
      .map(({ at, requests, errors, latencySeconds }) => ({ at, requests, errors, latencySeconds }));
  }

  probe(requests: number): void {
    this.probes += requests;
  }

  /** Stores weights; the listener follows in seconds. */
  store(weights: ColourWeights): void {
    const { simulation } = this;
    if (weights.green !== this.stored.green) this.liveSince = Number.POSITIVE_INFINITY;
    this.stored = weights;
    simulation.at(simulation.time + simulation.random.between(500, 5_000), () => {
      this.live = this.stored;
      this.liveSince = Math.min(this.liveSince, simulation.time);
      if (this.live.green > 0) this.firstRequestAt ??= simulation.time;
    });
  }

  /** A deploy puts the template's weights into the listener; the controller puts the stored ones back. */
  deploy(): void {
    this.live = { blue: 100, green: 0 };
    this.store(this.stored);
  }

  fill(colour: ReleaseColour, clones: number): void {
    const group = this.colours[colour];
    group.desired = Math.max(group.desired, clones);
    while (group.clones.length < group.desired) {
      group.clones.push(this.simulation.time + this.simulation.random.between(5_000, 60_000));
    }
  }

  empty(colour: ReleaseColour): void {
    const group = this.colours[colour];
    group.desired = 0;
    this.simulation.at(this.simulation.time + 5_000, () => {
      if (group.desired === 0) group.clones = [];
    });
  }

  private healthy(colour: ReleaseColour): number {
    const { clones } = this.colours[colour];
    const ready = clones.filter(at => at <= this.simulation.time).length;
    const ill = this.isBad(colour, 'health') || this.isBad(colour, 'crash');
    const lost = (this.degraded && this.live[colour] > 0) || ill ? 1 : 0;
    return Math.max(0, ready - lost);
  }

  private isBad(colour: ReleaseColour, kind: BadBuild): boolean {
    const { bad } = this.character;
    const runs = this.colours[colour].build?.sha256 === bad?.sha256;
    return bad?.kind === kind && runs && this.badSince !== undefined;
  }

  private tick(): void {
    const { simulation, character } = this;
    for (const colour of ['blue', 'green'] as const) {
      const share = this.live[colour] / 100;
      const requests = Math.round(((character.isActive ? RATE * TICK : 0) / 1000 + this.probes) * share);
      const { counted } = this.colours[colour];
      counted.requests += requests;
      const kinds = ['errors', 'latency', 'crash'] as const;
      if (kinds.some(kind => this.isBad(colour, kind))) counted.bad += requests;
    }
    this.probes = 0;
    if (simulation.time > 0 && simulation.time % PERIOD === 0) this.publish();
    simulation.at(simulation.time + TICK, () => this.tick());
  }

  private publish(): void {
    const { simulation, character } = this;
    const { random, time } = simulation;
    for (const colour of ['blue', 'green'] as const) {
      const { requests, bad } = this.colours[colour].counted;
      this.colours[colour].counted = { requests: 0, bad: 0 };
      if (requests === 0 || random.chance(character.lost) || this.isBad(colour, 'silence')) continue;
      const delay = random.chance(character.late) ? random.between(2, 4) * PERIOD : random.between(0, 20_000);
      const isSlow = bad > 0 && character.bad?.kind === 'latency';
      this.published.push({
        ...{ at: time - PERIOD, requests, colour, visibleAt: time + delay },
        errors: isSlow ? 0 : bad,
        latencySeconds: isSlow ? 5 : 0.05,
        isBad: isSlow || bad / requests > 0.05,
      });
    }
  }
}
