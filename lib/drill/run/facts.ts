import type { AlarmState, CapacityGroup, ConfigState, DatabaseState, ReplicationLag } from '../../ports';
import { currentSeconds } from '../checks/lag';
import { type Readiness, readyz } from '../load/probe';
import type { DrillMode } from '../plan/plan-steps';
import type { DrillSettings } from '../plan/settings';
import type { DrillContext } from './context';
import { type Read, read, readSurroundings, type Surroundings } from './surroundings';

export type { Read } from './surroundings';

/** Everything that the checks judge, read once. */
export interface Facts {
  readonly from: string;
  readonly to: string;
  /** Whether a person accepted that the move loses what the standby had not received. */
  readonly acceptDataLoss: boolean;
  /** How the register keeps its word between Regions. */
  readonly register: DrillSettings['register'];
  /** Bound for the lag, seconds at the time scale. */
  readonly rpoSeconds: number;
  readonly activeReady: Read<Readiness | undefined>;
  readonly standbyReady: Read<Readiness | undefined>;
  readonly activeGroups: Read<readonly CapacityGroup[]>;
  readonly standbyGroups: Read<readonly CapacityGroup[]>;
  readonly database: Read<DatabaseState>;
  readonly lag: Read<ReplicationLag | undefined>;
  readonly activeConfig: Read<ConfigState | undefined>;
  readonly standbyConfig: Read<ConfigState | undefined>;
  readonly standbyAlarms: Read<readonly AlarmState[]>;
  readonly surroundings: Surroundings;
  /** Groups of the standby and what each must carry. */
  readonly required: readonly { readonly group: CapacityGroup; readonly minimum: number }[];
  /** The lag of the standby; absent when nothing measures it. */
  readonly lagSeconds?: number;
}

/** The move that the facts are for. */
export interface PlannedMove extends Pick<Facts, 'from' | 'to' | 'acceptDataLoss'> {
  readonly mode: DrillMode;
}

/**
 * Reads all that the checks need; what cannot be read is kept as unknown. For a failover nothing is asked of the
 * control plane of the Region that is lost (law 2): only whether its service still answers.
 */
export async function gatherFacts(context: DrillContext, move: PlannedMove): Promise<Facts> {
  const { cloud, settings, timeScale } = context;
  const { mode, from, to, acceptDataLoss } = move;
  const lost = mode === 'failover' ? `${from} is not asked: it counts as lost` : undefined;
  const readOld = <T>(ask: () => Promise<T>) => (lost === undefined ? read(ask) : { unknown: lost });
  const [
    activeReady,
    standbyReady,
    activeGroups,
    standbyGroups,
    database,
    lag,
    activeConfig,
    standbyConfig,
    standbyAlarms,
    surroundings,
  ] = await Promise.all([
    read(() => readyz(context, from)),
    read(() => readyz(context, to)),
    readOld(() => cloud.capacity(from)),
    read(() => cloud.capacity(to)),
    read(() => cloud.databaseState(to, lost === undefined ? [from, to] : [to])),
    read(() => cloud.replicationLag(to, from)),
    readOld(() => cloud.configState(from)),
    read(() => cloud.configState(to)),
    read(() => cloud.alarms(to)),
    readSurroundings(context, move, lost),
  ]);
  return {
    ...{ from, to, acceptDataLoss },
    register: settings.register,
    rpoSeconds: settings.objectives.rpoSeconds / timeScale,
    activeReady,
    standbyReady,
    activeGroups,
    standbyGroups,
    database,
    lag,
    activeConfig,
    standbyConfig,
    standbyAlarms,
    surroundings,
    required: requiredCapacity(activeGroups, standbyGroups, settings.promisedClones[to] ?? 0),
    lagSeconds: currentLag(lag, standbyReady),
  };
}

const knownOf = <T>(fact: Read<T>): T | undefined => ('value' in fact ? fact.value : undefined);

/** The group that serves: the one with the largest weight, then with the most instances. */
export function servingGroup(groups: readonly CapacityGroup[]): CapacityGroup | undefined {
  return groups
    .filter(group => group.kind === 'clones')
    .sort(
      (a, b) => (b.weight ?? 0) - (a.weight ?? 0) || b.inService - a.inService || b.desired - a.desired,
    )[0];
}

/** What the standby must carry: the larger of what the active Region runs and what the topology promises. */
function requiredCapacity(
  active: Read<readonly CapacityGroup[]>,
  standby: Read<readonly CapacityGroup[]>,
  promisedClones: number,
): Facts['required'] {
  const groups = knownOf(standby) ?? [];
  const activeGroups = knownOf(active) ?? [];
  const clones = servingGroup(groups);
  const needed = Math.max(promisedClones, servingGroup(activeGroups)?.inService ?? 0);
  const workers = groups
    .filter(group => group.kind === 'workers')
    .map(group => {
      const peer = activeGroups.find(other => other.name === group.name);
      return { group, minimum: Math.max(group.minimum, peer?.inService ?? 0) };
    });
  return clones === undefined
    ? workers
    : [{ group: clones, minimum: Math.max(needed, clones.minimum) }, ...workers];
}

/** What the standby measures now; else, as on Aurora, the provider's metric, which tells the worst of a minute. */
function currentLag(
  lag: Read<ReplicationLag | undefined>,
  standby: Read<Readiness | undefined>,
): number | undefined {
  return knownOf(standby)?.database?.lagSeconds ?? currentSeconds(knownOf(lag));
}
