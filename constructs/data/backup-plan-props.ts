import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** How long copies of a rule are kept, and where they rest meanwhile. */
export interface BackupLifecycle {
  /** When a recovery point is deleted, in whole days after it was made. */
  readonly deleteAfter: Duration;
  /**
   * When it goes to cold storage, in whole days after it was made; it then stays there for 90 days at the least. Few
   * kinds of resources can (DynamoDB and S3 can, Aurora cannot: its points stay warm).
   * @default - never
   */
  readonly coldStorageAfter?: Duration;
}

/** One rule of a plan. */
export interface BackupRule extends BackupLifecycle {
  /** Name within the plan, such as `daily`. */
  readonly name: string;
  /** When it runs, as AWS writes it in UTC: `cron(0 3 * * ? *)`. */
  readonly schedule: string;
  /**
   * How long after its time a job may begin before it counts as missed, in whole minutes, 60 at the least.
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;
  /**
   * How long a job may take before it is stopped, in whole minutes, 60 more than the start window at the least.
   * @default Duration.hours(8)
   */
  readonly completionWindow?: Duration;
  /**
   * Whether every second of the last days can be restored, for the resources that can (Aurora, S3): keeps 35 days at
   * the most and none in cold storage.
   * @default false
   */
  readonly continuous?: boolean;
  /**
   * Lifecycle of the copies in the other Regions.
   * @default - that of the rule
   */
  readonly copies?: BackupLifecycle;
}

/** What is backed up: every resource in the Region that one of these names. */
export interface BackupSelection {
  /**
   * ARNs.
   * @default - none
   */
  readonly resourceArns?: readonly string[];
  /**
   * Tags; a resource that carries any of them is backed up.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Keeps recovery points from being deleted before their time, by anybody. */
export interface VaultLock {
  /** Least retention of a point, in whole days. */
  readonly minimumRetention: Duration;
  /**
   * Most retention of a point, in whole days.
   * @default - none
   */
  readonly maximumRetention?: Duration;
  /**
   * Days until the lock itself can no longer be changed, by anybody, **for ever**: 3 at the least.
   * @default - it stays changeable by those with the permission
   */
  readonly changeableFor?: Duration;
}

/** What may be chosen about a plan. */
export interface BackupPlanOptions {
  /** When backups are made and how long they are kept, at least one. */
  readonly rules: readonly BackupRule[];
  /** What is backed up. */
  readonly selection: BackupSelection;
  /**
   * Regions that hold a copy of every recovery point, each in its vault of the same name. The vault must exist when the
   * first copy is made, not when this is deployed.
   * @default - none: the backups are lost with the Region
   */
  readonly copyRegions?: readonly string[];
  /**
   * Keeps recovery points from being deleted before their time.
   * @default - none; whoever may delete recovery points can
   */
  readonly lock?: VaultLock;
  /**
   * Alarm when no backup job has ended well for this long, in whole days, 1 to 7: no event tells of a job that never
   * began, of a selection that selects nothing any more, or of a rule that was taken away.
   * @default - none
   */
  readonly expectedWithin?: Duration;
}

/** Properties of a {@link BackupPlan}. */
export interface BackupPlanProps extends BackupPlanOptions {
  /** Name of the plan. */
  readonly planName: string;
  /** Name of the vault, the same in every Region; see `backupVaultName` in lib/naming. */
  readonly vaultName: string;
  /** Key of this Region for the vault. */
  readonly encryptionKey: IKey;
  /** Hears of jobs that failed, were stopped or missed their window, and of `expectedWithin`. The key of an encrypted topic must admit EventBridge. */
  readonly alarmTopic: ITopic;
}
