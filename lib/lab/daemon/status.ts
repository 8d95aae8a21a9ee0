import type { TargetHealth } from '../balancer';
import type { ServerStatus } from '../postgres';
import { identify, residentBytes } from '../proc';
import type { RunningProcess } from '../processes';
import type { RegionFollower } from '../reconciler';
import type { DaemonContext, StoredHome } from './data-plane';
import type { Followers, Plane } from './followers';

/** A process and what is known of it. */
export interface ProcessStatus {
  readonly running: boolean;
  /** Restarts after unasked deaths. */
  readonly restarts: number;
  /** Whether a fault has frozen it. */
  readonly frozen: boolean;
}

/** One clone or worker. */
export interface InstanceHealth extends ProcessStatus {
  readonly id: string;
  readonly group: string;
  readonly entry: string;
  /** Availability zone. */
  readonly zone: string;
  /** Health as the balancer sees it; absent for a worker, which has none. */
  readonly health?: TargetHealth['state'];
}

/** The database of a Region. */
export type DatabaseStatus = Omit<ServerStatus, 'region'> & Pick<ProcessStatus, 'frozen'>;

/** What runs in one Region for one home. */
export interface HomeHealth {
  /** @default - the application has no homes */
  readonly home?: string;
  readonly database: DatabaseStatus;
  /** Absent while its function is not deployed. */
  readonly gate?: ProcessStatus;
}

/** What runs in one Region. */
export interface RegionStatus {
  readonly region: string;
  readonly address: string;
  /** Database and gate of an application without homes. */
  readonly database?: DatabaseStatus;
  /** Absent while its function is not deployed. */
  readonly gate?: ProcessStatus;
  /** Database and gate of each home. @default - the application has none */
  readonly homes?: readonly HomeHealth[];
  readonly cache: ProcessStatus;
  /** Controller of the live settings; absent while its function is not deployed. */
  readonly liveSettings?: ProcessStatus;
  readonly instances: readonly InstanceHealth[];
}

/** What the daemon itself knows. */
export interface DaemonStatus {
  /** Whether databases, caches and followers have started. */
  readonly started: boolean;
  /** Whether the emulator lives; without it the control plane is lost. */
  readonly emulator: boolean;
  readonly regions: readonly RegionStatus[];
  /** What could not be carried out at the last look, as `subject: reason`. */
  readonly problems: readonly string[];
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly residentBytes?: number;
  }[];
}

/** Describes what runs at this moment. */
export function daemonStatus(
  context: DaemonContext,
  plane: Plane & { readonly followers: Followers; readonly started: boolean; readonly emulator: boolean },
): DaemonStatus {
  const { registry } = context;
  return {
    started: plane.started,
    emulator: plane.emulator,
    regions: context.settings.regions.map(region => regionStatus(region, plane)),
    problems: plane.followers.problems.list(),
    processes: registry
      .list()
      .filter(entry => entry.alive && identify(entry.pid) !== undefined)
      .map(({ name, pid }) => ({ name, pid, residentBytes: residentBytes(pid) })),
  };
}

function regionStatus(region: string, plane: Plane & { readonly followers: Followers }): RegionStatus {
  const { stores, followers, traffic } = plane;
  const follower = followers.regions.get(region);
  const cache = stores.caches.get(region);
  const health = [...(traffic.balancers.get(region)?.health().values() ?? [])].flat();
  return {
    region,
    address: follower?.options.host ?? '',
    ...homesHealth(stores.homes.map(home => homeHealth(region, home, follower))),
    cache: processStatus(cache) ?? { running: false, restarts: 0, frozen: false },
    liveSettings: processStatus(followers.liveSettings.get(region)?.function),
    instances: (follower?.instances.status() ?? []).map(instance => ({
      ...instance,
      health: health.find(target => target.id === instance.id)?.state,
    })),
  };
}

/** An application without homes shows its one database and gate as those of the Region. */
function homesHealth(homes: readonly HomeHealth[]): Pick<RegionStatus, 'database' | 'gate' | 'homes'> {
  const [only] = homes;
  return only === undefined || only.home !== undefined
    ? { homes }
    : { database: only.database, gate: only.gate };
}

function homeHealth(
  region: string,
  { home, database: of }: StoredHome,
  follower: RegionFollower | undefined,
): HomeHealth {
  const { region: _, ...database } = of.status().find(each => each.region === region) ?? absent(region);
  const frozen = of.server(region).process?.frozen === true;
  return { home, database: { ...database, frozen }, gate: processStatus(follower?.gate(home)) };
}

const processStatus = (
  kept: (Omit<ProcessStatus, 'frozen'> & { readonly process?: RunningProcess }) | undefined,
): ProcessStatus | undefined =>
  kept && { running: kept.running, restarts: kept.restarts, frozen: kept.process?.frozen === true };

function absent(region: string): ServerStatus {
  return { region, role: 'replica', running: false, restarts: 0 };
}
