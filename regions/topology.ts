/**
 * The topology: one typed file that names Regions, zones, capacity and objectives. Everything in it is a birth
 * fact or a promise; which Region is active is run-time state and stands in the register (law 1).
 *
 * All durations are seconds and whole numbers. Use {@link defineTopology} so that an editor completes the file and
 * `loadTopology` (index.ts) so that every problem is reported at once.
 */
import type { JourneySpec, ServiceLevelSpec } from './journeys';

/** One Region of the application. */
export interface RegionSpec {
  /** Region code, such as `us-east-2`. */
  readonly name: string;
  /**
   * Whether the first writer is created here. Exactly one Region is the seed, and that changes only when a Region
   * is rebuilt.
   * @default false
   */
  readonly seed?: boolean;
  /** Availability zone ids (`use2-az1`), never names: a letter means another zone in another account. */
  readonly zones: readonly string[];
  /** IPv4 range of the Region's network, in CIDR notation, between /16 and /22. No two Regions overlap. */
  readonly cidr: string;
  /**
   * Share of the peak that this Region carries before any traffic turns to it (law 9): above 0 and up to 1, in
   * hundredths. The seed's is 1, since it is born active.
   * @default 1
   */
  readonly capacityShare?: number;
}

/** How the register survives the loss of a Region (law 6). */
export type RegisterSpec =
  | {
      /** Strongly consistent: two Regions and a witness, or three Regions. */
      readonly kind: 'strong';
      /**
       * Region that only votes and stores no readable copy.
       * @default - none; the topology's own three Regions hold the table
       */
      readonly witness?: string;
    }
  | {
      /** Last writer wins: cannot fence a partition; manual moves only. */
      readonly kind: 'eventual';
      readonly witness?: never;
    };

/** DNS facts. The zone exists beforehand and is never looked up. */
export interface DnsSpec {
  /** Hosted zone id, such as `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;
  /** Name of the zone, such as `example.com`. */
  readonly zoneName: string;
  /** Label of the service within the zone, such as `orders`. */
  readonly recordName: string;
}

/** What was promised. */
export interface ObjectivesSpec {
  /** Recovery time objective of the whole move, for switchover and failover alike. */
  readonly rtoSeconds: number;
  /** Recovery point objective of a failover; a switchover loses nothing. */
  readonly rpoSeconds: number;
}

/** The levers of recovery: what a person may turn. */
export interface RecoverySpec {
  /** How long a writer may acknowledge after its last reading of the register. @default 10 */
  readonly leaseSeconds?: number;
  /** Margin added to the lease for pauses and unequal clock rates. @default 2 */
  readonly leaseMarginSeconds?: number;
  /** Route 53 check interval: 10 or 30; it cannot be changed on an existing check. @default 10 */
  readonly checkIntervalSeconds?: 10 | 30;
  /** Failed checks in a row before a gate counts as unhealthy, 1 to 10. @default 2 */
  readonly checkFailures?: number;
  /** How long clients keep an answer beyond its TTL. @default 10 */
  readonly clientDnsCacheSeconds?: number;
  /** Time that deep-health alarms take to see the loss of a Region (failover only). @default 120 */
  readonly detectionSeconds?: number;
  /** Time that a person takes to decide (failover only). @default 180 */
  readonly decisionSeconds?: number;
  /** Expected time of a managed database switchover. @default 120 */
  readonly switchoverPromotionSeconds?: number;
  /** Expected time of a database failover. @default 180 */
  readonly failoverPromotionSeconds?: number;
  /** Time from launch to healthy of a new clone; counts only where a Region's share is below 1. @default 240 */
  readonly cloneBootSeconds?: number;
  /** Time to warm the cache's new epoch before traffic. @default 10 */
  readonly warmUpSeconds?: number;
  /** Longest retry pause of a client that is reconnecting. @default 20 */
  readonly reconnectSeconds?: number;
}

/** The service's clones, the same in every Region at peak. */
export interface CapacitySpec {
  /** EC2 instance type of clones and workers. @default 'm7i.large' */
  readonly instanceType?: string;
  /** Requests a second at peak that the active Region serves. */
  readonly peakRequestsPerSecond: number;
  /** Requests a second that one clone serves within its objectives. */
  readonly requestsPerClone: number;
  /** Upper bound of clones of one colour in one Region. */
  readonly maximumClones: number;
  /** Workers of a Region at the least. @default 1 */
  readonly minimumWorkers?: number;
}

/** The relational database: one Aurora PostgreSQL global cluster. */
export interface DatabaseSpec {
  /** Engine version, such as `16.6`; set at birth only. */
  readonly engineVersion: string;
  /** Instance class, identical in every Region. */
  readonly instanceClass: string;
  /** Instances a Region; at least 2, so that the loss of a zone is a failover within the Region. */
  readonly instancesPerRegion: number;
  /** Database name. */
  readonly databaseName: string;
  /**
   * How the RPO is held: `alarmed` watches replication lag and pages; `bounded` makes Aurora hold commits back
   * (`rds.global_db_rpo`, at least 20 s) and so stops writes when the only standby is lost; `none` says that nothing
   * holds it, which fails the budget.
   * @default 'alarmed'
   */
  readonly rpoBasis?: 'alarmed' | 'bounded' | 'none';
}

/** The cache: one Valkey replication group a Region. */
export interface CacheSpec {
  /** Node type, size large and up where a global datastore is wanted. */
  readonly nodeType: string;
  /** Nodes a Region; at least 2. */
  readonly nodesPerRegion: number;
}

/** The gates: who may ask them besides Route 53's checkers. */
export interface GateSpec {
  /**
   * IPv4 ranges in CIDR notation, such as those of operators and of probes outside AWS; the same for every Region's gate.
   * @default - none: everybody but Route 53's checkers gets 403
   */
  readonly allowedCidrs?: readonly string[];
}

/** One jurisdiction, and where its records may be held, by this application or by another that serves it. */
export interface JurisdictionSpec {
  /** Lower case, as requests name it, such as `eu`; `*` is for records without a jurisdiction. */
  readonly name: string;
  /**
   * Region codes. Either every Region of this topology is among them, since its global database copies every row to each
   * of them, or none is: then its requests are told where to go.
   */
  readonly regions: readonly string[];
}

/** A part of the data of an active-active application that is written in one Region at a time, and moves alone. */
export interface HomeSpec {
  /** Part of names in DNS, of the database and of the register: lower case letters and digits, 2 to 12 characters. */
  readonly name: string;
  /** Region code of the Region where the home's first writer is created. */
  readonly seed: string;
  /**
   * The one jurisdiction whose records the home takes, named by `jurisdictions`.
   * @default - whatever `jurisdictions` allows in this topology's Regions
   */
  readonly jurisdiction?: string;
}

/** One application in several Regions. */
export interface Topology {
  /** Version of this document's shape; later versions only add. */
  readonly version: 1;
  /** Name of the application and prefix of every name: lower case, digits and hyphens, 3 to 20 characters. */
  readonly application: string;
  /** `active-passive`: one Region writes. `active-active`: each Region writes its own homes. */
  readonly mode: 'active-passive' | 'active-active';
  /**
   * Parts of the data that are written and moved each by itself, two to five, with `mode: 'active-active'` alone; every
   * Region holds a copy of each.
   * @default - active-passive: all data moves together
   */
  readonly homes?: readonly HomeSpec[];
  /**
   * AWS account, 12 digits.
   * @default - the account of the environment (`CDK_DEFAULT_ACCOUNT`), read by the CDK app and nowhere else
   */
  readonly account?: string;
  readonly dns: DnsSpec;
  /** Two to five Regions; the order is the order of the failover chain after the seed. */
  readonly regions: readonly RegionSpec[];
  /**
   * Zones that every Region promises; a Region that lists fewer is refused.
   * @default - what each Region lists, at least 2
   */
  readonly zonesPerRegion?: number;
  readonly register: RegisterSpec;
  readonly objectives: ObjectivesSpec;
  /** @default - every lever at its own default */
  readonly recovery?: RecoverySpec;
  readonly capacity: CapacitySpec;
  readonly database: DatabaseSpec;
  readonly cache: CacheSpec;
  /** @default - Route 53's checkers alone may ask a gate */
  readonly gate?: GateSpec;
  /**
   * Tags of every resource that takes tags, in every Region, beside `application`.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Region codes in which data may rest, witness included.
   * @default - no restriction
   */
  readonly dataResidency?: readonly string[];
  /**
   * Which Regions may hold the records of each jurisdiction. What is not named may be held nowhere, records without a
   * jurisdiction among it unless `*` is.
   * @default - records carry no jurisdiction
   */
  readonly jurisdictions?: readonly JurisdictionSpec[];
  /**
   * What is promised to users, journey by journey; at most 20.
   * @default - nothing is promised, and nobody is paged for it
   */
  readonly serviceLevels?: readonly ServiceLevelSpec[];
  /**
   * What users do, for load tests; at most 20.
   * @default - nothing can be sent
   */
  readonly journeys?: readonly JourneySpec[];
}

/** Types a topology file so that an editor completes it; validates nothing. */
export function defineTopology(topology: Topology): Topology {
  return topology;
}
