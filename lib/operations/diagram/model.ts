import { hostOf, type ResolvedTopology, regionCapacity } from '../../../regions';
import { gateHost } from '../../naming';

/** What is known of the roles at the moment: a topology alone says nothing of them (law 1). */
export interface LiveRoles {
  /** Region that the register names. */
  readonly region: string;
  readonly epoch: number;
  readonly phase: string;
}

/** One Region of the picture. */
export interface DiagramRegion {
  readonly name: string;
  /** Whether it is the Region of birth; a birth fact, no role. */
  readonly seed: boolean;
  /** `unknown` unless the register was read. */
  readonly role: 'active' | 'standby' | 'unknown';
  readonly zones: readonly string[];
  /** What stands in it, from the edge inwards. */
  readonly parts: readonly DiagramPart[];
}

/** One thing in a Region. */
export interface DiagramPart {
  readonly id: 'gate' | 'balancer' | 'clones' | 'queue' | 'workers' | 'cache' | 'database';
  readonly title: string;
  /** One line of figures from the topology. */
  readonly detail: string;
}

/** A topology as a picture: data alone, which every format draws. */
export interface Diagram {
  readonly version: 1;
  readonly application: string;
  readonly host: string;
  readonly regions: readonly DiagramRegion[];
  /** Regions that hold the register, witness included, and what kind of table it is. */
  readonly register: {
    readonly kind: 'strong' | 'eventual';
    readonly holders: readonly string[];
    readonly witness?: string;
    readonly epoch?: number;
    readonly phase?: string;
  };
  /** Where the roles come from, in words for a caption. */
  readonly rolesFrom: string;
}

/**
 * The picture of a topology.
 *
 * @param live what the register says. @default - roles are drawn as unknown
 */
export function diagramOf(topology: ResolvedTopology, live?: LiveRoles): Diagram {
  const { application, register } = topology;
  const names = topology.regions.map(({ name }) => name);
  const witness = register.kind === 'strong' ? register.witness : undefined;
  return {
    version: 1,
    application,
    host: hostOf(topology),
    regions: topology.regions.map(region => ({
      name: region.name,
      seed: region.seed === true,
      role: live === undefined ? 'unknown' : live.region === region.name ? 'active' : 'standby',
      zones: region.zones,
      parts: partsOf(topology, region),
    })),
    register: {
      kind: register.kind,
      holders: [...names, ...(witness === undefined || names.includes(witness) ? [] : [witness])],
      ...(witness === undefined ? {} : { witness }),
      ...(live === undefined ? {} : { epoch: live.epoch, phase: live.phase }),
    },
    rolesFrom:
      live === undefined
        ? 'roles are run-time state and were not read'
        : `roles as the register says them: epoch ${live.epoch}, ${live.phase}`,
  };
}

function partsOf(topology: ResolvedTopology, region: ResolvedTopology['regions'][number]): DiagramPart[] {
  const { database, cache } = topology;
  const { minimumClones, activeClones, maximumClones, workers } = regionCapacity(topology, region);
  return [
    { id: 'gate', title: 'gate', detail: gateHost(region.name, hostOf(topology)) },
    { id: 'balancer', title: 'web ACL and balancer', detail: 'weights of blue and green are a live setting' },
    {
      id: 'clones',
      title: 'clones, blue and green',
      detail: `${minimumClones} at least, ${activeClones} when active, ${maximumClones} at most a colour`,
    },
    { id: 'queue', title: 'work queue', detail: 'with a dead-letter queue' },
    { id: 'workers', title: 'workers', detail: `${workers} at least` },
    { id: 'cache', title: 'cache', detail: `${cache.nodesPerRegion} of ${cache.nodeType}` },
    {
      id: 'database',
      title: 'member of the global database',
      detail: `${database.instancesPerRegion} of ${database.instanceClass}, PostgreSQL ${database.engineVersion}`,
    },
  ];
}
