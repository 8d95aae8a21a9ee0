import {
  hostOf,
  type MoveMode,
  recoveryBudget,
  regionCapacity,
  resolveRecovery,
  type Topology,
} from '../../../regions';

/** What a drill knows of the application: pure data made from the topology, so that a journal can hold it. */
export interface DrillSettings {
  /** Name of the application; prefix of every name (lib/naming). */
  readonly application: string;
  /** Home that is moved. @default - the application has none, and moves whole */
  readonly home?: string;
  /** Name that clients use, such as `orders.example.com`. */
  readonly host: string;
  /** Regions of the topology, in its order. */
  readonly regions: readonly string[];
  /**
   * How the register keeps its word between Regions. An `eventual` one cannot fence a partition: a person must accept that for each
   * drill, as the check `register`.
   */
  readonly register: 'strong' | 'eventual';
  /** Lease of a writer, seconds, unscaled. */
  readonly leaseSeconds: number;
  /** Margin on top of the lease, seconds, unscaled. */
  readonly leaseMarginSeconds: number;
  /** Clones that the topology promises in each Region. */
  readonly promisedClones: Readonly<Record<string, number>>;
  readonly objectives: { readonly rtoSeconds: number; readonly rpoSeconds: number };
  /** Lines of the recovery budget of a planned and of an unplanned move, unscaled. */
  readonly budgets: Readonly<Record<MoveMode, readonly BudgetLine[]>>;
}

/** What is said of an eventual register wherever a drill relies on it (law 6). */
export const CANNOT_FENCE = 'cannot fence a partition';

/** One line of the recovery budget: a phase may stand in several lines. */
export interface BudgetLine {
  readonly phase: string;
  readonly seconds: number;
}

/** How the application is reached from outside. */
export interface Entry {
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

/** Where the service and its gates answer. On AWS both are HTTPS on 443. */
export interface Entries {
  readonly service: Entry;
  readonly gate: Entry;
}

/** Entries of a real account. */
export const AWS_ENTRIES: Entries = {
  service: { scheme: 'https', port: 443 },
  gate: { scheme: 'https', port: 443 },
};

/** What a drill needs of a valid topology, as the home sees it that is moved. */
export function drillSettings(topology: Topology & Pick<DrillSettings, 'home'>): DrillSettings {
  const recovery = resolveRecovery(topology);
  const { modes } = recoveryBudget(topology);
  return {
    application: topology.application,
    ...(topology.home === undefined ? {} : { home: topology.home }),
    host: hostOf(topology),
    regions: topology.regions.map(region => region.name),
    register: topology.register.kind,
    leaseSeconds: recovery.leaseSeconds,
    leaseMarginSeconds: recovery.leaseMarginSeconds,
    promisedClones: Object.fromEntries(
      topology.regions.map(region => [region.name, regionCapacity(topology, region).activeClones]),
    ),
    objectives: topology.objectives,
    budgets: { switchover: modes.switchover.lines, failover: modes.failover.lines },
  };
}
