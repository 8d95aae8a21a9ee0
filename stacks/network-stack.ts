import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RegionNetwork } from '../constructs/network/region-network';
import { type RegionStackProps, stackPropsOf } from './region-context';

/** The network of a Region, zone by zone id. */
export class NetworkStack extends Stack {
  readonly network: RegionNetwork;

  constructor(scope: Construct, id: string, props: RegionStackProps) {
    super(scope, id, stackPropsOf(props.context, 'network', 'network'));
    const { region } = props.context;
    this.network = new RegionNetwork(this, 'Network', { cidr: region.cidr, zoneIds: region.zones });
  }
}
