import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { chainHost } from '../../lib/naming';
import { KEEP_ONCE_BORN } from '../removal';
import type { AliasTarget } from './alias-target';

/** What the records of one Region in a chain need to know. */
export interface ChainRecordProps {
  readonly region: string;
  readonly chain: readonly string[];
  readonly hostedZoneId: string;
  readonly host: string;
  readonly service: AliasTarget;
  /** Check of this Region's record; undefined for the last Region. */
  readonly healthCheckId?: string;
}

/**
 * Declares a Region's records of the chain and returns the one by which the chain reaches it. The first Region is the
 * primary of the service's name. Every other Region is the secondary of the level above; unless it is the last, that
 * secondary leads to a level of its own, of which the Region is the primary and the next Region the secondary.
 */
export function declareChainRecords(scope: Construct, props: ChainRecordProps): route53.CfnRecordSet {
  const { region, chain, hostedZoneId, host, service, healthCheckId } = props;
  const position = chain.indexOf(region);
  const level = chainHost(position, host);
  const primary = { setIdentifier: region, failover: 'PRIMARY', healthCheckId };
  if (position === 0) return declareAlias(scope, 'Service', hostedZoneId, host, service, primary);
  const isLast = position === chain.length - 1;
  const above = chainHost(position - 1, host);
  const target = isLast ? service : { dnsName: level, hostedZoneId };
  const secondary = { setIdentifier: region, failover: 'SECONDARY' };
  const entry = declareAlias(scope, 'Service', hostedZoneId, above, target, secondary);
  // An alias to a name of its own zone is refused while that name does not exist.
  if (!isLast)
    entry.addResourceDependency(declareAlias(scope, 'Level', hostedZoneId, level, service, primary));
  return entry;
}

/**
 * Declares an alias record that outlives its stack: names and failover roles in DNS are fixed for life. The health of
 * the target is never evaluated, so nothing turns a record but its own check.
 */
export function declareAlias(
  scope: Construct,
  id: string,
  hostedZoneId: string,
  name: string,
  target: AliasTarget,
  routing: Partial<route53.CfnRecordSetProps> = {},
): route53.CfnRecordSet {
  const record = new route53.CfnRecordSet(scope, id, {
    hostedZoneId,
    name,
    type: 'A',
    aliasTarget: {
      dnsName: target.dnsName,
      hostedZoneId: target.hostedZoneId,
      evaluateTargetHealth: false,
    },
    ...routing,
  });
  record.applyRemovalPolicy(KEEP_ONCE_BORN);
  return record;
}
