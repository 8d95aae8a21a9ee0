import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnGlobalReplicationGroup,
  CfnParameterGroup,
  CfnReplicationGroup,
  type CfnReplicationGroupProps,
  CfnSubnetGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { DEFAULT_ENGINE_VERSIONS, parameterFamily } from './cache-engine';
import type { CacheTierProps } from './cache-tier-props';
import { validateCacheTier } from './cache-tier-validation';
import { addCacheUsers } from './cache-users';
import { dataSubnets } from './subnet-rules';

const DEFAULT_PORT = 6380;

/**
 * A Region's cache: one Valkey or Redis replication group with its nodes in several zones, TLS and encryption at rest.
 * It stands alone, in cluster mode, or as a member of a global datastore.
 *
 * Lossy by contract: nothing in it is the only copy. Clients sign in by IAM as the group's one user, so there is no
 * password to keep, to replicate or to leak.
 */
export class CacheTier extends Construct implements IConnectable {
  /** Allows clients in; the default port is the cache's. */
  readonly connections: Connections;
  /** Endpoint that follows the primary node; in cluster mode the one that tells clients of all shards. */
  readonly primaryEndpointAddress: string;
  /** Endpoint that spreads reads over the replicas; none in cluster mode, where clients choose. */
  readonly readerEndpointAddress?: string;
  /** Whole id of the global datastore, for the secondaries; only on its primary. */
  readonly globalReplicationGroupId?: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the replication group, part of what clients sign. */
  readonly replicationGroupId: string;
  /** The user as which clients sign in. */
  readonly userName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: CacheTierProps) {
    const { region } = Stack.of(scope);
    validateCacheTier(
      `CacheTier ${scope.node.path}/${id}`,
      props,
      Token.isUnresolved(region) ? undefined : region,
    );
    super(scope, id);
    this.port = props.port ?? DEFAULT_PORT;
    this.replicationGroupId = props.replicationGroupId;
    this.userName = props.userName;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Cache nodes of this Region',
      allowAllOutbound: false,
    });
    this.connections = new Connections({
      securityGroups: [securityGroup],
      defaultPort: Port.tcp(this.port),
    });
    const group = this.createGroup(props, securityGroup.securityGroupId);
    if (props.clusterMode === undefined) {
      this.primaryEndpointAddress = group.attrPrimaryEndPointAddress;
      this.readerEndpointAddress = group.attrReaderEndPointAddress;
    } else {
      this.primaryEndpointAddress = group.attrConfigurationEndPointAddress;
    }
    if (props.globalDatastore?.kind === 'primary') {
      this.globalReplicationGroupId = this.createDatastore(group, props.globalDatastore.suffix);
    }
  }

  /** Lets `grantee` sign in as the cache's user, by IAM authentication. */
  grantConnect(grantee: IGrantable): Grant {
    const arnOf = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        service: 'elasticache',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    return Grant.addToPrincipal({
      grantee,
      actions: ['elasticache:Connect'],
      resourceArns: [arnOf('replicationgroup', this.replicationGroupId), arnOf('user', this.userName)],
    });
  }

  /** Share of memory in use, in percent; evictions begin near 100. */
  metricMemoryUsage(options?: MetricOptions): Metric {
    return this.metric('DatabaseMemoryUsagePercentage', { statistic: 'Maximum', ...options });
  }

  /** Keys that were thrown out for want of memory. */
  metricEvictions(options?: MetricOptions): Metric {
    return this.metric('Evictions', { statistic: 'Sum', ...options });
  }

  /** Load of the busiest node's engine, in percent. */
  metricEngineCpuUtilization(options?: MetricOptions): Metric {
    return this.metric('EngineCPUUtilization', { statistic: 'Maximum', ...options });
  }

  /** How far a secondary of a global datastore is behind its primary, in seconds; measured where the secondary is. */
  metricGlobalDatastoreLag(options?: MetricOptions): Metric {
    return this.metric('GlobalDatastoreReplicationLag', { statistic: 'Maximum', ...options });
  }

  /** A metric of the replication group in the namespace `AWS/ElastiCache`. */
  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { ReplicationGroupId: this.replicationGroupId },
      ...options,
    }).attachTo(this);
  }

  private createGroup(props: CacheTierProps, securityGroupId: string): CfnReplicationGroup {
    const subnetGroup = new CfnSubnetGroup(this, 'Subnets', {
      description: 'Isolated subnets of the cache',
      subnetIds: dataSubnets(props),
    });
    const engine = props.engine ?? 'valkey';
    const { userName, keyPrefix } = props;
    const group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: props.replicationGroupId,
      replicationGroupDescription: `Cache of ${userName}; nothing in it is the only copy`,
      ...this.shape(props),
      kmsKeyId: props.encryptionKey.keyArn,
      port: this.port,
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: [securityGroupId],
      userGroupIds: [addCacheUsers(this, { engine, userName, keyPrefix }).ref],
      autoMinorVersionUpgrade: true,
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    acknowledge(
      group,
      'AwsSolutions-AEC6',
      'Clients sign in by IAM through the user group, which is stronger than a shared AUTH token and excludes one.',
    );
    if (props.globalDatastore?.kind === 'secondary') acknowledgeInherited(group);
    return group;
  }

  /** What a secondary of a global datastore inherits, and is refused when it repeats it, and what it may choose. */
  private shape(props: CacheTierProps): Partial<CfnReplicationGroupProps> {
    const { clusterMode, globalDatastore } = props;
    const counted =
      clusterMode === undefined
        ? { numCacheClusters: props.nodes ?? 2 }
        : { replicasPerNodeGroup: clusterMode.replicasPerShard ?? 1 };
    if (globalDatastore?.kind === 'secondary') {
      return { globalReplicationGroupId: globalDatastore.globalReplicationGroupId, ...counted };
    }
    const engine = props.engine ?? 'valkey';
    const engineVersion = props.engineVersion ?? DEFAULT_ENGINE_VERSIONS[engine];
    const failover = clusterMode !== undefined || (props.automaticFailover ?? true);
    const replicated = clusterMode === undefined || (clusterMode.replicasPerShard ?? 1) > 0;
    return {
      engine,
      engineVersion,
      cacheNodeType: props.nodeType,
      ...counted,
      numNodeGroups: clusterMode?.shards,
      cacheParameterGroupName: this.parameterGroupName(props, parameterFamily(engine, engineVersion)),
      automaticFailoverEnabled: failover,
      multiAzEnabled: props.multiAz ?? (failover && replicated),
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
    };
  }

  /** Cluster mode is a parameter as well; the engine's own group is taken unless something else is asked for. */
  private parameterGroupName(
    { parameters, clusterMode }: CacheTierProps,
    family: string,
  ): string | undefined {
    if (parameters === undefined) return clusterMode && `default.${family}.cluster.on`;
    const group = new CfnParameterGroup(this, 'Parameters', {
      description: 'Parameters of the cache',
      cacheParameterGroupFamily: family,
      properties: { ...(clusterMode === undefined ? {} : { 'cluster-enabled': 'yes' }), ...parameters },
    });
    return group.ref;
  }

  /**
   * Declares the datastore with the one member that existed at its birth, and nothing that a promotion or a resize
   * changes: so no later deploy has a reason to touch it. Kept, since its deletion would cut the secondaries off.
   */
  private createDatastore(group: CfnReplicationGroup, suffix: string): string {
    const datastore = new CfnGlobalReplicationGroup(this, 'GlobalDatastore', {
      globalReplicationGroupIdSuffix: suffix,
      globalReplicationGroupDescription:
        'Born around the first member; which member writes is run-time state',
      members: [
        {
          replicationGroupId: group.ref,
          replicationGroupRegion: Stack.of(this).region,
          role: 'PRIMARY',
        },
      ],
    });
    datastore.applyRemovalPolicy(KEEP_ONCE_BORN);
    // An update for the sake of a tag would carry the role of birth along with it.
    datastore.addPropertyDeletionOverride('Tags');
    return datastore.ref;
  }
}

function acknowledgeInherited(group: CfnReplicationGroup): void {
  const reason =
    'Inherited from the primary of the global datastore; AWS refuses the setting on a secondary.';
  for (const rule of ['AwsSolutions-AEC3', 'AwsSolutions-AEC4']) acknowledge(group, rule, reason);
}
