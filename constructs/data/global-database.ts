import { Connections, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster, type CfnDBClusterProps, CfnGlobalCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
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
import { GlobalDatabaseAccess, type IGlobalDatabase } from './global-database-access';
import type { GlobalDatabaseProps } from './global-database-props';
import { validateGlobalDatabase } from './global-database-validation';
import { type GlobalDatabaseAttributes, NamedGlobalDatabase } from './named-global-database';
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
export class GlobalDatabase extends GlobalDatabaseAccess {
  /**
   * This Region's member that stands already, made by another stack or by other means: reached, granted and measured
   * like one's own, with nothing of it in the template.
   *
   * @throws HoldfastError `invalid-input` with every wrong value
   */
  static fromAttributes(scope: Construct, id: string, attributes: GlobalDatabaseAttributes): IGlobalDatabase {
    return new NamedGlobalDatabase(scope, id, attributes);
  }

  readonly connections: Connections;
  readonly clusterEndpointAddress: string;
  readonly readerEndpointAddress: string;
  readonly port: number;
  readonly clusterIdentifier: string;
  readonly clusterResourceId: string;
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
