import { Duration, type Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { AnalyticsTable } from '../constructs/async/analytics-table';
import { GlobalDatabase } from '../constructs/data/global-database';
import type { GlobalDatabaseMember, RecoveryPointBasis } from '../constructs/data/global-database-props';
import type { RegionNetwork } from '../constructs/network/region-network';
import { clusterIdentifier, globalClusterIdentifier, homeScope, reportsDatabaseName } from '../lib/naming';
import { ORDER_COLUMNS } from '../lib/service/changes/analytics-orders';
import type { HomeContext } from './region-context';

/** What the data of a home stands on. */
export interface HomeDataProps {
  readonly context: HomeContext;
  readonly network: RegionNetwork;
  readonly dataKey: IKey;
}

/** What each home has of its own in a Region. */
export interface HomeData {
  readonly context: HomeContext;
  readonly database: GlobalDatabase;
  /** What this Region's workers write of every change while it is active; reports ask it and never the database. */
  readonly reports: AnalyticsTable;
}

/** Adds the data of a home to its stack. */
export function addHomeData(scope: Stack, props: HomeDataProps): HomeData {
  const { context, network, dataKey: encryptionKey } = props;
  const { topology, region } = context;
  const { database } = topology;
  const name = homeScope(topology.application, topology.home);
  return {
    context,
    database: new GlobalDatabase(scope, 'Database', {
      member: memberOf(context),
      globalClusterIdentifier: globalClusterIdentifier(name),
      clusterIdentifier: clusterIdentifier(name, region.name),
      engineVersion: database.engineVersion,
      instanceClass: database.instanceClass,
      instances: database.instancesPerRegion,
      recoveryPoint: recoveryPointOf(context),
      vpc: network.vpc,
      vpcSubnets: network.isolatedSubnets,
      encryptionKey,
    }),
    reports: new AnalyticsTable(scope, 'Reports', {
      tableName: 'orders',
      databaseName: reportsDatabaseName(name),
      columns: ORDER_COLUMNS,
      encryptionKey,
    }),
  };
}

function memberOf({ topology, region }: HomeContext): GlobalDatabaseMember {
  return region.seed ? { kind: 'seed', databaseName: topology.database.databaseName } : { kind: 'secondary' };
}

function recoveryPointOf({ topology }: HomeContext): RecoveryPointBasis {
  return topology.database.rpoBasis === 'bounded'
    ? { kind: 'bounded', bound: Duration.seconds(topology.objectives.rpoSeconds) }
    : { kind: 'alarmed' };
}
