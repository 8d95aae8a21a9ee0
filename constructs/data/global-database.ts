import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnDBCluster, type CfnDBClusterProps, CfnGlobalCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { engineOf } from './database-engine';
import {
  addInstances,
  addLogGroups,
  addParameterGroup,
  addSubnetGroup,
  insightsDays,
} from './database-parts';
import { addBreakGlassSecret } from './database-secret';
import type { GlobalDatabaseProps } from './global-database-props';
import { validateGlobalDatabase } from './global-database-validation';
import { dataSubnets } from './subnet-rules';

const DEFAULT_BACKUP_DAYS = 14;

/**
 * One Region's member of an Aurora global database, PostgreSQL or MySQL.
 *
 * Built from the CloudFormation resources, because the CDK's own cluster always names master credentials and so can
 * never join as a secondary (aws-cdk #29880). The global cluster is created without a source, and both members join
 * by its name: a later failover changes no declared property of either template, and the next deploy of either is an
 * ordinary one.
 */
export class GlobalDatabase extends Construct implements IConnectable {
  /** Allows clients in; the default port is the database's. */
  readonly connections: Connections;
  /**
   * Writer endpoint of **this** Region's own cluster. It exists on a secondary too, where it refuses writes: so a
   * Region that was fenced cannot write across to the new writer.
   */
  readonly clusterEndpointAddress: string;
  /** Reader endpoint of this Region's own cluster. */
  readonly readerEndpointAddress: string;
  /** TCP port of both endpoints. */
  readonly port: number;
  /** Name of this Region's cluster. */
  readonly clusterIdentifier: string;
  /** Immutable id of this Region's cluster, used by IAM authentication. */
  readonly clusterResourceId: string;
  /** Master credentials without a host, for break-glass use; only where the database was born. */
  readonly breakGlassSecret?: ISecret;

  /**
   * @throws HoldfastError `invalid-input` with every wrong value
   */
  constructor(scope: Construct, id: string, props: GlobalDatabaseProps) {
    validateGlobalDatabase(`GlobalDatabase ${scope.node.path}/${id}`, props);
    super(scope, id);
    this.port = props.port ?? engineOf(props).defaultPort;
    this.clusterIdentifier = props.clusterIdentifier;
    const groups = props.securityGroups ?? [this.createSecurityGroup(props)];
    this.connections = new Connections({ securityGroups: [...groups], defaultPort: Port.tcp(this.port) });
    if (props.member.kind === 'seed') this.breakGlassSecret = addBreakGlassSecret(this, props);
    const cluster = this.createCluster(props);
    for (const group of addLogGroups(this, props.clusterIdentifier, engineOf(props))) {
      cluster.addResourceDependency(group);
    }
    if (props.member.kind === 'seed' && props.member.globalCluster !== 'existing') {
      cluster.addResourceDependency(this.createGlobalCluster(props));
    }
    addInstances(this, props, cluster);
    this.acknowledgeFindings(props, cluster);
    this.clusterEndpointAddress = cluster.attrEndpointAddress;
    this.readerEndpointAddress = cluster.attrReadEndpointAddress;
    this.clusterResourceId = cluster.attrDbClusterResourceId;
  }

  /** Lets `grantee` sign in to this Region's cluster as the database user `user`, by IAM authentication. */
  grantConnect(grantee: IGrantable, user: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['rds-db:connect'],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'rds-db',
          resource: 'dbuser',
          resourceName: `${this.clusterResourceId}/${user}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    });
  }

  /**
   * How far this Region is behind the writer, in milliseconds. There is no data while this Region writes: an alarm
   * on it must say that missing data is missing.
   */
  metricReplicationLag(options?: MetricOptions): Metric {
    return this.metric('AuroraGlobalDBReplicationLag', { statistic: 'Maximum', ...options });
  }

  /**
   * How far the least lagging secondary is behind, in milliseconds: what `rds.global_db_rpo` holds commits back for.
   * PostgreSQL only, and only while this Region writes.
   */
  metricRecoveryPointLag(options?: MetricOptions): Metric {
    return this.metric('AuroraGlobalDBRPOLag', { statistic: 'Maximum', ...options });
  }

  /** Processor use of the busiest instance, in percent. */
  metricCpuUtilization(options?: MetricOptions): Metric {
    return this.metric('CPUUtilization', { statistic: 'Maximum', ...options });
  }

  /** Connections of the instance that has most of them. */
  metricDatabaseConnections(options?: MetricOptions): Metric {
    return this.metric('DatabaseConnections', { statistic: 'Maximum', ...options });
  }

  /** Share of the most capacity units that the busiest Serverless v2 instance uses, in percent. */
  metricCapacityUtilization(options?: MetricOptions): Metric {
    return this.metric('ACUUtilization', { statistic: 'Maximum', ...options });
  }

  /** A metric of this Region's cluster in the namespace `AWS/RDS`. */
  metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { DBClusterIdentifier: this.clusterIdentifier },
      ...options,
    }).attachTo(this);
  }

  private createSecurityGroup(props: GlobalDatabaseProps): SecurityGroup {
    return new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Database members of this Region',
      allowAllOutbound: false,
    });
  }

  private createGlobalCluster(props: GlobalDatabaseProps): CfnGlobalCluster {
    const global = new CfnGlobalCluster(this, 'GlobalCluster', {
      globalClusterIdentifier: props.globalClusterIdentifier,
      engine: engineOf(props).name,
      engineVersion: props.engineVersion,
      storageEncrypted: true,
      deletionProtection: true,
    });
    global.applyRemovalPolicy(KEEP_ONCE_BORN);
    return global;
  }

  private createCluster(props: GlobalDatabaseProps): CfnDBCluster {
    const secret = this.breakGlassSecret;
    const cluster = new CfnDBCluster(this, 'Cluster', {
      engine: engineOf(props).name,
      engineVersion: props.engineVersion,
      globalClusterIdentifier: props.globalClusterIdentifier,
      dbClusterIdentifier: props.clusterIdentifier,
      databaseName: props.member.databaseName,
      masterUsername: secret?.secretValueFromJson('username').unsafeUnwrap(),
      masterUserPassword: secret?.secretValueFromJson('password').unsafeUnwrap(),
      enableIamDatabaseAuthentication: true,
      port: this.port,
      dbSubnetGroupName: addSubnetGroup(this, dataSubnets(props)).ref,
      dbClusterParameterGroupName: addParameterGroup(this, props).ref,
      vpcSecurityGroupIds: this.connections.securityGroups.map(group => group.securityGroupId),
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      backupRetentionPeriod: props.backupRetention?.toDays() ?? DEFAULT_BACKUP_DAYS,
      copyTagsToSnapshot: true,
      deletionProtection: true,
      enableCloudwatchLogsExports: [...engineOf(props).logs],
      autoMinorVersionUpgrade: false,
      ...optionalSettings(props),
    });
    cluster.applyRemovalPolicy(KEEP_ONCE_BORN);
    return cluster;
  }

  private acknowledgeFindings(props: GlobalDatabaseProps, cluster: CfnDBCluster): void {
    if (props.engine !== 'mysql') return;
    acknowledge(
      cluster,
      'AwsSolutions-RDS14',
      'Aurora refuses backtracking on a cluster that is a member of a global database.',
    );
  }
}

/** Settings that are in the template only when they were chosen. */
function optionalSettings(props: GlobalDatabaseProps): Partial<CfnDBClusterProps> {
  const capacity = props.serverlessCapacity;
  return {
    preferredBackupWindow: props.backupWindow,
    preferredMaintenanceWindow: props.maintenanceWindow,
    serverlessV2ScalingConfiguration: capacity && {
      minCapacity: capacity.minimum,
      maxCapacity: capacity.maximum,
    },
    ...(props.insights === 'advanced'
      ? {
          databaseInsightsMode: 'advanced',
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
          performanceInsightsRetentionPeriod: insightsDays(props),
        }
      : {}),
  };
}
