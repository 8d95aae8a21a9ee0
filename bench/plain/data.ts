import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { addReports } from './reports';

/** What the data of a Region needs. */
export interface PlainDataProps {
  readonly seed: boolean;
  readonly vpc: ec2.IVpc;
  readonly key: IKey;
}

/** A member of a global database, a cache and rows of reports. */
export class PlainData extends Construct {
  readonly databaseSecurityGroup: ec2.SecurityGroup;
  readonly cacheSecurityGroup: ec2.SecurityGroup;
  private readonly cluster: rds.CfnDBCluster;
  private readonly cache: elasticache.CfnReplicationGroup;

  constructor(scope: Construct, props: PlainDataProps) {
    super(scope, 'Data');
    const { vpc } = props;
    this.databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseSecurityGroup', { vpc });
    this.cacheSecurityGroup = new ec2.SecurityGroup(this, 'CacheSecurityGroup', { vpc });
    const { subnetIds } = vpc.selectSubnets({ subnetGroupName: 'data' });
    this.cluster = this.addDatabase(props, subnetIds);
    this.cache = this.addCache(props, subnetIds);
    addReports(this, props.key);
  }

  /** What clones are told of where things are. */
  settings(queueUrl: string, logGroupName: string): Readonly<Record<string, string>> {
    return {
      APPLICATION: 'plain',
      LISTEN: '0.0.0.0:8080',
      DATABASE_HOST: this.cluster.attrEndpointAddress,
      DATABASE_READER_HOST: this.cluster.attrReadEndpointAddress,
      DATABASE_PORT: '5432',
      DATABASE_NAME: 'orders',
      DATABASE_USER: 'service',
      CACHE_URL: `rediss://${this.cache.attrPrimaryEndPointAddress}:6379`,
      QUEUE_URL: queueUrl,
      CONFIGURATION: 'plain/live/service',
      FLAGS: 'plain/live/flags',
      LOG_GROUP: logGroupName,
      TIMEOUTS: 'request=5000,deadline=20000,attempts=3,base=100,cap=15000,budget=0.1,hedge=500',
    };
  }

  private addDatabase({ seed, key }: PlainDataProps, subnetIds: string[]): rds.CfnDBCluster {
    const global = seed
      ? new rds.CfnGlobalCluster(this, 'Global', {
          globalClusterIdentifier: 'plain',
          engine: 'aurora-postgresql',
          engineVersion: '16.6',
          storageEncrypted: true,
        })
      : undefined;
    const subnetGroup = new rds.CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: 'data',
      subnetIds,
    });
    const parameters = new rds.CfnDBClusterParameterGroup(this, 'Parameters', {
      description: 'plain',
      family: 'aurora-postgresql16',
      parameters: { 'rds.force_ssl': '1' },
    });
    new CfnLogGroup(this, 'Logs', { logGroupName: '/aws/rds/cluster/plain/postgresql', retentionInDays: 90 });
    const secret = seed
      ? new Secret(this, 'Master', {
          encryptionKey: key,
          generateSecretString: {
            secretStringTemplate: '{"username":"master"}',
            generateStringKey: 'password',
          },
        })
      : undefined;
    const cluster = new rds.CfnDBCluster(this, 'Cluster', {
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      globalClusterIdentifier: 'plain',
      dbClusterParameterGroupName: parameters.ref,
      dbSubnetGroupName: subnetGroup.ref,
      vpcSecurityGroupIds: [this.databaseSecurityGroup.securityGroupId],
      kmsKeyId: key.keyArn,
      storageEncrypted: true,
      enableIamDatabaseAuthentication: true,
      backupRetentionPeriod: 7,
      copyTagsToSnapshot: true,
      deletionProtection: true,
      enableCloudwatchLogsExports: ['postgresql'],
      masterUsername: secret?.secretValueFromJson('username').unsafeUnwrap(),
      masterUserPassword: secret?.secretValueFromJson('password').unsafeUnwrap(),
    });
    if (global !== undefined) cluster.addResourceDependency(global);
    const monitoring = new Role(this, 'Monitoring', {
      assumedBy: new ServicePrincipal('monitoring.rds'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole'),
      ],
    });
    for (const index of [1, 2]) {
      new rds.CfnDBInstance(this, `Instance${index}`, {
        dbClusterIdentifier: cluster.ref,
        dbInstanceClass: 'db.r7g.large',
        engine: 'aurora-postgresql',
        monitoringInterval: 60,
        monitoringRoleArn: monitoring.roleArn,
        enablePerformanceInsights: true,
        performanceInsightsKmsKeyId: key.keyArn,
        performanceInsightsRetentionPeriod: 7,
        autoMinorVersionUpgrade: false,
      });
    }
    return cluster;
  }

  private addCache({ key }: PlainDataProps, subnetIds: string[]): elasticache.CfnReplicationGroup {
    const subnets = new elasticache.CfnSubnetGroup(this, 'CacheSubnets', { description: 'cache', subnetIds });
    const user = new elasticache.CfnUser(this, 'User', {
      engine: 'valkey',
      userId: 'plain',
      userName: 'plain',
      accessString: 'on ~* +@all',
      authenticationMode: { Type: 'iam' },
    });
    const users = new elasticache.CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: 'plain',
      userIds: [user.ref],
    });
    return new elasticache.CfnReplicationGroup(this, 'Cache', {
      replicationGroupDescription: 'plain',
      engine: 'valkey',
      cacheNodeType: 'cache.r7g.large',
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      kmsKeyId: key.keyArn,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [this.cacheSecurityGroup.securityGroupId],
      userGroupIds: [users.ref],
    });
  }
}
