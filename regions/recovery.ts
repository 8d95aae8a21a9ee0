/** Defaults of everything optional in a topology, in one place, and the topology with all of them applied. */
import type { CapacitySpec, DatabaseSpec, RecoverySpec, RegionSpec, Topology } from './topology';

/** Every lever of recovery with a value; seconds, save `checkFailures`. */
export type ResolvedRecovery = Required<RecoverySpec>;
/** A Region with its optional values filled in. */
export type ResolvedRegion = Required<RegionSpec>;
/** Capacity with its optional values filled in. */
export type ResolvedCapacity = Required<CapacitySpec>;
/** The database with its optional values filled in. */
export type ResolvedDatabase = Required<DatabaseSpec>;

/** A validated topology without anything optional that has a default. */
export interface ResolvedTopology extends Topology {
  readonly account: string;
  readonly regions: readonly ResolvedRegion[];
  readonly recovery: ResolvedRecovery;
  readonly capacity: ResolvedCapacity;
  readonly database: ResolvedDatabase;
}

/** Defaults of {@link RecoverySpec}. */
export const RECOVERY_DEFAULTS: ResolvedRecovery = {
  leaseSeconds: 10,
  leaseMarginSeconds: 2,
  checkIntervalSeconds: 10,
  checkFailures: 2,
  clientDnsCacheSeconds: 10,
  detectionSeconds: 120,
  decisionSeconds: 180,
  switchoverPromotionSeconds: 120,
  failoverPromotionSeconds: 180,
  cloneBootSeconds: 240,
  warmUpSeconds: 10,
  reconnectSeconds: 20,
};

/** Defaults of a Region: not the seed, and it carries the whole peak. */
export const REGION_DEFAULTS = { seed: false, capacityShare: 1 } as const;
/** Defaults of {@link CapacitySpec}. */
export const CAPACITY_DEFAULTS = { instanceType: 'm7i.large', minimumWorkers: 1 } as const;
/** Defaults of {@link DatabaseSpec}. */
export const DATABASE_DEFAULTS = { rpoBasis: 'alarmed' } as const;

/** The levers of a topology with their defaults applied. */
export function resolveRecovery(topology: Pick<Topology, 'recovery'>): ResolvedRecovery {
  return withDefaults(RECOVERY_DEFAULTS, topology.recovery ?? {});
}

/** The topology with every default applied; the caller has validated it. */
export function resolveTopology(topology: Topology, account: string): ResolvedTopology {
  return {
    ...topology,
    account,
    regions: topology.regions.map(region => withDefaults(REGION_DEFAULTS, region)),
    recovery: resolveRecovery(topology),
    capacity: withDefaults(CAPACITY_DEFAULTS, topology.capacity),
    database: withDefaults(DATABASE_DEFAULTS, topology.database),
  };
}

/** Spreads values over defaults; a value that is present but `undefined` takes the default too. */
function withDefaults<D extends object, V extends object>(defaults: D, values: V): D & Required<V> {
  const present = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { ...defaults, ...present } as D & Required<V>;
}
