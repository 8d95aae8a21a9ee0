// A release under way in two Regions, with everything that may happen to it, and an oracle that trusts no controller.

import type { RegisterRecord } from '../../../lib/runtime/register/register';
import type { ReleaseAction } from '../../../lib/runtime/release/release-decision';
import type { ReleasePlan } from '../../../lib/runtime/release/release-plan';
import { hasEnded } from '../../../lib/runtime/release/release-state';
import type { ReleaseItem, ReleaseStore } from '../../../lib/runtime/release/release-store';
import type { ReleaseTarget } from '../../../lib/runtime/release/release-target';
import type { SimulatedLife, Simulation } from '../simulation';
import { PERIOD, type SimulatedRegion } from './simulated-regions';

/** Longest lease of the world's controllers, in seconds. */
export const LEASE_SECONDS = 60;
/** Time that a look may be old when an act lands that was decided by it. */
const LOOK_AGE = 45_000;

/** The world of one schedule. */
export class ReleaseWorld {
  item: ReleaseItem | undefined;
  register: RegisterRecord = { epoch: 7, phase: 'active', region: 'east' };
  /** Since when a drill holds the lock. */
  drillSince: number | undefined;
  readonly violations: string[] = [];
  acts = 0;
  raises = 0;
  /** When the oracle saw that it must be rolled back, and why. */
  alarm: { readonly at: number; readonly why: string } | undefined;
  /** When the last thing happened that may hold a controller up. */
  disturbedUntil = 0;
  rolledBackAt: number | undefined;

  constructor(
    readonly simulation: Simulation,
    readonly plan: ReleasePlan,
    readonly regions: ReadonlyMap<string, SimulatedRegion>,
  ) {}

  region(name: string): SimulatedRegion {
    const found = this.regions.get(name);
    if (found === undefined) throw new Error(`no Region ${name}`);
    return found;
  }

  /**
   * The register's table as one life reaches it, which may stand still before it hears an answer: that is where a fence
   * is needed.
   */
  store(life: SimulatedLife, standstill: number): ReleaseStore {
    const { simulation } = this;
    const stand = () => {
      if (!simulation.random.chance(standstill)) return;
      const length = simulation.random.between(20_000, 200_000);
      life.pause(length);
      this.disturbedUntil = Math.max(this.disturbedUntil, simulation.time + length);
    };
    return {
      read: () =>
        life.call(() => {
          stand();
          return this.item;
        }),
      write: (next, seen) =>
        life.call(() => {
          stand();
          if (this.item?.version !== seen) return false;
          this.item = next;
          return true;
        }),
    };
  }

  /** The provider as one life reaches it. */
  target(life: SimulatedLife, holder: string): ReleaseTarget {
    return {
      surroundings: () =>
        life.call(() => ({
          drill: this.drillSince === undefined ? ('free' as const) : { busy: 'a drill' },
          register: this.register,
        })),
      region: name => life.call(() => this.region(name).view()),
      metrics: ({ region, colour, from, to }) =>
        life.call(() => this.region(region).metrics(colour, from, to)),
      probe: (region, requests) => life.call(() => this.region(region).probe(requests)),
      act: action => life.call(() => this.land(action, holder)),
    };
  }

  /** Looks at the world once a second, and notes what must follow from it. */
  watch(): void {
    const { simulation, plan } = this;
    if (this.alarm === undefined) {
      for (const { region } of plan.regions) this.lookAt(this.region(region));
    }
    const isHome = [...this.regions.values()].every(({ stored }) => stored.green === 0);
    if (this.alarm !== undefined && isHome) this.rolledBackAt ??= simulation.time;
    simulation.at(simulation.time + 1_000, () => this.watch());
  }

  private lookAt(region: SimulatedRegion): void {
    const { time } = this.simulation;
    const since = region.firstRequestAt;
    // What has been released whole is no more judged by its requests.
    if (since === undefined || region.stored.green === 0 || this.isOver) return;
    const visible = region.published.filter(each => each.colour === 'green' && each.visibleAt <= time);
    const recent = visible.filter(each => each.at >= time - 3 * PERIOD && each.at + PERIOD > since);
    // Of a period with fewer requests nobody is to conclude anything.
    const bad = recent.filter(each => each.isBad && (each.requests ?? 0) >= this.plan.minimumRequests);
    const isSlow = bad.some(each => (each.latencySeconds ?? 0) > 1);
    // A build that loses its clones for good is seen a period later, whatever is measured.
    const ill = region.brokenSince;
    if (ill !== undefined && time - ill > PERIOD && this.item?.state.stage !== 'warm')
      this.alarm = { at: time, why: 'clones' };
    if (this.isWatched(region) && bad.length >= (isSlow ? 2 : 1)) this.alarm = { at: time, why: 'metric' };
  }

  /** Whether the release still stands in that Region. */
  private isWatched(region: SimulatedRegion): boolean {
    const state = this.item?.state;
    return state !== undefined && state.plan.regions[state.region]?.region === region.name;
  }

  private get isOver(): boolean {
    const state = this.item?.state;
    return state === undefined || hasEnded(state) || state.stage === 'retire' || state.stage === 'back';
  }

  private land(action: ReleaseAction, holder: string): void {
    if (action.kind === 'wait') return;
    const { time } = this.simulation;
    this.acts += 1;
    if (this.item?.holder !== holder) this.violate(`${holder} acts while ${this.item?.holder} leads`);
    if (this.drillSince !== undefined && time - this.drillSince > LOOK_AGE)
      this.violate('acts during a drill');
    const region = this.region(action.region);
    if (action.kind === 'weights') this.landWeights(region, action);
    else if (action.kind === 'fill') region.fill(action.colour, action.clones);
    else if (action.kind === 'build') region.colours[action.colour].build = action.build;
    else if (Math.max(region.stored[action.colour], region.live[action.colour]) > 0)
      this.violate(`takes the clones of ${action.colour} in ${action.region} away, which serve`);
    else region.empty(action.colour);
  }

  private landWeights(region: SimulatedRegion, action: ReleaseAction & { kind: 'weights' }): void {
    const { green } = action.weights;
    if (green > region.stored.green) {
      this.raises += 1;
      this.judgeRaise(region);
    }
    region.store(action.weights);
  }

  /** A Region may take a larger share only on what was measured and could be read. */
  private judgeRaise(region: SimulatedRegion): void {
    const { time } = this.simulation;
    const { plan } = this;
    for (const other of this.regions.values()) {
      if (other === region) continue;
      if (other.stored.green > 0 && other.stored.green < 100)
        this.violate('both Regions are between two builds');
      const { degradedSince } = other;
      if (degradedSince !== undefined && time - degradedSince > LOOK_AGE)
        this.violate(`${region.name} goes on while ${other.name} is degraded`);
    }
    const index = plan.regions.findIndex(each => each.region === region.name);
    const before = plan.regions[index - 1];
    const proof = region.stored.green > 0 ? region : before && this.region(before.region);
    if (proof === undefined) return;
    const seconds = plan.stepSeconds + (proof === region ? 0 : plan.bakeSeconds);
    const good = proof.published.filter(
      each => each.colour === 'green' && each.at >= proof.liveSince && each.visibleAt <= time && !each.isBad,
    );
    if (good.length * PERIOD < seconds * 1000)
      this.violate(`${region.name} goes on after ${good.length} good periods of ${seconds} s`);
  }

  private violate(what: string): void {
    this.violations.push(`${(this.simulation.time / 1000).toFixed(1)} s: ${what}`);
  }
}
