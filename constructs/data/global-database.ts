import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnDBCluster, CfnGlobalCluster } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { addInstances, addLogGroup, addParameterGroup, addSubnetGroup } from './database-parts';
import type { GlobalDatabaseProps } from './global-database-props';
import { validateGlobalDatabase } from './global-database-validation';

const ENGINE = 'aurora-postgresql';
const DEFAULT_PORT = 5433;
const DEFAULT_BACKUP_DAYS = 14;

/**
 * One Region's member of an Aurora PostgreSQL global database.
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
    this.port = props.port ?? DEFAULT_PORT;
    this.clusterIdentifier = props.clusterIdentifier;
    const groups = props.securityGroups ?? [this.createSecurityGroup(props)];
    this.connections = new Connections({ securityGroups: [...groups], defaultPort: Port.tcp(this.port) });
    if (props.member.kind === 'seed') this.breakGlassSecret = this.createSecret(props);
    const cluster = this.createCluster(props);
    cluster.addResourceDependency(addLogGroup(this, props.clusterIdentifier));
    if (props.member.kind === 'seed') cluster.addResourceDependency(this.createGlobalCluster(props));
    addInstances(this, props, { cluster, engine: ENGINE });
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

  private createSecret(props: GlobalDatabaseProps): Secret {
    const username = props.member.masterUsername ?? 'holdfast_admin';
    const secret = new Secret(this, 'BreakGlass', {
      description: `Break-glass credentials of ${props.globalClusterIdentifier}; they name no host, since the writer moves`,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username }),
        generateStringKey: 'password',
        passwordLength: 40,
        excludePunctuation: true,
      },
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Clients sign in by IAM. A rotation function would fail while the writer is in another Region; the runbook rotates after each use.',
    );
    return secret;
  }

  private createGlobalCluster(props: GlobalDatabaseProps): CfnGlobalCluster {
    const global = new CfnGlobalCluster(this, 'GlobalCluster', {
      globalClusterIdentifier: props.globalClusterIdentifier,
      engine: ENGINE,
      engineVersion: props.engineVersion,
      storageEncrypted: true,
      deletionProtection: true,
    });
    global.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return global;
  }

  private createCluster(props: GlobalDatabaseProps): CfnDBCluster {
    const secret = this.breakGlassSecret;
    const subnets = props.vpc.selectSubnets(props.vpcSubnets ?? { subnetType: SubnetType.PRIVATE_ISOLATED });
    const cluster = new CfnDBCluster(this, 'Cluster', {
      engine: ENGINE,
      engineVersion: props.engineVersion,
      globalClusterIdentifier: props.globalClusterIdentifier,
      dbClusterIdentifier: props.clusterIdentifier,
      databaseName: props.member.databaseName,
      masterUsername: secret?.secretValueFromJson('username').unsafeUnwrap(),
      masterUserPassword: secret?.secretValueFromJson('password').unsafeUnwrap(),
      enableIamDatabaseAuthentication: true,
      port: this.port,
      dbSubnetGroupName: addSubnetGroup(this, subnets.subnetIds).ref,
      dbClusterParameterGroupName: addParameterGroup(this, props).ref,
      vpcSecurityGroupIds: this.connections.securityGroups.map(group => group.securityGroupId),
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      backupRetentionPeriod: props.backupRetention?.toDays() ?? DEFAULT_BACKUP_DAYS,
      copyTagsToSnapshot: true,
      deletionProtection: true,
      enableCloudwatchLogsExports: ['postgresql'],
      autoMinorVersionUpgrade: false,
    });
    cluster.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return cluster;
  }
}
