import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AliasTarget } from '../constructs/traffic/alias-target';
import { FailoverDns } from '../constructs/traffic/failover-dns';
import { seedRegion, standbyRegions } from '../regions';
import { hostOfContext, type RegionStackProps, stackPropsOf } from './region-context';

/** What the records of a Region point at. */
export interface DnsStackProps extends RegionStackProps {
  readonly service: AliasTarget;
  readonly gate: AliasTarget;
}

/** A Region's records and checks: written once, protected, and never edited by a move. */
export class DnsStack extends Stack {
  constructor(scope: Construct, id: string, props: DnsStackProps) {
    super(scope, id, stackPropsOf(props.context, 'dns', 'records and checks of the failover chain'));
    const { topology, region } = props.context;
    new FailoverDns(this, 'Dns', {
      region: region.name,
      chain: [seedRegion(topology), ...standbyRegions(topology)].map(({ name }) => name),
      hostedZoneId: topology.dns.hostedZoneId,
      host: hostOfContext(props.context),
      service: props.service,
      gate: props.gate,
      checkIntervalSeconds: topology.recovery.checkIntervalSeconds,
      checkFailures: topology.recovery.checkFailures,
    });
  }
}
