import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** Engines of ElastiCache that keep replicas. */
export type CacheEngine = 'valkey' | 'redis';

/** Keys spread over shards, each with replicas of its own. */
export interface ClusterMode {
  /** Shards, 1 to 500. */
  readonly shards: number;
  /**
   * Replicas of each shard, 0 to 5. With none, losing a node loses the shard's keys until they are read again.
   * @default 1
   */
  readonly replicasPerShard?: number;
}

/**
 * This Region's part in an ElastiCache global datastore: asynchronous, one Region writes. A birth fact; who writes
 * after a promotion (`FailoverGlobalReplicationGroup`) is known to ElastiCache alone.
 */
export type GlobalDatastoreMember =
  | {
      /** Creates the datastore around this Region's group. */
      readonly kind: 'primary';
      /** Name of the datastore, to which ElastiCache adds a prefix of the Region. */
      readonly suffix: string;
      /** All Regions of the datastore, this one included: at most two others. */
      readonly regions: readonly string[];
    }
  | {
      /**
       * Joins. Node type, engine, version, shards, parameters, encryption in transit and failover come from the
       * primary: AWS refuses them here, and changes them by the datastore alone.
       */
      readonly kind: 'secondary';
      /** Whole id, prefix included: known when the primary has been born, and stated from then on. */
      readonly globalReplicationGroupId: string;
      /** All Regions of the datastore, this one included: at most two others. */
      readonly regions: readonly string[];
    };

/** What may be chosen about a cache. */
export interface CacheTierOptions {
  /** Node type, such as `cache.r7g.large`; the same in every member of a global datastore. */
  readonly nodeType: string;
  /**
   * Nodes in this Region, the primary included, 1 to 6. Not with `clusterMode`.
   * @default 2
   */
  readonly nodes?: number;
  /**
   * Several shards instead of one.
   * @default - none; one primary node with its replicas holds all keys
   */
  readonly clusterMode?: ClusterMode;
  /**
   * Whether a replica takes over when the primary node is lost; needs at least two nodes. Always on in cluster mode.
   * @default true
   */
  readonly automaticFailover?: boolean;
  /**
   * Whether nodes stand in different zones; needs automatic failover and a replica.
   * @default - whenever it can be
   */
  readonly multiAz?: boolean;
  /**
   * Engine.
   * @default 'valkey'
   */
  readonly engine?: CacheEngine;
  /**
   * Version of the engine.
   * @default - '8.0' of Valkey, '7.1' of Redis
   */
  readonly engineVersion?: string;
  /**
   * Parameters of the engine, such as `maxmemory-policy`.
   * @default - those of the engine
   */
  readonly parameters?: Readonly<Record<string, string>>;
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
  /**
   * Part in a global datastore.
   * @default - none; the cache is this Region's own
   */
  readonly globalDatastore?: GlobalDatastoreMember;
}
