import { RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CfnDBCluster,
  CfnDBClusterParameterGroup,
  CfnDBInstance,
  CfnDBSubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import type { GlobalDatabaseOptions, GlobalDatabaseProps } from './global-database-props';

const LOG_RETENTION_DAYS = 90;
const MONITORING_SECONDS = 60;

/** Subnet group over the given subnets; kept, as the cluster that stands in it is. */
export function addSubnetGroup(scope: Construct, subnetIds: string[]): CfnDBSubnetGroup {
  const group = new CfnDBSubnetGroup(scope, 'Subnets', {
    dbSubnetGroupDescription: 'Isolated subnets of the database',
    subnetIds,
  });
  group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return group;
}

/** Cluster parameters, the same in every Region, since any member may become the writer. */
export function addParameterGroup(
  scope: Construct,
  options: GlobalDatabaseOptions,
): CfnDBClusterParameterGroup {
  const major = options.engineVersion.split('.')[0];
  const bound =
    options.recoveryPoint?.kind === 'bounded' ? options.recoveryPoint.bound.toSeconds() : undefined;
  const group = new CfnDBClusterParameterGroup(scope, 'Parameters', {
    description: 'TLS required, slow statements logged',
    family: `aurora-postgresql${major}`,
    parameters: {
      'rds.force_ssl': '1',
      log_min_duration_statement: '1000',
      ...(bound === undefined ? {} : { 'rds.global_db_rpo': String(bound) }),
      ...options.parameters,
    },
  });
  group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return group;
}

/** Log group of the engine, made beforehand so that RDS does not make one that is kept for ever. */
export function addLogGroup(scope: Construct, clusterIdentifier: string): CfnLogGroup {
  const group = new CfnLogGroup(scope, 'Log', {
    logGroupName: `/aws/rds/cluster/${clusterIdentifier}/postgresql`,
    retentionInDays: LOG_RETENTION_DAYS,
  });
  group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return group;
}

/**
 * Instances of one shape under neutral names: which of them writes is known to Aurora alone, and a name that said
 * "writer" would be wrong after the first failover (aws-cdk #26726).
 */
export function addInstances(
  scope: Construct,
  props: GlobalDatabaseProps,
  parts: { readonly cluster: CfnDBCluster; readonly engine: string },
): void {
  const monitoringRoleArn = addMonitoringRole(scope).roleArn;
  for (let number = 1; number <= (props.instances ?? 2); number += 1) {
    const instance = new CfnDBInstance(scope, `Instance${number}`, {
      dbInstanceIdentifier: `${props.clusterIdentifier}-${number}`,
      dbClusterIdentifier: parts.cluster.ref,
      dbInstanceClass: props.instanceClass,
      engine: parts.engine,
      publiclyAccessible: false,
      autoMinorVersionUpgrade: false,
      promotionTier: 1,
      copyTagsToSnapshot: true,
      enablePerformanceInsights: true,
      performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: 7,
      monitoringInterval: MONITORING_SECONDS,
      monitoringRoleArn,
    });
    instance.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

function addMonitoringRole(scope: Construct): Role {
  const role = new Role(scope, 'Monitoring', {
    description: 'Lets RDS write operating system metrics of the instances',
    assumedBy: new ServicePrincipal(`monitoring.${ServicePrincipal.servicePrincipalName('rds')}`),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
  });
  acknowledge(
    role,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]',
    'The policy AWS maintains for RDS enhanced monitoring; only the RDS monitoring service may take the role.',
  );
  return role;
}
