import type { Judged } from '../../classify/rule';
import { own } from '../../compare/values';
import type { Json, ResourceChange } from '../../model';
import { canonical } from '../../paths';
import { isEmpty } from '../tf-values';
import { listOf } from '../values';
import { isWorld, peerWithin } from './network-rules';

/** What keeps out, and goes as a whole. */
const KEPT_OUT: ReadonlyMap<string, string> = new Map([
  ['aws_s3_bucket_public_access_block', 'the block of public access goes'],
  ['aws_s3_account_public_access_block', 'the block of public access goes'],
  ['aws_wafv2_web_acl_association', 'the firewall before it goes'],
]);
/** Lists of ranges that may come in, and where the range stands in an item. */
const RANGES: ReadonlyMap<string, (resource: Json | undefined) => readonly Json[]> = new Map([
  [
    'aws_ec2_managed_prefix_list',
    (list: Json | undefined) => listOf(own(list, 'entry')).map(each => own(each, 'cidr') ?? null),
  ],
  [
    'aws_eks_cluster',
    (cluster: Json | undefined) => listOf(own(listOf(own(cluster, 'vpc_config'))[0], 'public_access_cidrs')),
  ],
]);

/** Doors beside security groups that stand wider than before. */
export function tfDoors(change: ResourceChange): Judged[] {
  const why = whyOf(change);
  if (why === undefined) return [];
  const paths = change.differences.map(({ path }) => path);
  return [{ holds: 'yes', why, ...(paths.length === 0 ? {} : { paths }) }];
}

function whyOf(change: ResourceChange): string | undefined {
  const { type, action, before, after } = change;
  if (type === 'aws_network_acl_rule') return accessList(change);
  if (action === 'delete') return KEPT_OUT.get(type);
  if (type === 'aws_ec2_managed_prefix_list_entry' && action === 'create')
    return 'a list of ranges gains one, wherever it lets in';
  if (type === 'aws_route') return route(after);
  const ranges = RANGES.get(type);
  if (ranges === undefined || action === 'create') return undefined;
  const known = ranges(before).map(canonical);
  const gained = ranges(after)
    .map(canonical)
    .filter(each => !known.some(outer => peerWithin(each, outer)));
  return gained.length === 0 ? undefined : 'it lets in ranges that it did not';
}

function accessList({ before, after }: ResourceChange): string | undefined {
  if (own(before, 'rule_action') === 'deny')
    return 'an entry of the access list that refuses changes or goes';
  if (own(after, 'rule_action') !== 'allow') return undefined;
  return 'an entry of the access list allows, and is new or other than before';
}

/** A way from the internet into subnets that stood before: the table of new ones is known at apply only. */
function route(after: Json | undefined): string | undefined {
  const [gateway, table] = [own(after, 'gateway_id'), own(after, 'route_table_id')];
  const isPublic = !isEmpty(gateway) && !(typeof gateway === 'string' && /^(?!igw-)[a-z]+-/.test(gateway));
  const far = ['destination_cidr_block', 'destination_ipv6_cidr_block'].some(name =>
    isWorld(canonical(own(after, name))),
  );
  const stood = typeof table === 'string' && table.startsWith('rtb-');
  return isPublic && far && stood
    ? 'subnets that stood before get a way from and to the internet'
    : undefined;
}
