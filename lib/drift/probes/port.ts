import type { RegisterRecord } from '../../runtime/register/register';
import type { Json } from '../model';

/** One roll-out of an AppConfig environment. */
export interface Rollout {
  /** Grows with each roll-out of the environment. */
  readonly number: number;
  /** Name of the configuration profile. */
  readonly profile: string;
  readonly version: string;
  /** As AppConfig words it: `COMPLETE`, `DEPLOYING`, `ROLLED_BACK`. */
  readonly state: string;
}

/** A global database as a Region's control plane describes it. */
export interface LiveGlobalCluster {
  /** Whether a switchover or failover is under way. */
  readonly moving: boolean;
  readonly deletionProtection: boolean;
  readonly members: readonly { readonly arn: string; readonly isWriter: boolean }[];
}

/** A global datastore of ElastiCache. */
export interface LiveGlobalDatastore {
  /** As ElastiCache words it: `available`, `modifying`. */
  readonly status: string;
  readonly members: readonly { readonly id: string; readonly region: string; readonly isPrimary: boolean }[];
}

/**
 * What probes ask of what runs, each time at one Region's endpoint. Values come in the form in which templates have
 * them. Nothing is `undefined` but what is not there. Errors: `refused` when it may not be asked, `unavailable` when it did not
 * answer, `not-found` for a place that does not exist.
 */
export interface LiveReads {
  /** Actions of a listener, or of a rule of one, by ARN. */
  actions(region: string, arn: string): Promise<readonly Json[] | undefined>;
  /** Sizes of an Auto Scaling group. */
  group(region: string, name: string): Promise<Json | undefined>;
  /** Names of the groups that begin with a word. */
  groupNames(region: string, beginning: string): Promise<readonly string[]>;
  /** A live setting as it is stored. */
  setting(region: string, name: string): Promise<string | undefined>;
  /** An event-source mapping by its id. */
  mapping(region: string, id: string): Promise<Json | undefined>;
  /** Every record set of a name and type; none where the zone has none. */
  records(region: string, zone: string, name: string, type: string): Promise<readonly Json[]>;
  /** `HealthCheckConfig` of a health check. */
  healthCheck(region: string, id: string): Promise<Json | undefined>;
  globalCluster(region: string, identifier: string): Promise<LiveGlobalCluster | undefined>;
  globalDatastore(region: string, id: string): Promise<LiveGlobalDatastore | undefined>;
  /** Every roll-out of an environment of AppConfig. */
  rollouts(region: string, application: string, environment: string): Promise<readonly Rollout[]>;
  /** SHA-256 of the content of a hosted version, hex; nothing for content that AppConfig does not host. */
  digest(
    region: string,
    version: { readonly application: string; readonly profile: string; readonly version: string },
  ): Promise<string | undefined>;
  /** The register's record by a strongly consistent read; nothing before birth. */
  register(region: string): Promise<RegisterRecord | undefined>;
}
