import { isIPv4, isIPv6 } from 'node:net';
import { isObject, own, textOf } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf, numberOf } from '../values';

/** One opening of a group: who, by which protocol, to which ports. */
export interface Opening {
  readonly direction: 'ingress' | 'egress';
  readonly peer: string;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

const PEERS = [
  ...['CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'SourceSecurityGroupName', 'SourcePrefixListId'],
  ...['DestinationSecurityGroupId', 'DestinationPrefixListId'],
];

/** The openings of a security group, or of a rule of one; `undefined` for what is made at deploy. */
export function openingsOf(type: string, resource: Json | undefined): readonly Opening[] | undefined {
  const properties = own(resource, 'Properties');
  if (type === 'AWS::EC2::SecurityGroupIngress') return all([properties], 'ingress');
  if (type === 'AWS::EC2::SecurityGroupEgress') return all([properties], 'egress');
  const ingress = all(listOf(own(properties, 'SecurityGroupIngress')), 'ingress');
  const egress = all(listOf(own(properties, 'SecurityGroupEgress')), 'egress');
  if (ingress === undefined || egress === undefined) return undefined;
  const silent = isObject(resource) && own(properties, 'SecurityGroupEgress') === undefined;
  return [...ingress, ...egress, ...(silent ? [EVERYWHERE] : [])];
}

/** Where a group that says nothing of it lets its members go (Amazon VPC, default outbound rule). */
const EVERYWHERE: Opening = {
  ...{ direction: 'egress', peer: '"0.0.0.0/0"', protocol: '-1', from: 0, to: 65535 },
};
/** Protocols that may stand as numbers (IANA). */
const NUMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries({ 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' }),
);

function all(
  rules: readonly (Json | undefined)[],
  direction: Opening['direction'],
): readonly Opening[] | undefined {
  const openings: Opening[] = [];
  for (const rule of rules) {
    if (rule === undefined) continue;
    if (!isObject(rule)) return undefined;
    const peers = PEERS.filter(name => own(rule, name) !== undefined);
    if (peers.length === 0 && Object.keys(rule).some(key => key.startsWith('Fn::'))) return undefined;
    const written = textOf(own(rule, 'IpProtocol') ?? '-1').toLowerCase();
    const protocol = NUMBERS.get(written) ?? written;
    const everything = protocol === '-1' || protocol === 'all';
    const port = (name: string, otherwise: number) => (everything ? otherwise : numberOf(own(rule, name)));
    const [from, to] = [port('FromPort', 0), port('ToPort', 65535)];
    for (const name of peers) {
      const peer = canonical(own(rule, name));
      openings.push({ direction, peer, protocol: everything ? '-1' : protocol, from, to });
    }
  }
  return openings;
}

/** Whether one opening lies within another. */
export function within(inner: Opening, outer: Opening): boolean {
  if (inner.direction !== outer.direction) return false;
  if (outer.protocol !== '-1' && outer.protocol !== inner.protocol) return false;
  const ports =
    outer.protocol === '-1' ||
    (inner.from >= outer.from && inner.to <= outer.to) ||
    sameUnknown(inner, outer);
  return ports && peerWithin(inner.peer, outer.peer);
}

/** Ports of ICMP and those known at deploy only compare as what they are. */
const sameUnknown = (inner: Opening, outer: Opening): boolean =>
  Object.is(inner.from, outer.from) && Object.is(inner.to, outer.to) && !Number.isNaN(inner.from);

/** Whether one peer, as the canonical text of its value, lies within another. */
export function peerWithin(inner: string, outer: string): boolean {
  if (inner === outer) return true;
  const [small, large] = [rangeOf(inner), rangeOf(outer)];
  if (small === undefined || large === undefined) return false;
  return small.startsWith(large);
}

/** From how many bits on a range is one of somebody: shorter prefixes are the world, or much of it. */
const SOMEBODY = 8;

/** Whether a peer is everybody, or so many that nobody knows them. */
export function isWorld(peer: string): boolean {
  const range = rangeOf(peer);
  return range !== undefined && range.length - 1 < SOMEBODY;
}

/** The prefix of a range as bits, behind its version; `undefined` for what is no range. */
function rangeOf(peer: string): string | undefined {
  const [, address = '', length = ''] = /^"([0-9a-fA-F.:]+)\/(\d{1,3})"$/.exec(peer) ?? [];
  if (isIPv4(address)) {
    const bits = address.split('.').map(part => Number(part).toString(2).padStart(8, '0'));
    return `4${bits.join('').slice(0, Number(length))}`;
  }
  if (!isIPv6(address) || address.includes('.')) return undefined;
  const [head = [], tail = []] = address.split('::').map(half => half.split(':').filter(part => part !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const bits = [...head, ...zeros, ...tail].map(part =>
    Number.parseInt(part, 16).toString(2).padStart(16, '0'),
  );
  return `6${bits.join('').slice(0, Number(length))}`;
}

/** The group that a rule of its own belongs to. */
export const groupOf = (change: ResourceChange, resource: Json | undefined): string =>
  change.type === 'AWS::EC2::SecurityGroup' ? change.resource : canonical(at(resource, 'Properties.GroupId'));
