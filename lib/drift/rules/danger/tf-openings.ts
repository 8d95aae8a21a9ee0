import { own, textOf } from '../../compare/values';
import type { Json } from '../../model';
import { canonical } from '../../paths';
import { UNKNOWN } from '../../terraform/unknown';
import { listOf, numberOf } from '../values';
import type { Opening } from './network-rules';

type Direction = Opening['direction'];

const PEERS = [
  ...['cidr_blocks', 'ipv6_cidr_blocks', 'security_groups', 'prefix_list_ids', 'self'],
  ...['cidr_ipv4', 'cidr_ipv6', 'referenced_security_group_id', 'prefix_list_id', 'source_security_group_id'],
];

/** The openings of a group, or of a rule of one; `undefined` where they are decided at apply. */
export function tfOpenings(type: string, resource: Json | undefined): readonly Opening[] | undefined {
  if (resource === undefined) return [];
  if (type === 'aws_security_group' || type === 'aws_default_security_group') {
    const [ingress, egress] = [
      all(listOf(own(resource, 'ingress')), 'ingress'),
      all(listOf(own(resource, 'egress')), 'egress'),
    ];
    return ingress === undefined || egress === undefined ? undefined : [...ingress, ...egress];
  }
  const egress = type === 'aws_vpc_security_group_egress_rule' || own(resource, 'type') === 'egress';
  return all([resource], egress ? 'egress' : 'ingress');
}

function all(rules: readonly Json[], direction: Direction): readonly Opening[] | undefined {
  const openings: Opening[] = [];
  for (const rule of rules) {
    const relevant = [...PEERS, 'protocol', 'ip_protocol', 'from_port', 'to_port'].map(name =>
      own(rule, name),
    );
    if (rule === UNKNOWN || relevant.some(value => JSON.stringify(value ?? null).includes(UNKNOWN)))
      return undefined;
    const word = textOf(own(rule, 'protocol') ?? own(rule, 'ip_protocol') ?? '-1').toLowerCase();
    const everything = word === '-1' || word === 'all';
    const port = (name: string, otherwise: number) =>
      everything ? otherwise : numberOf(own(rule, name) ?? otherwise);
    const ports = { from: port('from_port', 0), to: port('to_port', 65535) };
    for (const name of PEERS) {
      const value = own(rule, name);
      const peers = name === 'self' ? (value === true ? ['self'] : []) : listOf(value);
      for (const peer of peers.filter(each => each !== ''))
        openings.push({ direction, peer: canonical(peer), protocol: everything ? '-1' : word, ...ports });
    }
  }
  return openings;
}
