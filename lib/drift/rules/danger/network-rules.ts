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
  return ingress === undefined || egress === undefined ? undefined : [...ingress, ...egress];
}

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
    const protocol = textOf(own(rule, 'IpProtocol') ?? '-1').toLowerCase();
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

function peerWithin(inner: string, outer: string): boolean {
  if (inner === outer) return true;
  const [small, large] = [rangeOf(inner), rangeOf(outer)];
  if (small === undefined || large === undefined || small.length < large.length) return false;
  return small.startsWith(large);
}

/** The prefix of an IPv4 range as bits; only `::/0` of IPv6, which is compared as text otherwise. */
function rangeOf(peer: string): string | undefined {
  const match = /^"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})"$/.exec(peer);
  if (match === null)
    return /^"[0-9a-f:]*:[0-9a-f:]*\/\d+"$/i.test(peer) ? (peer === '"::/0"' ? '6' : `6${peer}`) : undefined;
  const bits = match.slice(1, 5).map(part => Number(part).toString(2).padStart(8, '0'));
  return `4${bits.join('').slice(0, Number(match[5]))}`;
}

/** The group that a rule of its own belongs to. */
export const groupOf = (change: ResourceChange, resource: Json | undefined): string =>
  change.type === 'AWS::EC2::SecurityGroup' ? change.resource : canonical(at(resource, 'Properties.GroupId'));
