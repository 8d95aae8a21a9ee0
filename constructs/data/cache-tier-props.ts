import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** What may be chosen about a cache. */
export interface CacheTierOptions {
  /** Node type, such as `cache.r7g.large`. */
  readonly nodeType: string;
  /**
   * Nodes in this Region, the primary included, 1 to 6.
   * @default 2
   */
  readonly nodes?: number;
  /**
   * Whether a replica takes over when the primary node is lost; needs at least two nodes.
   * @default true
   */
  readonly automaticFailover?: boolean;
  /**
   * Whether nodes stand in different zones; needs automatic failover.
   * @default - as `automaticFailover`
   */
  readonly multiAz?: boolean;
  /**
   * Valkey version.
   * @default '8.0'
   */
  readonly engineVersion?: string;
  /**
   * TCP port.
   * @default 6380
   */
  readonly port?: number;
}

/** Properties of a {@link CacheTier}. */
export interface CacheTierProps extends CacheTierOptions {
  /** Name of the replication group, 1 to 40 characters; see `cacheIdentifier` in lib/naming. */
  readonly replicationGroupId: string;
  /** User as which clients sign in; unique in the account and Region, 1 to 34 characters. */
  readonly userName: string;
  /** Prefix of every key that the user may touch, such as `orders:`. */
  readonly keyPrefix: string;
  /** Network of this Region. */
  readonly vpc: IVpc;
  /**
   * Subnets for the nodes, in at least two zones.
   * @default - the isolated subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /** Key of this Region for encryption at rest. */
  readonly encryptionKey: IKey;
}
