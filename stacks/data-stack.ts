import { Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { AnalyticsTable } from '../constructs/async/analytics-table';
import { CacheTier } from '../constructs/data/cache-tier';
import { GlobalDatabase } from '../constructs/data/global-database';
import type { GlobalDatabaseMember, RecoveryPointBasis } from '../constructs/data/global-database-props';
import type { RegionNetwork } from '../constructs/network/region-network';
import {
  cacheIdentifier,
  cacheUserName,
  clusterIdentifier,
  globalClusterIdentifier,
  reportsDatabaseName,
} from '../lib/naming';
import { ORDER_COLUMNS } from '../lib/service/changes/analytics-orders';
import { type RegionContext, type RegionStackProps, stackPropsOf } from './region-context';

/** What the data of a Region stands on. */
export interface DataStackProps extends RegionStackProps {
  readonly network: RegionNetwork;
  readonly dataKey: IKey;
}

/** Database member, cache and rows of reports of a Region: apart from everything that changes often. */
export class DataStack extends Stack {
  readonly database: GlobalDatabase;
  readonly cache: CacheTier;
  /** What this Region's workers write of every change while it is active; reports ask it and never the database. */
  readonly reports: AnalyticsTable;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, stackPropsOf(props.context, 'data', 'database member, cache and rows of reports'));
    const { topology, region } = props.context;
    const { application, database, cache } = topology;
    const { vpc, isolatedSubnets } = props.network;
    this.database = new GlobalDatabase(this, 'Database', {
      member: memberOf(props.context),
      globalClusterIdentifier: globalClusterIdentifier(application),
      clusterIdentifier: clusterIdentifier(application, region.name),
      engineVersion: database.engineVersion,
      instanceClass: database.instanceClass,
      instances: database.instancesPerRegion,
      recoveryPoint: recoveryPointOf(props.context),
      vpc,
      vpcSubnets: isolatedSubnets,
      encryptionKey: props.dataKey,
    });
    this.cache = new CacheTier(this, 'Cache', {
      replicationGroupId: cacheIdentifier(application, region.name),
      userName: cacheUserName(application),
      keyPrefix: `${application}:`,
      nodeType: cache.nodeType,
      nodes: cache.nodesPerRegion,
      vpc,
      vpcSubnets: isolatedSubnets,
      encryptionKey: props.dataKey,
    });
    this.reports = new AnalyticsTable(this, 'Reports', {
      tableName: 'orders',
      databaseName: reportsDatabaseName(application),
      columns: ORDER_COLUMNS,
      encryptionKey: props.dataKey,
    });
  }
}

function memberOf({ topology, region }: RegionContext): GlobalDatabaseMember {
  return region.seed ? { kind: 'seed', databaseName: topology.database.databaseName } : { kind: 'secondary' };
}

function recoveryPointOf({ topology }: RegionContext): RecoveryPointBasis {
  return topology.database.rpoBasis === 'bounded'
    ? { kind: 'bounded', bound: Duration.seconds(topology.objectives.rpoSeconds) }
    : { kind: 'alarmed' };
}
