import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnSubnetGroup, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import type { CacheTierProps } from './cache-tier-props';
import { validateCacheTier } from './cache-tier-validation';

const DEFAULT_PORT = 6380;
const DEFAULT_ENGINE_VERSION = '8.0';
/** Keys of the application only, no administration; `info` is what clients ask when they connect. */
const accessOf = (keyPrefix: string): string =>
  `on ~${keyPrefix}* resetchannels -@all +@all -@dangerous +info`;

/**
 * A Region's cache: one Valkey replication group with its nodes in several zones, TLS and encryption at rest.
 *
 * Lossy by contract: nothing in it is the only copy. Clients sign in by IAM as the group's one user, so there is no
 * password to keep, to replicate or to leak.
 */
export class CacheTier extends Construct implements IConnectable {
  /** Allows clients in; the default port is the cache's. */
  readonly connections: Connections;
  /** Endpoint that follows the primary node. */
  readonly primaryEndpointAddress: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the replication group, part of what clients sign. */
  readonly replicationGroupId: string;
  /** The user as which clients sign in. */
  readonly userName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: CacheTierProps) {
    validateCacheTier(`CacheTier ${scope.node.path}/${id}`, props);
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
    this.primaryEndpointAddress = group.attrPrimaryEndPointAddress;
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
    const subnets = props.vpc.selectSubnets(props.vpcSubnets ?? { subnetType: SubnetType.PRIVATE_ISOLATED });
    const subnetGroup = new CfnSubnetGroup(this, 'Subnets', {
      description: 'Isolated subnets of the cache',
      subnetIds: subnets.subnetIds,
    });
    const failover = props.automaticFailover ?? true;
    const group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: props.replicationGroupId,
      replicationGroupDescription: `Cache of ${props.userName}; nothing in it is the only copy`,
      engine: 'valkey',
      engineVersion: props.engineVersion ?? DEFAULT_ENGINE_VERSION,
      cacheNodeType: props.nodeType,
      numCacheClusters: props.nodes ?? 2,
      automaticFailoverEnabled: failover,
      multiAzEnabled: props.multiAz ?? failover,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      kmsKeyId: props.encryptionKey.keyArn,
      port: this.port,
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: [securityGroupId],
      userGroupIds: [this.createUsers(props).ref],
      autoMinorVersionUpgrade: true,
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    acknowledge(
      group,
      'AwsSolutions-AEC6',
      'Clients sign in by IAM through the user group, which is stronger than a shared AUTH token and excludes one.',
    );
    return group;
  }

  private createUsers(props: CacheTierProps): CfnUserGroup {
    const user = new CfnUser(this, 'User', {
      engine: 'valkey',
      userId: props.userName,
      userName: props.userName,
      accessString: accessOf(props.keyPrefix),
      authenticationMode: { Type: 'iam' },
    });
    return new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: `${props.userName}-users`,
      userIds: [user.ref],
    });
  }
}
