import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CacheTier } from '../constructs/data/cache-tier';
import { cacheIdentifier, cacheUserName } from '../lib/naming';
import { addHomeData, type HomeData, type HomeDataProps } from './home-data';
import { homeStackProps, type RegionStackProps, stackPropsOf } from './region-context';

/** What the data of a Region stands on. */
export interface DataStackProps extends RegionStackProps, Omit<HomeDataProps, 'context'> {}

/** Database member, cache and rows of reports of a Region: apart from everything that changes often. */
export class DataStack extends Stack {
  readonly cache: CacheTier;
  /** Data of an application without homes; that of a home stands in a {@link HomeDataStack}. */
  readonly data: readonly HomeData[];

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, stackPropsOf(props.context, 'data', 'database member, cache and rows of reports'));
    const { topology, region, homes } = props.context;
    const { application, cache } = topology;
    const { vpc, isolatedSubnets } = props.network;
    this.data = homes
      .filter(home => home.topology.home === undefined)
      .map(context => addHomeData(this, { ...props, context }));
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
  }
}

/**
 * Data of one home in a Region. Homes are born in different Regions, each before its secondaries, so each has a stack of
 * its own: one for all of them could be deployed in no order.
 */
export class HomeDataStack extends Stack {
  readonly data: HomeData;

  constructor(scope: Construct, id: string, props: HomeDataProps) {
    super(scope, id, homeStackProps(props.context));
    this.data = addHomeData(this, props);
  }
}
