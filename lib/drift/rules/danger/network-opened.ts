import { type DriftRule, type Judged, under } from '../../classify/rule';
import { textOf as asText } from '../../compare/values';
import type { ResourceChange } from '../../model';
import { at } from '../../paths';
import { atNames, isOff, isTrue } from '../values';
import { attachedGroups } from './attached-groups';
import { ofDoor } from './network-doors';
import { groupOf, isWorld, type Opening, openingsOf, within } from './network-rules';

const GROUPS = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SecurityGroupEgress',
]);
const BLOCKS = new Set([
  ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets', 'ApiKeyRequired'],
]);
const PUBLIC = new Set([
  'PubliclyAccessible',
  'MapPublicIpOnLaunch',
  'AssociatePublicIpAddress',
  'EndpointPublicAccess',
  'AllowUnauthenticatedIdentities',
]);
const ACCESS = new Set(['AuthType', 'AuthorizationType', 'AccessControl']);
const OPEN_VALUES = ['NONE', 'PublicRead', 'PublicReadWrite', 'AuthenticatedRead'];

/** Whoever could not reach it now can. */
export const networkOpened: DriftRule = {
  id: 'network-opened',
  class: 'danger',
  title: 'something can be reached by more than before',
  why: 'an opening is wider than before, or new',
  fix: 'narrow it to the peers and ports that are needed, or have the change approved',
  apart: 'one Region can be reached by more than the other',
  source: 'aws/aws-cdk-cli#1871; Amazon VPC, security group rules',
  judge: (change, context) => {
    const doors = ofDoor(change, context);
    if (change.action === 'delete' || change.action === 'forget') return doors;
    const rules = GROUPS.has(change.type) ? ofGroup(change, context.neighbours) : ofProperties(change);
    return [...doors, ...rules, ...attachedGroups(change, context.facts)];
  },
};

function ofGroup(change: ResourceChange, neighbours: readonly ResourceChange[]): Judged[] {
  const paths = (['SecurityGroupIngress', 'SecurityGroupEgress'] as const)
    .flatMap(name => under(change, `Properties.${name}`))
    .map(({ path }) => path);
  const isGroup = change.type === 'AWS::EC2::SecurityGroup';
  // What a new group opens is part of what is new, and is looked at for the world alone.
  const isNew = change.action === 'create';
  if (!isNew && isGroup && paths.length === 0) return [];
  const shown = isNew ? {} : { paths: isGroup ? paths : change.differences.map(({ path }) => path) };
  const [before, after] = [openingsOf(change.type, change.before), openingsOf(change.type, change.after)];
  if (before === undefined || after === undefined) {
    return [
      {
        holds: 'perhaps',
        ...shown,
        why: 'its rules are made at deploy, so whether they open more cannot be told',
      },
    ];
  }
  const moved = !isNew && !isGroup && groupOf(change, change.before) !== groupOf(change, change.after);
  const added = after.filter(opening => moved || !before.some(each => within(opening, each)));
  const told = isNew && isOfNewGroup(change, neighbours) ? added.filter(isDoor) : added;
  if (told.length === 0) return [];
  return [
    {
      holds: 'yes',
      ...shown,
      why: told.map(each => `${groupOf(change, change.after)} is opened: ${textOf(each)}`).join('; '),
    },
  ];
}

/** Whether the group of the opening is one that the same change makes. */
function isOfNewGroup(change: ResourceChange, neighbours: readonly ResourceChange[]): boolean {
  const id = groupOf(change, change.after);
  return (
    change.type === 'AWS::EC2::SecurityGroup' ||
    neighbours.some(each => each.action === 'create' && id.includes(JSON.stringify(each.resource)))
  );
}

const isDoor = ({ direction, peer }: Opening): boolean => direction === 'ingress' && isWorld(peer);

function textOf({ direction, peer, protocol, from, to }: Opening): string {
  const ports =
    protocol === '-1' ? 'all ports' : from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
  return `${ports} ${direction === 'ingress' ? 'from' : 'to'} ${peer.replaceAll('"', '')}`;
}

function ofProperties(change: ResourceChange): Judged[] {
  if (change.action === 'create') return ofNew(change);
  const found = [
    atNames(change, PUBLIC, ({ before, after }) => isTrue(after) && !isTrue(before)),
    atNames(change, BLOCKS, ({ before, after }) => isTrue(before) && isOff(after)),
    atNames(change, ACCESS, ({ after }) => typeof after === 'string' && OPEN_VALUES.includes(after)),
    atNames(change, new Set(['Scheme']), ({ after }) => after === 'internet-facing'),
    atNames(change, new Set(['PublicAccessBlockConfiguration']), ({ after }) => after === undefined),
  ].filter(each => each !== undefined);
  return found;
}

/** A new function URL or bucket that lets in everybody. Balancers that face the world are what they are for. */
function ofNew(change: ResourceChange): Judged[] {
  const open = [...ACCESS].some(name => OPEN_VALUES.includes(asText(at(change.after, `Properties.${name}`))));
  const isPublic = isTrue(at(change.after, 'Properties.PubliclyAccessible'));
  const isFront = change.type === 'AWS::Lambda::Url' || change.type === 'AWS::S3::Bucket';
  if (!(open && isFront) && !isPublic) return [];
  return [{ holds: 'yes', why: 'it is new and lets in everybody' }];
}
