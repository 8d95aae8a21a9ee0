/**
 * The ports of the engines: what they ask of the outside. Nothing outside `bin/`, adapters and handler entries
 * touches the console, the clock, randomness or an SDK client.
 */
import type { RegisterRecord } from './runtime/register/register';
import type { ReleaseNotice } from './runtime/release/release-store';

export type { Outside, OutsideAnswer, OutsideRequest } from './outside-ports';

/** Time, so that tests can drive it. */
export interface Clock {
  /** Wall-clock time, for people and records; never used to measure a duration. */
  now(): Date;
  /** Milliseconds on a clock that never jumps; its zero has no meaning. */
  monotonic(): number;
  /** Resolves after `milliseconds`; rejects with an `aborted` error as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A message to the operator: coded and typed, so that text, JSON and tests read the same events. */
export interface OutputEvent {
  /** Stable code, such as `lab.process.started`. */
  readonly code: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** One line for a person. */
  readonly text: string;
  /** The same facts for a machine; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Where progress goes: standard error as lines, or nowhere in a test. */
export interface Output {
  emit(event: OutputEvent): void;
}

/** One call that an adapter made to a provider, for the report of a drill (law 8). */
export interface CloudCall {
  /** Service as the SDK names it, such as `RDS`. */
  readonly service: string;
  /** Region whose endpoint was called. */
  readonly region: string;
  /** API action, such as `SwitchoverGlobalCluster`. */
  readonly action: string;
  /** Wall-clock time of the start, ISO 8601. */
  readonly at: string;
  /** Duration with retries. */
  readonly milliseconds: number;
  /** `ok` or the name of the error. */
  readonly result: string;
}

/** The register as it was read, with who wrote it. */
export interface RegisterState {
  readonly record: RegisterRecord;
  /** Who raised it, such as `drill:switchover-20261126-101500-3f2a`. */
  readonly updatedBy: string;
  /** Wall-clock time of the raise, ISO 8601; for people only. */
  readonly updatedAt: string;
}

/** A conditional change of the register: nothing happens unless it still holds `from`, exactly. */
export interface RegisterRaise {
  readonly from: RegisterRecord;
  readonly to: RegisterRecord;
  readonly by: string;
}

/** The drill lock: one drill at a time, over all Regions and operators. */
export interface DrillLock {
  /** The process that drives the drill; never reused. */
  readonly holder: string;
  readonly drillId: string;
  /** Newest epoch that the drill works at; never lowered, so a runner of an older epoch cannot take the lock. */
  readonly epoch: number;
  /** Changes with each heartbeat. Compared for equality only: clocks of two operators need not agree. */
  readonly heartbeatAt: string;
  /** How long a lock whose heartbeat does not change still binds. Already scaled. */
  readonly leaseSeconds: number;
}

/** The journal of the newest drill, as it is kept beside the register. */
export interface JournalCopy {
  readonly drillId: string;
  /** Names this very state of it; compared for equality only. */
  readonly version: string;
  /** Its lines. */
  readonly text: string;
}

/** One cluster of the global database. */
export interface DatabaseMember {
  readonly region: string;
  /** ARN of the cluster. */
  readonly clusterArn: string;
  readonly role: 'writer' | 'reader';
  /** Status of the cluster as the provider words it (`available`), when it could be read in its Region. */
  readonly status?: string;
}

/** The global database as one Region's control plane describes it. */
export interface DatabaseState {
  readonly members: readonly DatabaseMember[];
  /** Whether a switchover or failover is under way. */
  readonly moving: boolean;
}

/** How much lies in a queue, approximately. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inWork: number;
  readonly delayed: number;
}

/** The queue that a Region's workers take from, and that of its dead letters. */
export interface QueueDepths {
  readonly work: QueueDepth;
  readonly dead: QueueDepth;
}

/** A replication lag and where it comes from. */
export interface ReplicationLag {
  readonly seconds: number;
  /** Age of the measurement. */
  readonly ageSeconds: number;
}

/** One Auto Scaling group of a Region. */
export interface CapacityGroup {
  readonly name: string;
  readonly kind: 'clones' | 'workers';
  readonly minimum: number;
  readonly desired: number;
  readonly maximum: number;
  /** Instances in service. */
  readonly inService: number;
  /** Share of new connections that the balancer sends to the group, 0 to 100. @default - unknown */
  readonly weight?: number;
  /** Targets that the balancer counts as healthy and their total; only for clones. */
  readonly targets?: { readonly healthy: number; readonly total: number };
}

/** The configuration that is live in a Region. */
export interface ConfigState {
  /** Version number of the newest completed deployment. */
  readonly version: string;
  /** SHA-256 of the content, hex: version numbers of two Regions need not run in step. */
  readonly digest?: string;
  /** Whether a rollout is under way. */
  readonly deploying: boolean;
}

/** State of one alarm. */
export interface AlarmState {
  readonly name: string;
  readonly state: 'ok' | 'alarm' | 'unknown';
}

/** One limit of the account in a Region. */
export interface Quota {
  /** What it limits, in the provider's words, such as `Running On-Demand Standard instances (vCPU)`. */
  readonly name: string;
  readonly limit: number;
}

/** One stack of the application. */
export interface StackState {
  readonly name: string;
  /** As CloudFormation words it, such as `UPDATE_IN_PROGRESS`. */
  readonly status: string;
}

/**
 * What a drill asks of a provider. Each method names the Region whose endpoint is called, so that the plan decides
 * on what a step depends (law 2). Errors: `refused` when the provider definitely did not act, `unavailable` when
 * that is unknown, `not-found` when the thing does not exist.
 */
export interface Cloud {
  /** Strongly consistent read of the register; nothing before birth. */
  readRegister(region: string): Promise<RegisterState | undefined>;
  /** Writes the register's first record unless one exists. Resolves to whether it was written. */
  createRegister(region: string, record: RegisterRecord, by: string): Promise<boolean>;
  /** Raises the register. Resolves to false when it no longer held `from`. */
  raiseRegister(region: string, raise: RegisterRaise): Promise<boolean>;

  /**
   * Whether the register may be written in the Region: sends a write whose condition no register can meet, so that it
   * changes nothing. Resolves to true when it was refused for that reason alone, which also takes a quorum.
   */
  mayRaiseRegister(region: string): Promise<boolean>;

  /** Strongly consistent read of the drill lock. */
  readLock(region: string): Promise<DrillLock | undefined>;
  /** Takes the lock if it is free or still is exactly `previous`, and no newer epoch holds it. */
  takeLock(region: string, lock: DrillLock, previous?: DrillLock): Promise<boolean>;
  /** Renews the lock if the holder and drill still are the same. */
  renewLock(region: string, lock: DrillLock): Promise<boolean>;
  /** Deletes the lock if the holder still is the same; otherwise does nothing. */
  releaseLock(region: string, lock: DrillLock): Promise<void>;

  /** Strongly consistent read of the journal's copy; nothing when no drill was ever run. */
  readJournalCopy(region: string): Promise<JournalCopy | undefined>;
  /**
   * Writes the copy if it still is in the state `previous`, or there is none. Resolves to false otherwise. `refused` when it
   * is too large to be kept.
   */
  writeJournalCopy(region: string, copy: JournalCopy, previous?: string): Promise<boolean>;

  /** The global database, its roles and, for the Regions in `statusOf`, the status of their clusters. */
  databaseState(region: string, statusOf: readonly string[]): Promise<DatabaseState>;
  /** Lag of the Region's cluster behind the writer; nothing when it is not measured. */
  replicationLag(region: string, writerRegion: string): Promise<ReplicationLag | undefined>;
  /**
   * Starts a switchover (no loss; both sides healthy). Sent once, never retried by the adapter, to the Region of
   * the writer, as AWS asks. `maySend` is asked last of all, right before the signed request leaves; when it says no,
   * nothing is sent and the call is `refused`.
   */
  startSwitchover(writerRegion: string, targetClusterArn: string, maySend: () => boolean): Promise<void>;
  /**
   * Promotes a cluster without asking the writer; what it had not received is lost. Sent once, never retried by the
   * adapter, to the Region that takes over. `maySend` as for a switchover.
   */
  startFailover(region: string, targetClusterArn: string, maySend: () => boolean): Promise<void>;

  /** Groups of clones and workers with their capacity and target health. */
  capacity(region: string): Promise<readonly CapacityGroup[]>;
  /** Raises a group's floor; never lowers minimum, desired or maximum. */
  raiseFloor(region: string, group: string, minimum: number): Promise<void>;

  /** What lies in the queues of a Region. */
  queueDepths(region: string): Promise<QueueDepths>;
  /** Strongly consistent read of the release that is under way; nothing while none is. */
  releaseUnderWay(region: string): Promise<ReleaseNotice | undefined>;
  /** The configuration that is live; nothing when none was ever deployed. */
  configState(region: string): Promise<ConfigState | undefined>;
  /** Alarms of the application. */
  alarms(region: string): Promise<readonly AlarmState[]>;
  /** Limits of the account that a Region which takes over may run into, as they apply to it. */
  quotas(region: string): Promise<readonly Quota[]>;
  /** State of the Region's data key, such as `Enabled`; nothing when there is no such key. */
  dataKeyState(region: string): Promise<string | undefined>;
  /** Version of the CDK's bootstrap in the Region; nothing when it was never bootstrapped. */
  bootstrapVersion(region: string): Promise<number | undefined>;
  /** The application's stacks in the Region. */
  stacks(region: string): Promise<readonly StackState[]>;
  /** Seconds by which the Region's newest answer to any call is dated ahead of this machine, to a second or so. */
  clockAheadSeconds(region: string): number | undefined;

  /** Every call made so far, in order of completion. */
  calls(): readonly CloudCall[];
}
