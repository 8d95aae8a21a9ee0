import { type Judged, under } from '../../classify/rule';
import { own, textOf } from '../../compare/values';
import type { ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { hasSecret, holdsAt, named, terraformDanger } from '../tf-values';
import { listOf } from '../values';
import { isWorld, type Opening, within } from './network-rules';
import { tfDoors } from './tf-network-doors';
import { tfOpenings } from './tf-openings';

const RULES = new Set([
  ...['aws_security_group_rule', 'aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'],
]);
const GROUPS = new Set(['aws_security_group', 'aws_default_security_group']);
const PUBLIC = new Set([
  ...['publicly_accessible', 'map_public_ip_on_launch', 'associate_public_ip_address'],
  ...['endpoint_public_access', 'assign_public_ip', 'allow_unauthenticated_identities'],
]);
const BLOCKS = new Set([
  ...[
    'block_public_acls',
    'block_public_policy',
    'ignore_public_acls',
    'restrict_public_buckets',
    'internal',
  ],
]);
const LISTS = ['vpc_security_group_ids', 'security_group_ids', 'security_groups'];
const ACCESS = new Set(['authorization_type', 'acl']);
const OPEN = ['NONE', 'public-read', 'public-read-write', 'authenticated-read'];

/** Whoever could not reach it now can. */
export const tfNetworkOpened = terraformDanger({
  id: 'tf-network-opened',
  title: 'something can be reached by more than before, in a Terraform plan',
  why: 'an opening is wider than before, or new',
  fix: 'narrow it to the peers and ports that are needed, or have the change approved',
  source: 'aws/aws-cdk-cli#1871; Amazon VPC, security group rules',
  judge: change => {
    if (change.action === 'delete') return tfDoors(change);
    if (['forget', 'import', 'move', 'read'].includes(change.action)) return undefined;
    if (RULES.has(change.type) || GROUPS.has(change.type)) return ofRules(change);
    return [...ofSwitches(change), ...tfDoors(change), ...joined(change)];
  },
});

function ofRules(change: ResourceChange): Judged[] {
  const isGroup = GROUPS.has(change.type);
  const isNew = change.action === 'create';
  const differing = isGroup
    ? [...under(change, 'ingress'), ...under(change, 'egress')]
    : change.differences.filter(
        ({ path }) => !/^(?:id|arn|description|tags(?:_all)?|security_group_rule_id)\b/.test(path),
      );
  if (!isNew && differing.length === 0) return [];
  const paths = isNew ? {} : { paths: differing.map(({ path }) => path) };
  const [before, after] = [tfOpenings(change.type, change.before), tfOpenings(change.type, change.after)];
  if (before === undefined || after === undefined)
    return [{ holds: 'perhaps', ...paths, why: 'what it opens is decided at apply' }];
  const group = (value: ResourceChange['after']) => canonical(own(value, 'security_group_id'));
  const moved = !isGroup && group(change.before) !== group(change.after);
  const added = after.filter(opening => moved || !before.some(each => within(opening, each)));
  const told = isNew && isGroup ? added.filter(isDoor) : added;
  if (told.length === 0) return [];
  if (hasSecret(change, ['ingress', 'egress', 'cidr_blocks', 'cidr_ipv4', 'cidr_ipv6']))
    return [{ holds: 'yes', ...paths }];
  return [{ holds: 'yes', ...paths, why: `it opens ${told.map(opens).sort().join('; ')}` }];
}

const isDoor = ({ direction, peer }: Opening): boolean => direction === 'ingress' && isWorld(peer);

function opens({ direction, peer, protocol, from, to }: Opening): string {
  const ports = protocol === '-1' ? 'all ports' : `${protocol}/${from === to ? from : `${from}-${to}`}`;
  return `${ports} ${direction === 'ingress' ? 'from' : 'to'} ${peer.replaceAll('"', '')}`;
}

function ofSwitches(change: ResourceChange): readonly Judged[] {
  if (change.action === 'create') {
    const open =
      own(change.after, 'publicly_accessible') === true || OPEN.includes(textOf(own(change.after, 'acl')));
    const url =
      change.type === 'aws_lambda_function_url' && own(change.after, 'authorization_type') === 'NONE';
    return open || url ? [{ holds: 'yes', why: 'it is new and lets in everybody' }] : [];
  }
  return [
    ...holdsAt(named(change, PUBLIC).filter(({ after }) => after === true)),
    ...holdsAt(named(change, BLOCKS).filter(({ before, after }) => before === true && after !== true)),
    ...holdsAt(named(change, ACCESS).filter(({ after }) => OPEN.includes(textOf(after)))),
  ];
}

/** Security groups add up; whom another one lets in does not stand in the plan of what joins it. */
function joined(change: ResourceChange): Judged[] {
  if (change.action === 'create' || change.type === 'aws_lambda_function') return [];
  return LISTS.flatMap((list): Judged[] => {
    const paths = under(change, list).map(({ path }) => path);
    const before = listOf(own(change.before, list)).map(canonical);
    const gained = listOf(own(change.after, list)).some(each => !before.includes(canonical(each)));
    const why = 'it joins another security group, and whom that lets in cannot be told';
    return gained && paths.length > 0 ? [{ holds: 'perhaps', paths, why }] : [];
  });
}
