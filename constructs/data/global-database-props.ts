import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * How this Region's cluster was born. A birth fact and nothing more: which cluster writes is run-time state, and both
 * kinds may hold the writer at any time after birth.
 */
export type GlobalDatabaseMember =
  | {
      /** Creates the global cluster and the first writer. */
      readonly kind: 'seed';
      /** Name of the database to create; 1 to 63 letters, digits and underscores. */
      readonly databaseName: string;
      /**
       * User of the break-glass secret.
       * @default 'holdfast_admin'
       */
      readonly masterUsername?: string;
    }
  | {
      /** Joins the global cluster; takes users and databases from it and therefore names none. */
      readonly kind: 'secondary';
      readonly databaseName?: never;
      readonly masterUsername?: never;
    };

/** How the loss of a failover is held; see `rds.global_db_rpo` in the Aurora User Guide. */
export type RecoveryPointBasis =
  | {
      /** An alarm watches the replication lag; commits are never held back. */
      readonly kind: 'alarmed';
    }
  | {
      /** Aurora holds commits back while every secondary lags more than this: writes stop with the last secondary. */
      readonly kind: 'bounded';
      /** At least 20 seconds, the lowest value that Aurora takes. */
      readonly bound: Duration;
    };

/** What may be chosen about the shape of the database; the same in every Region. */
export interface GlobalDatabaseOptions {
  /** Aurora PostgreSQL version, such as `16.6`. Set at birth: later upgrades run by runbook on the global cluster. */
  readonly engineVersion: string;
  /** Instance class, such as `db.r7g.large`; identical in every Region, since any instance may become the writer. */
  readonly instanceClass: string;
  /**
   * Instances in this Region, 2 to 15. At least two, so that losing a zone is a failover within the Region.
   * @default 2
   */
  readonly instances?: number;
  /**
   * TCP port.
   * @default 5433
   */
  readonly port?: number;
  /**
   * How long automated backups are kept, 1 to 35 days.
   * @default Duration.days(14)
   */
  readonly backupRetention?: Duration;
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
