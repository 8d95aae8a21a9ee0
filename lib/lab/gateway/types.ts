/**
 * What the gateway knows and what may be asked of it. Plain data, so that the admin API, the CLI and tests read the
 * same documents.
 */

/** Which calls a rule is about. A missing field matches every call; a trailing `*` matches any ending. */
export interface CallMatch {
  /** Access key id of the caller: clones, drill and CDK each have their own. */
  readonly caller?: string;
  /** Service as signed: `route53`, `iam`, `autoscaling`, `dynamodb`. */
  readonly service?: string;
  /** API action, such as `UpdateAutoScalingGroup`. */
  readonly action?: string;
  /** Region as signed. */
  readonly region?: string;
}

/** What became of a call. */
export type CallOutcome = 'forwarded' | 'answered' | 'denied' | 'fault' | 'unreachable';

/** One call that passed the gateway. */
export interface CallRecord {
  /** Grows by one with every call; use it as the cursor of the next read. */
  readonly sequence: number;
  /** Wall-clock time of arrival, ISO 8601. */
  readonly time: string;
  readonly caller: string;
  readonly service: string;
  readonly region: string;
  readonly action: string;
  /** HTTP status; 0 when the connection was cut on purpose. */
  readonly status: number;
  readonly durationMs: number;
  readonly outcome: CallOutcome;
  /** Parameters that name what was touched, such as a table or a group; never a secret. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Calls that are refused with AccessDenied, in the shape of their protocol. Name the caller: a rule without one also
 * refuses what the lab itself reads of the control plane.
 */
export interface DenyRule extends CallMatch {
  /** Name of the rule; a second rule of the same name replaces the first. */
  readonly id: string;
}

/** What a fault does to a call. */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly milliseconds: number }
  | { readonly kind: 'throttle' }
  | { readonly kind: 'error'; readonly status: 500 | 503 }
  | { readonly kind: 'reset' };

/** A fault to inject. */
export interface FaultRule {
  /** Name of the rule; a second rule of the same name replaces the first. */
  readonly id: string;
  readonly match: CallMatch;
  readonly effect: FaultEffect;
  /** How many calls it still hits. @default - every call until it is removed */
  readonly remaining?: number;
}

/** Where the register lives: the quorum of its table is modelled by the gateway. */
export interface RegisterPlace {
  readonly tableName: string;
  /** Region whose store holds the one copy in the emulator. */
  readonly home: string;
  /** Regions of the topology, each with a replica. */
  readonly regions: readonly string[];
  /** Region that only votes. @default - none */
  readonly witness?: string;
}

/** States of a target as Elastic Load Balancing names them. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';

/** Health of one target, as the lab's balancer saw it. */
export interface TargetHealth {
  /** Target id, such as an instance id. */
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  /** Reason code, such as `Target.FailedHealthChecks`. @default - none */
  readonly reason?: string;
  readonly description?: string;
}

/** What the lab's checker last saw of one Route 53 health check. */
export interface CheckStatus {
  /** Whether the check counts as healthy, inversion and threshold applied. */
  readonly healthy: boolean;
  /** Wall-clock time of the observation, ISO 8601. */
  readonly checkedAt: string;
  /** One line, such as `HTTP Status Code 503`. */
  readonly detail: string;
}

/** A move of the database's writer between Regions, accepted by the API and not yet done by the data plane. */
export interface DatabaseMove {
  readonly globalCluster: string;
  readonly kind: 'switchover' | 'failover';
  /** ARN of the cluster that was the writer. */
  readonly fromArn: string;
  /** ARN of the cluster that becomes the writer. */
  readonly toArn: string;
  readonly fromRegion: string;
  readonly toRegion: string;
  /** Wall-clock time of acceptance, ISO 8601. */
  readonly startedAt: string;
}

/** A resource of a template that exists by name only. */
export interface NotEmulated {
  readonly type: string;
  readonly logicalId: string;
  readonly stack: string;
  readonly region: string;
}
