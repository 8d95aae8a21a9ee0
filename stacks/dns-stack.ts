import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AliasTarget } from '../constructs/traffic/alias-target';
import { FailoverDns } from '../constructs/traffic/failover-dns';
import { HomesDns } from '../constructs/traffic/routing-homes';
import { hostOf, seedRegion, standbyRegions } from '../regions';
import { type HomeContext, type RegionStackProps, stackPropsOf } from './region-context';

/** What the records of a Region point at. */
export interface DnsStackProps extends RegionStackProps {
  readonly service: AliasTarget;
  /** Gate of each home. */
  readonly gates: readonly {
    readonly context: HomeContext;
    readonly gate: { readonly aliasTarget: AliasTarget };
  }[];
}

/** A Region's records and checks: written once, protected, and never edited by a move. */
export class DnsStack extends Stack {
  constructor(scope: Construct, id: string, props: DnsStackProps) {
    super(scope, id, stackPropsOf(props.context, 'dns', 'records and checks of the failover chain'));
    const { topology, region } = props.context;
    const common = {
      region: region.name,
      hostedZoneId: topology.dns.hostedZoneId,
      host: hostOf(topology),
      service: props.service,
      checkIntervalSeconds: topology.recovery.checkIntervalSeconds,
      checkFailures: topology.recovery.checkFailures,
    };
    const homes = props.gates.flatMap(({ context, gate }) => {
      const { home } = context.topology;
      const chain = chainOf(context.topology);
      return home === undefined ? [] : [{ name: home, chain, gate: gate.aliasTarget }];
    });
    if (homes.length > 0) new HomesDns(this, 'Dns', { ...common, homes });
    for (const { context, gate } of props.gates.filter(each => each.context.topology.home === undefined)) {
      new FailoverDns(this, 'Dns', { ...common, chain: chainOf(context.topology), gate: gate.aliasTarget });
    }
  }
}

/** The Regions in the order in which traffic prefers them. */
const chainOf = (topology: HomeContext['topology']): string[] =>
  [seedRegion(topology), ...standbyRegions(topology)].map(({ name }) => name);
