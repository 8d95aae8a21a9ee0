import type { Judged, RuleContext } from '../../classify/rule';
import { referencesOf } from '../../compare/references';
import { isObject, own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { listOf } from '../values';
import { isWorld, peerWithin } from './network-rules';

type Door = (change: ResourceChange, context: RuleContext) => string | undefined;

/** What lets in, or keeps out, beside security groups: why more get in than before, by type. */
const DOORS: ReadonlyMap<string, Door> = new Map(
  Object.entries({
    'AWS::EC2::NetworkAclEntry': accessList,
    'AWS::EC2::Route': route,
    'AWS::EC2::PrefixList': change => ranges(change, 'Properties.Entries', 'Cidr', []),
    'AWS::EKS::Cluster': change =>
      ranges(change, 'Properties.ResourcesVpcConfig.PublicAccessCidrs', undefined, ['"0.0.0.0/0"']),
    'AWS::WAFv2::WebACLAssociation': ({ action }) =>
      action === 'delete' || action === 'forget' ? 'the firewall before it goes' : undefined,
    'AWS::WAFv2::WebACL': firewall,
  } satisfies Record<string, Door>),
);

/** Doors that stand wider than before. */
export function ofDoor(change: ResourceChange, context: RuleContext): Judged[] {
  const why = DOORS.get(change.type)?.(change, context);
  if (why === undefined) return [];
  const paths = change.differences.map(({ path }) => path);
  return [{ holds: 'yes', why, ...(paths.length === 0 ? {} : { paths }) }];
}

function accessList(change: ResourceChange): string | undefined {
  const [was, is] = [change.before, change.after].map(each => at(each, 'Properties.RuleAction'));
  if (was === 'deny') return 'an entry of the access list that refuses changes or goes';
  return is === 'allow' ? 'an entry of the access list allows, and is new or other than before' : undefined;
}

/** A way from the internet into subnets that stood before. */
function route({ after }: ResourceChange, { neighbours }: RuleContext): string | undefined {
  const [gateway, table] = ['GatewayId', 'RouteTableId'].map(name => at(after, `Properties.${name}`));
  const isPublic = gateway !== undefined && !(typeof gateway === 'string' && !gateway.startsWith('igw-'));
  const far = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'].some(name =>
    isWorld(canonical(at(after, `Properties.${name}`))),
  );
  const isNew = referencesOf(table).some(({ target }) =>
    neighbours.some(each => each.action === 'create' && each.resource === target),
  );
  return isPublic && far && !isNew
    ? 'subnets that stood before get a way from and to the internet'
    : undefined;
}

function ranges(
  change: ResourceChange,
  path: string,
  field: string | undefined,
  otherwise: readonly string[],
): string | undefined {
  if (change.before === undefined || change.after === undefined) return undefined;
  const rangesAt = (resource: Json | undefined) => {
    const list = at(resource, path);
    return list === undefined
      ? otherwise
      : listOf(list).map(each => canonical(field === undefined ? each : own(each, field)));
  };
  const before = rangesAt(change.before);
  const gained = rangesAt(change.after).filter(each => !before.some(outer => peerWithin(each, outer)));
  return gained.length === 0 ? undefined : `it lets in ${gained.join(', ').replaceAll('"', '')}`;
}

function firewall({ action, before, after }: ResourceChange): string | undefined {
  if (action === 'create' || before === undefined || after === undefined) return undefined;
  const lets = (acl: Json) => at(acl, 'Properties.DefaultAction.Allow') !== undefined;
  if (lets(after) && !lets(before)) return 'what no rule names is let through from now on';
  const blocking = (acl: Json) =>
    listOf(at(acl, 'Properties.Rules'))
      .filter(blocks)
      .map(each => canonical(own(each, 'Name')));
  const kept = blocking(after);
  const lost = blocking(before).filter(each => !kept.includes(each));
  return lost.length === 0 ? undefined : `rules that stopped requests do so no more: ${lost.join(', ')}`;
}

/** Whether a rule of a firewall stops anything; a group of rules does unless it is told to count. */
function blocks(rule: Json): boolean {
  const [direct, group] = [own(rule, 'Action'), own(rule, 'OverrideAction')];
  const stops = ['Block', 'Captcha', 'Challenge'].some(name => own(direct, name) !== undefined);
  return stops || (isObject(group) && own(group, 'Count') === undefined);
}
