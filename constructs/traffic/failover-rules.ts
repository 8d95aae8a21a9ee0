import { Token } from 'aws-cdk-lib';
import { chainHost, gateHost, regionHost } from '../../lib/naming';
import { matching, type Rule, wholeNumber } from '../validation';
import type { FailoverDnsProps } from './failover-dns';
import { turnSeconds } from './failover-time';
import type { GateCheckOptions } from './gate-checks';
import { HOST_FIX, HOST_FORM } from './host-form';
import { routingControlRules } from './routing-control-rules';

const REGION_FORM = /^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/;
/** Regions of a chain at most: the truth table is tested that far. */
const MOST_REGIONS = 5;

/** Everything that a Region's part of the chain must satisfy. */
export function failoverRules(props: FailoverDnsProps): Rule[] {
  const { region, chain, host, turn } = props;
  return [
    ...chainRules(region, chain),
    hostedZoneRule(props.hostedZoneId),
    ...hostRules(host),
    matching('host (its Region name)', regionHost(region, host), HOST_FORM, HOST_FIX),
    matching('host (its gate name)', gateHost(region, host), HOST_FORM, HOST_FIX),
    chain.length > 2 &&
      matching('host (its chain name)', chainHost(chain.length - 2, host), HOST_FORM, HOST_FIX),
    ...checkRules(props),
    ...(turn === undefined ? [] : routingControlRules(turn, chain)),
    turnTimeRule(props),
  ];
}

/** A hosted zone is named by its id. */
export function hostedZoneRule(hostedZoneId: string): Rule {
  const fix = 'use the id of the zone, such as Z0123456789ABCDEFGHIJ';
  return matching('hostedZoneId', hostedZoneId, /^Z[A-Z0-9]{1,31}$/, fix);
}

/** A name that is text and of the right form. */
export function hostRules(host: string): Rule[] {
  return [
    Token.isUnresolved(host) && {
      path: 'host',
      received: 'a token',
      message: 'names in DNS are fixed for life',
      fix: 'pass the name as text, such as orders.example.com',
    },
    matching('host', host, HOST_FORM, HOST_FIX),
  ];
}

/** A Region code, as text. */
export function regionRule(path: string, region: string): Rule {
  return matching(path, region, REGION_FORM, 'use a Region code such as us-west-2, as text');
}

/** The numbers that Route 53 takes for the check of an endpoint. */
export function checkRules(options: GateCheckOptions, at = ''): Rule[] {
  return [
    options.checkIntervalSeconds !== undefined &&
      ![10, 30].includes(options.checkIntervalSeconds) && {
        path: `${at}checkIntervalSeconds`,
        received: options.checkIntervalSeconds,
        message: 'Route 53 has no such interval',
        fix: 'use 10 or 30',
      },
    wholeNumber(`${at}checkFailures`, options.checkFailures ?? 2, 1, 10),
  ];
}

function turnTimeRule(props: FailoverDnsProps): Rule {
  const limit = props.turnWithin?.toSeconds();
  const needed = turnSeconds(props);
  if (limit === undefined || needed <= limit) return undefined;
  return {
    path: 'turnWithin',
    received: `${limit} s`,
    message: `a turn takes ${needed} s: checks, the 60 s of an alias and the clients' caches`,
    fix: 'shorten checkIntervalSeconds, checkFailures or clientDnsCache, or promise a longer time',
  };
}

function chainRules(region: string, chain: readonly string[]): Rule[] {
  return [
    ...chain.map((name, index) => regionRule(`chain[${index}]`, name)),
    chain.length < 2 && {
      path: 'chain',
      received: chain,
      message: 'a chain needs a Region to turn to',
      fix: 'name two to five Regions, the seed first',
    },
    chain.length > MOST_REGIONS && {
      path: 'chain',
      received: chain,
      message: `a failover chain holds ${MOST_REGIONS} Regions at most`,
      fix: `keep ${MOST_REGIONS} Regions, the seed first`,
    },
    new Set(chain).size !== chain.length && {
      path: 'chain',
      received: chain,
      message: 'a Region is named twice',
      fix: 'name each Region once',
    },
    !chain.includes(region) && {
      path: 'region',
      received: region,
      message: 'not in the chain',
      fix: `use one of ${chain.join(', ')}`,
    },
  ];
}
