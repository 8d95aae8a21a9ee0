import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CfnDBCluster,
  CfnDBClusterParameterGroup,
  CfnDBInstance,
  CfnDBParameterGroup,
  CfnDBSubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge';
import { KEEP_ONCE_BORN } from '../removal';
import { type DatabaseEngine, engineOf } from './database-engine';
import type { GlobalDatabaseOptions, GlobalDatabaseProps } from './global-database-props';

const LOG_RETENTION_DAYS = 90;
const MONITORING_SECONDS = 60;

/** Subnet group over the given subnets; kept, as the cluster that stands in it is. */
export function addSubnetGroup(scope: Construct, subnetIds: string[]): CfnDBSubnetGroup {
  const group = new CfnDBSubnetGroup(scope, 'Subnets', {
    dbSubnetGroupDescription: 'Isolated subnets of the database',
    subnetIds,
  });
  group.applyRemovalPolicy(KEEP_ONCE_BORN);
  return group;
}

/** Cluster parameters, the same in every Region, since any member may become the writer. */
export function addParameterGroup(
  scope: Construct,
  options: GlobalDatabaseOptions,
): CfnDBClusterParameterGroup {
  const engine = engineOf(options);
  const group = new CfnDBClusterParameterGroup(scope, 'Parameters', {
    description: 'TLS required, slow statements logged',
    family: engine.familyOf(options.engineVersion),
    parameters: { ...engine.parametersOf(options), ...options.parameters },
  });
  group.applyRemovalPolicy(KEEP_ONCE_BORN);
  return group;
}

/** Log groups of the engine, made beforehand so that RDS does not make ones that are kept for ever. */
export function addLogGroups(
  scope: Construct,
  clusterIdentifier: string,
  engine: DatabaseEngine,
): readonly CfnLogGroup[] {
  return engine.logs.map((log, index) => {
    const group = new CfnLogGroup(scope, index === 0 ? 'Log' : `Log${index + 1}`, {
      logGroupName: `/aws/rds/cluster/${clusterIdentifier}/${log}`,
      retentionInDays: LOG_RETENTION_DAYS,
    });
    group.applyRemovalPolicy(KEEP_ONCE_BORN);
    return group;
  });
}

/**
 * Instances of one shape under neutral names: which of them writes is known to Aurora alone, and a name that said
 * "writer" would be wrong after the first failover (aws-cdk #26726).
 */
export function addInstances(scope: Construct, props: GlobalDatabaseProps, cluster: CfnDBCluster): void {
  const count = props.member.headless === true ? 0 : (props.instances ?? 2);
  if (count === 0) return;
  const monitoringRoleArn = addMonitoringRole(scope).roleArn;
  const dbParameterGroupName = addInstanceParameters(scope, props)?.ref;
  for (let number = 1; number <= count; number += 1) {
    const instance = new CfnDBInstance(scope, `Instance${number}`, {
      dbInstanceIdentifier: `${props.clusterIdentifier}-${number}`,
      dbClusterIdentifier: cluster.ref,
      dbInstanceClass: props.instanceClass,
      engine: engineOf(props).name,
      dbParameterGroupName,
      publiclyAccessible: false,
      autoMinorVersionUpgrade: false,
      promotionTier: 1,
      copyTagsToSnapshot: true,
      enablePerformanceInsights: true,
      performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: insightsDays(props),
      monitoringInterval: MONITORING_SECONDS,
      monitoringRoleArn,
    });
    instance.applyRemovalPolicy(KEEP_ONCE_BORN);
  }
}

/** How long Performance Insights are kept; Database Insights in advanced mode takes 465 days and no fewer. */
export const insightsDays = ({ insights }: GlobalDatabaseOptions): number =>
  insights === 'advanced' ? 465 : 7;

function addInstanceParameters(
  scope: Construct,
  options: GlobalDatabaseOptions,
): CfnDBParameterGroup | undefined {
  if (options.instanceParameters === undefined) return undefined;
  const group = new CfnDBParameterGroup(scope, 'InstanceParameters', {
    description: 'Parameters of the instances',
    family: engineOf(options).familyOf(options.engineVersion),
    parameters: options.instanceParameters,
  });
  group.applyRemovalPolicy(KEEP_ONCE_BORN);
  return group;
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
