import { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { gateHost, regionHost } from '../../lib/naming';
import { assertRules } from '../validation';
import type { AliasTarget } from './alias-target';
import { declareAlias, declareChainRecords } from './failover-records';
import { failoverRules } from './failover-rules';
import { turnSeconds } from './failover-time';
import { declareTurn, type GateCheckOptions } from './gate-checks';
import {
  declareControlTurn,
  grantRoutingControls,
  keepRoutingControls,
  type RoutingControlTurn,
} from './routing-control-turn';

/** Records of one Region in the failover chain. */
export interface FailoverDnsProps extends GateCheckOptions {
  /** Region whose records these are, such as `us-west-2`. */
  readonly region: string;
  /**
   * Two to five Regions in the order in which traffic prefers them, the seed first. The order never changes; a Region
   * may be added at the end.
   */
  readonly chain: readonly string[];
  /** Id of the public hosted zone, which exists beforehand and is never looked up. */
  readonly hostedZoneId: string;
  /** Name of the service for its clients: `orders.example.com`. Records keep it for life. */
  readonly host: string;
  /** Load balancer of the Region. */
  readonly service: AliasTarget;
  /** Gate of the Region. */
  readonly gate: AliasTarget;
  /**
   * Routing controls of Application Recovery Controller that turn the records in the gates' place. Gates go on saying
   * what the register says; whoever activates a Region also turns its control on.
   * @default - the gates turn the records, and so the register alone does
   */
  readonly turn?: RoutingControlTurn;
  /**
   * Longest time from the word of the register (or of a control) until clients have the new answer: checks, the 60 s
   * of an alias, and `clientDnsCache`.
   * @default - not held to a limit here; a topology's recovery budget does it for the blueprint
   */
  readonly turnWithin?: Duration;
  /**
   * How long clients keep an answer beyond its TTL, counted by `turnWithin`.
   * @default Duration.seconds(10)
   */
  readonly clientDnsCache?: Duration;
}

/**
 * One Region's part of the failover chain, written once and never edited: the register turns the gates, the gates
 * turn the checks, and Route 53 turns the answers in its data plane alone (law 2).
 *
 * A record of the chain is healthy when its own gate says active and no gate further down the chain does, so two
 * Regions that both believe themselves active send nobody back. The last record has no check: with nothing healthy
 * Route 53 answers as if all were, and then the last in the chain must not depend on that. Chains of more than two
 * Regions use nested names (docs/dns.md). Records are aliases; AWS fixes their TTL at 60 s, so none is offered.
 */
export class FailoverDns extends Construct {
  /** Name that clients use. */
  readonly host: string;
  /** Name of this Region alone, for probes and people. */
  readonly regionHost: string;
  /** Name of this Region's gate. */
  readonly gateHost: string;
  /** Record by which the chain reaches this Region. */
  readonly serviceRecord: route53.CfnRecordSet;
  /** Check of this Region's record; undefined for the last in the chain. */
  readonly healthCheck?: route53.CfnHealthCheck;
  /** Longest time from the word of the register until clients have the new answer. */
  readonly turnTime: Duration;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FailoverDnsProps,
  ) {
    super(scope, id);
    assertRules(`FailoverDns ${this.node.path}`, failoverRules(props));
    const { region, chain, host, hostedZoneId } = props;
    this.host = host;
    this.regionHost = regionHost(region, host);
    this.gateHost = gateHost(region, host);
    this.turnTime = Duration.seconds(turnSeconds(props));
    if (region !== chain.at(-1)) this.healthCheck = this.declareCheck();
    const healthCheckId = this.healthCheck?.attrHealthCheckId;
    this.serviceRecord = declareChainRecords(this, { ...props, healthCheckId });
    declareAlias(this, 'Region', hostedZoneId, this.regionHost, props.service);
    declareAlias(this, 'Gate', hostedZoneId, this.gateHost, props.gate);
    if (props.turn !== undefined) keepRoutingControls(this, props.turn);
  }

  /**
   * Lets `grantee` read and turn the routing controls.
   *
   * @throws HoldfastError `refused` where the gates turn the records: then the register does, by its own grant
   */
  grantTurn(grantee: iam.IGrantable): iam.Grant {
    return grantRoutingControls(this.node.path, grantee, this.props.turn);
  }

  private declareCheck(): route53.CfnHealthCheck {
    const { turn } = this.props;
    return turn === undefined ? declareTurn(this, this.props) : declareControlTurn(this, this.props, turn);
  }
}
