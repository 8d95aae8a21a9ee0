// The twelve faults of the matrix: what each does to the calls of the drill, or to the world.
import type { DrillRunner } from './drill-runner';
import type { DrillWorld } from './drill-world';
import { otherThan, REGIONS, type Region } from './network';

/** Faults that hit calls. */
export const CALL_FAULTS = [
  'throttle',
  'timeout',
  '5xx',
  'access denied',
  'partial success',
  'response lost',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

/** Faults that hit the world or the process. */
export const WORLD_FAULTS = [
  'stale read',
  'stuck in progress',
  'capacity shortfall',
  'lag spike',
  'SIGKILL',
  'clock jump',
] as const;
export type WorldFault = (typeof WORLD_FAULTS)[number];

export const FAULTS = [...CALL_FAULTS, ...WORLD_FAULTS] as const;
export type FaultName = (typeof FAULTS)[number];

/** A provider shows the state of before for less than the minute that the drill allows. */
const STALE = 45_000;
const LOCK_CALLS = ['readLock', 'takeLock', 'renewLock', 'releaseLock'];

/** Whom a fault of calls hits. */
export interface CallScope {
  readonly fault: CallFault;
  /** @default - every call but those of the lock */
  readonly methods?: readonly string[];
  readonly lock?: boolean;
}

/** The faults that are on. */
export class DrillFaults {
  private readonly scopes = new Set<CallScope>();

  constructor(private readonly world: DrillWorld) {}

  /** What happens to a call now. */
  of(method: string): CallFault | undefined {
    for (const { fault, methods, lock = false } of this.scopes) {
      if (LOCK_CALLS.includes(method) ? lock : (methods?.includes(method) ?? true)) return fault;
    }
    return undefined;
  }

  /** Turns a fault of calls on; the result turns it off. */
  hit(scope: CallScope): () => void {
    this.scopes.add(scope);
    return () => void this.scopes.delete(scope);
  }

  /** Turns a fault on; the result lifts it. `to` is the Region that takes over. */
  strike(fault: FaultName, runner: DrillRunner, to: Region, everything: boolean): () => void {
    const { world } = this;
    switch (fault) {
      case 'stale read':
        world.freezeViews(true);
        world.simulation.at(world.simulation.time + STALE, () => world.freezeViews(false));
        return () => world.freezeViews(false);
      case 'stuck in progress':
        world.frozen = true;
        world.database.frozen = true;
        return () => {
          world.frozen = false;
          world.database.frozen = false;
        };
      case 'capacity shortfall':
        return this.shortfall(to);
      case 'lag spike':
        world.database.spike = 120_000;
        return () => {
          world.database.spike = 0;
        };
      case 'SIGKILL':
        runner.kill();
        return () => undefined;
      case 'clock jump':
        runner.jumpWallClock(everything ? 3_600_000 : -3_600_000);
        for (const region of REGIONS) world.regions[region].process.jumpWallClock(-3_600_000);
        return () => undefined;
      case 'partial success': {
        const off = this.hit({ fault, lock: everything });
        world.database.givesUp = true;
        return () => {
          off();
          world.database.givesUp = false;
        };
      }
      default:
        return this.hit({ fault, lock: everything });
    }
  }

  /** Instances of the Region that takes over go, and no new ones come. */
  private shortfall(to: Region): () => void {
    const { world } = this;
    const before = world.groups[to];
    world.shortfall = true;
    world.groups[to] = before.map(group => ({
      ...group,
      inService: 1,
      targets: group.targets && { healthy: 1, total: 1 },
    }));
    return () => {
      world.shortfall = false;
      for (const { name } of before) world.boot(to, name);
      for (const { name } of world.groups[otherThan(to)]) world.boot(otherThan(to), name);
    };
  }
}
