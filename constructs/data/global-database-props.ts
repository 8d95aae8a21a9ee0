import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * How this Region's cluster was born. A birth fact and nothing more: which cluster writes is run-time state, and both
 * kinds may hold the writer at any time after birth.
 */
export type GlobalDatabaseMember =
  | {
      /** Creates the first writer, and the global cluster unless that exists. */
      readonly kind: 'seed';
      /** Name of the database to create; 1 to 63 letters, digits and underscores. */
      readonly databaseName: string;
      /**
       * User of the break-glass secret.
       * @default - `holdfast_admin`; `holdfastadmin` on MySQL
       */
      readonly masterUsername?: string;
      /**
       * Whether the global cluster is declared here or stands already, without a member, under
       * `globalClusterIdentifier`: then the template attaches to it by name and owns nothing of it.
       * @default 'create'
       */
      readonly globalCluster?: 'create' | 'existing';
      /**
       * Regions that hold a read-only copy of the break-glass secret, so that it is not lost with this one; each under
       * the key of that alias there, which must exist before. The alias is a name, not a reference.
       * @default - none
       */
      readonly secretReplicas?: readonly { readonly region: string; readonly keyAlias: string }[];
      readonly headless?: never;
    }
  | {
      /** Joins the global cluster; takes users and databases from it and therefore names none. */
      readonly kind: 'secondary';
      /**
       * Storage without an instance: the data is here, but nothing can be promoted until an instance has been added,
       * which is a call that a busy Region may refuse. Cheaper, and not statically stable.
       * @default false
       */
      readonly headless?: boolean;
      readonly databaseName?: never;
      readonly masterUsername?: never;
      readonly globalCluster?: never;
      readonly secretReplicas?: never;
    };

/** Range in which each Serverless v2 instance scales, in Aurora capacity units (about 2 GiB of memory each). */
export interface ServerlessCapacity {
  /**
   * Least units of an instance, 0.5 to 256 in halves. Not 0: a paused instance is neither promoted nor warm in time.
   * A standby takes over with what it has, so this is what the promise stands on.
   */
  readonly minimum: number;
  /** Most units of an instance, 1 to 256 in halves. */
  readonly maximum: number;
}

/**
 * How the loss of a failover is held; see `rds.global_db_rpo` in the Aurora User Guide. A bound exists on PostgreSQL
 * alone.
 */
export type RecoveryPointBasis =
  | {
      /** An alarm watches the replication lag; commits are never held back. */
      readonly kind: 'alarmed';
    }
  | {
      /**
       * Aurora holds commits back while every secondary lags more than this. So losing the only standby stops writes
       * until the parameter is reset or another secondary has joined.
       */
      readonly kind: 'bounded';
      /** At least 20 seconds, the lowest value that Aurora takes. */
      readonly bound: Duration;
    };

/** What may be chosen about the shape of the database; the same in every Region. */
export interface GlobalDatabaseOptions {
  /**
   * Which Aurora.
   * @default 'postgresql'
   */
  readonly engine?: 'postgresql' | 'mysql';
  /**
   * Version, such as `16.6` or `8.0.mysql_aurora.3.08.0`. Set at birth: later upgrades run by runbook on the global
   * cluster.
   */
  readonly engineVersion: string;
  /**
   * Instance class, such as `db.r7g.large`, or `db.serverless` with `serverlessCapacity`; identical in every Region,
   * since any instance may become the writer.
   */
  readonly instanceClass: string;
  /**
   * Range of each instance; with the class `db.serverless` and no other.
   * @default - none; the instances are of a fixed size
   */
  readonly serverlessCapacity?: ServerlessCapacity;
  /**
   * Instances in this Region, 2 to 15. At least two, so that losing a zone is a failover within the Region.
   * @default 2
   */
  readonly instances?: number;
  /**
   * TCP port.
   * @default - 5433, or 3307 on MySQL
   */
  readonly port?: number;
  /**
   * How long automated backups are kept, 1 to 35 days.
   * @default Duration.days(14)
   */
  readonly backupRetention?: Duration;
  /**
   * When backups begin, in UTC, such as `03:00-03:30`.
   * @default - AWS chooses
   */
  readonly backupWindow?: string;
  /**
   * When AWS may maintain, in UTC, such as `sun:04:00-sun:04:30`. Choose another one in every Region.
   * @default - AWS chooses
   */
  readonly maintenanceWindow?: string;
  /**
   * `standard` keeps Performance Insights for 7 days, `advanced` turns on Database Insights and keeps 15 months.
   * @default 'standard'
   */
  readonly insights?: 'standard' | 'advanced';
  /**
   * What holds the recovery point objective.
   * @default - alarmed: replication lag is watched and commits are never held back
   */
  readonly recoveryPoint?: RecoveryPointBasis;
  /**
   * Further cluster parameters.
   * @default - TLS is required and slow statements (1 s) are logged
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Parameters of the instances.
   * @default - those of the engine
   */
  readonly instanceParameters?: Readonly<Record<string, string>>;
}

/** Properties of a {@link GlobalDatabase} member. */
export interface GlobalDatabaseProps extends GlobalDatabaseOptions {
  /** How this Region's cluster is born. */
  readonly member: GlobalDatabaseMember;
  /** Name on which all members agree; see `globalClusterIdentifier` in lib/naming. */
  readonly globalClusterIdentifier: string;
  /** Name of this Region's cluster; its instances are numbered from it, since any of them may write. */
  readonly clusterIdentifier: string;
  /** Network of this Region. */
  readonly vpc: IVpc;
  /**
   * Subnets for the instances, in at least two zones.
   * @default - the isolated subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /** Key of this Region for storage, insights and the secret; every Region has a key of its own. */
  readonly encryptionKey: IKey;
  /**
   * Security groups of the instances.
   * @default - a new one that lets nothing in until a client is allowed
   */
  readonly securityGroups?: readonly ISecurityGroup[];
}
