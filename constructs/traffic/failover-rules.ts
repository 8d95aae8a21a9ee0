import { Token } from 'aws-cdk-lib';
import { gateHost, regionHost } from '../../lib/naming';
import { matching, type Rule, wholeNumber } from '../validation';
import type { FailoverDnsProps } from './failover-dns';
import { HOST_FIX, HOST_FORM } from './host-form';

const REGION_FORM = /^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/;

/** Everything that a Region's part of the chain must satisfy. */
export function failoverRules(props: FailoverDnsProps): Rule[] {
  const { region, chain, host } = props;
  return [
    ...chainRules(region, chain),
    matching(
      'hostedZoneId',
      props.hostedZoneId,
      /^Z[A-Z0-9]{1,31}$/,
      'use the id of the zone, such as Z0123456789ABCDEFGHIJ',
    ),
    Token.isUnresolved(host) && {
      path: 'host',
      received: 'a token',
      message: 'names in DNS are fixed for life',
      fix: 'pass the name as text, such as orders.example.com',
    },
    matching('host', host, HOST_FORM, HOST_FIX),
    matching('host (its Region name)', regionHost(region, host), HOST_FORM, HOST_FIX),
    matching('host (its gate name)', gateHost(region, host), HOST_FORM, HOST_FIX),
    props.checkIntervalSeconds !== undefined &&
      ![10, 30].includes(props.checkIntervalSeconds) && {
        path: 'checkIntervalSeconds',
        received: props.checkIntervalSeconds,
        message: 'Route 53 has no such interval',
        fix: 'use 10 or 30',
      },
    wholeNumber('checkFailures', props.checkFailures ?? 2, 1, 10),
  ];
}

function chainRules(region: string, chain: readonly string[]): Rule[] {
  return [
    ...chain.map((name, index) =>
      matching(`chain[${index}]`, name, REGION_FORM, 'use a Region code such as us-west-2, as text'),
    ),
    chain.length < 2 && {
      path: 'chain',
      received: chain,
      message: 'a chain needs a Region to turn to',
      fix: 'name two Regions, the seed first',
    },
    chain.length > 2 && {
      path: 'chain',
      received: chain,
      message: 'chains of more than two Regions are not supported yet; they need nested names',
      fix: 'name two Regions, the seed first',
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
