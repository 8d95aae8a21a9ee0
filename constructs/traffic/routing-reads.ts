import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { readHost, regionHost } from '../../lib/naming';
import { assertRules, matching } from '../validation';
import type { AliasTarget } from './alias-target';
import { declareAlias } from './failover-records';
import { hostedZoneRule, hostRules, regionRule } from './failover-rules';
import { HOST_FIX, HOST_FORM } from './host-form';
import { declareSignal, type RoutingSignal } from './routing-signal';
import { signalRules } from './routing-signal-rules';

/** One Region's record for reads. */
export interface LatencyReadsProps {
  /** Region whose record this is. */
  readonly region: string;
  /** Id of the public hosted zone. */
  readonly hostedZoneId: string;
  /** Name of the service, from which the Region's own name and the name for reads derive. */
  readonly host: string;
  /**
   * Name for reads. The certificate of every Region's load balancer must hold it.
   * @default - `read.` before the service's name: `read.orders.example.com`
   */
  readonly readHost?: string;
  /** Load balancer of the Region. */
  readonly service: AliasTarget;
  /** What says that this Region serves reads. */
  readonly signal: RoutingSignal;
}

/**
 * Reads from the nearest Region that serves: one latency record a Region under a name of its own, apart from the
 * failover chain, which alone carries writes. This name turns on health with nobody deciding, as is safe for reads
 * only: a standby refuses writes under any name. With no Region healthy Route 53 answers with the nearest.
 */
export class LatencyReads extends Construct {
  /** Name that clients read from. */
  readonly readHost: string;
  readonly record: route53.CfnRecordSet;
  readonly healthCheck: route53.CfnHealthCheck;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: LatencyReadsProps) {
    super(scope, id);
    const { region, host, hostedZoneId } = props;
    this.readHost = props.readHost ?? readHost(host);
    assertRules(`LatencyReads ${this.node.path}`, [
      regionRule('region', region),
      hostedZoneRule(hostedZoneId),
      ...hostRules(host),
      matching('readHost', this.readHost, HOST_FORM, HOST_FIX),
      this.readHost === host && {
        path: 'readHost',
        received: host,
        message: 'the name of the failover chain cannot carry latency records too',
        fix: 'use a name of its own',
      },
      ...signalRules('signal', props.signal),
    ]);
    this.healthCheck = declareSignal(this, 'Serving', props.signal, regionHost(region, host));
    this.record = declareAlias(this, 'Read', hostedZoneId, this.readHost, props.service, {
      setIdentifier: region,
      region,
      healthCheckId: this.healthCheck.attrHealthCheckId,
    });
  }
}
