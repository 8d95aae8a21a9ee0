import { RemovalPolicy } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { gateHost, regionHost } from '../../lib/naming';
import { assertRules } from '../validation';
import type { AliasTarget } from './alias-target';
import { failoverRules } from './failover-rules';
import { declareTurn, type GateCheckOptions } from './gate-checks';

/** Records of one Region in the failover chain. */
export interface FailoverDnsProps extends GateCheckOptions {
  /** Region whose records these are, such as `us-west-2`. */
  readonly region: string;
  /** Regions in the order in which traffic prefers them, the seed first; it never changes. Two for now. */
  readonly chain: readonly string[];
  /** Id of the public hosted zone, which exists beforehand and is never looked up. */
  readonly hostedZoneId: string;
  /** Name of the service for its clients: `orders.example.com`. Records keep it for life. */
  readonly host: string;
  /** Load balancer of the Region. */
  readonly service: AliasTarget;
  /** Gate of the Region. */
  readonly gate: AliasTarget;
}

/**
 * One Region's part of the failover chain, written once and never edited: the register turns the gates, the gates
 * turn the checks, and Route 53 turns the answers in its data plane alone (law 2).
 *
 * A record of the chain is healthy when its own gate says active and no other gate does, so two Regions that both
 * believe themselves active send nobody back. The last record has no check: with nothing healthy Route 53 answers
 * as if all were, and then the last in the chain must not depend on that. Records are aliases; AWS fixes their TTL
 * at 60 s, so none is offered.
 */
export class FailoverDns extends Construct {
  /** Name that clients use. */
  readonly host: string;
  /** Name of this Region alone, for probes and people. */
  readonly regionHost: string;
  /** Name of this Region's gate. */
  readonly gateHost: string;
  /** Record of the chain. */
  readonly serviceRecord: route53.CfnRecordSet;
  /** Check of the chain's record; undefined for the last in the chain. */
  readonly healthCheck?: route53.CfnHealthCheck;

  constructor(scope: Construct, id: string, props: FailoverDnsProps) {
    super(scope, id);
    assertRules(`FailoverDns ${this.node.path}`, failoverRules(props));
    const { region, chain, host } = props;
    this.host = host;
    this.regionHost = regionHost(region, host);
    this.gateHost = gateHost(region, host);
    if (region !== chain.at(-1)) this.healthCheck = declareTurn(this, props);
    this.serviceRecord = this.alias('Service', props.hostedZoneId, host, props.service, {
      setIdentifier: region,
      failover: region === chain[0] ? 'PRIMARY' : 'SECONDARY',
      healthCheckId: this.healthCheck?.attrHealthCheckId,
    });
    this.alias('Region', props.hostedZoneId, this.regionHost, props.service);
    this.alias('Gate', props.hostedZoneId, this.gateHost, props.gate);
  }

  /** A record that outlives its stack: names and failover roles in DNS are fixed for life. */
  private alias(
    id: string,
    hostedZoneId: string,
    name: string,
    target: AliasTarget,
    failover: Partial<route53.CfnRecordSetProps> = {},
  ): route53.CfnRecordSet {
    const record = new route53.CfnRecordSet(this, id, {
      hostedZoneId,
      name,
      type: 'A',
      aliasTarget: {
        dnsName: target.dnsName,
        hostedZoneId: target.hostedZoneId,
        evaluateTargetHealth: false,
      },
      ...failover,
    });
    record.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return record;
  }
}
