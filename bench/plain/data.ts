import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
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

  constructor(scope: Construct, props: PlainDataProps) {
    super(scope, 'Data');
    const { vpc } = props;
    this.databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseSecurityGroup', { vpc });
    this.cacheSecurityGroup = new ec2.SecurityGroup(this, 'CacheSecurityGroup', { vpc });
    const { subnetIds } = vpc.selectSubnets({ subnetGroupName: 'data' });
    this.addDatabase(props, subnetIds);
    this.addCache(props, subnetIds);
    addReports(this, props.key);
  }

  private addDatabase({ seed, key }: PlainDataProps, subnetIds: string[]): void {
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
      masterUsername: secret?.secretValueFromJson('username').unsafeUnwrap(),
      masterUserPassword: secret?.secretValueFromJson('password').unsafeUnwrap(),
    });
    if (global !== undefined) cluster.addResourceDependency(global);
    for (const index of [1, 2]) {
      new rds.CfnDBInstance(this, `Instance${index}`, {
        dbClusterIdentifier: cluster.ref,
        dbInstanceClass: 'db.r7g.large',
        engine: 'aurora-postgresql',
      });
    }
  }

  private addCache({ key }: PlainDataProps, subnetIds: string[]): void {
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
    new elasticache.CfnReplicationGroup(this, 'Cache', {
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
